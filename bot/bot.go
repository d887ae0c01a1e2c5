// Package bot is the Slack side of Tocsin and the only package that speaks to
// Slack. Input is decoded to our own types, handlers answer with data, and the
// router does all I/O. Handlers never call Slack for anybody but the person who
// asked: everybody else sees a change through the jobs that follow its events.
package bot

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/oncall"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/postmortem"
	"github.com/tocsinhq/tocsin/timeline"
)

// Settings is what an operator chooses about the Slack side.
type Settings struct {
	Command         string // the slash command with its slash, e.g. /incident
	AnnounceChannel string // id or #name of the channel in which incidents are announced
	PublicURL       string // base of the pages we serve, without a trailing slash
	Emoji           Emoji
}

// Bot answers commands, clicks and events, and works the jobs that show the
// state of incidents in Slack. All fields are set before it is used.
type Bot struct {
	Pool        *pgxpool.Pool
	Jobs        *river.Client[pgx.Tx]
	Incidents   *incident.Service
	Timeline    *timeline.Service
	Postmortems *postmortem.Service
	Escalations *escalation.Service
	OnCall      *oncall.Service
	Paging      *paging.Service
	API         *API
	Settings    Settings
	Log         *slog.Logger
	Worker      string // the id under which this process works jobs

	announced struct { // the announcement channel, once it was found by name
		mu sync.Mutex
		id string
	}
}

// Slack drops a command or a click that is not answered within 3 s; the rest of
// that time is for claiming it before and for the way back.
const answerWithin = 2 * time.Second

// detached outlives the envelope's own context, for what must be said after the ack.
func detached(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
}
