package bot

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/bot/slacksim"
	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/oncall"
	"github.com/tocsinhq/tocsin/incident/roster"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

// coverBench is the bot with a schedule that alice alone is in, and her request for
// cover, which nobody has posted yet.
type coverBench struct {
	*Bot
	t       *testing.T
	slack   *slacksim.Workspace
	bob     incident.PersonID
	channel string
	asked   oncall.Cover
}

func newCoverBench(t *testing.T) *coverBench {
	t.Helper()
	w := slacksim.New(slacksim.Options{})
	w.ListenPipe()
	t.Cleanup(w.Close)
	alice, bob := w.AddPerson("alice", slacksim.PersonOptions{}), w.AddPerson("bob", slacksim.PersonOptions{})
	client := slack.New(w.BotToken(), slack.OptionAPIURL(w.APIURL()), slack.OptionHTTPClient(w.HTTPClient()))
	pool := pgtest.DB(t)
	b := &coverBench{t: t, slack: w, bob: incident.PersonID(bob.ID), channel: w.AddChannel("incidents", alice.ID, false), Bot: &Bot{
		Pool: pool, OnCall: &oncall.Service{Pool: pool}, API: NewAPI(client, slog.New(slog.DiscardHandler)), Settings: Settings{AnnounceChannel: "#incidents"}}}
	b.must(pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		if err := roster.SavePeople(t.Context(), tx, []roster.Person{
			{ID: incident.PersonID(alice.ID), Handle: "alice", Name: "Alice", Zone: "UTC"}, {ID: b.bob, Handle: "bob", Name: "Bob", Zone: "UTC"}}); err != nil {
			return err
		}
		return oncall.Save(t.Context(), tx, oncall.Schedule{ID: "web", Name: "Web", Zone: "UTC", Layers: []oncall.Layer{{Person: incident.PersonID(alice.ID)}}}, "")
	}))
	asked, err := b.OnCall.AskCover(t.Context(), "web", incident.PersonID(alice.ID), incident.Now(), incident.Now().Add(time.Hour), "")
	b.must(err)
	b.asked = asked
	_, err = b.announceChannel(t.Context()) // joins it
	b.must(err)
	return b
}

func (b *coverBench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *coverBench) shows() error { return b.showCover(b.t.Context(), ShowCover{Cover: b.asked.ID}) }

// saysOnce fails unless one post says it, and no other is there.
func (b *coverBench) saysOnce(want string) {
	b.t.Helper()
	var posts []string
	for _, m := range b.slack.Messages(b.channel) {
		if m.BotID != "" && m.Subtype == "" {
			posts = append(posts, m.AllText())
		}
	}
	if len(posts) != 1 || !strings.Contains(posts[0], want) {
		b.t.Errorf("the posts are %q; want one with %q", posts, want)
	}
}

// TestCoverFoundAfterADeathIsDrawnAnew: the process that posted the request died before
// it noted that, and somebody has taken it by the post meanwhile.
func TestCoverFoundAfterADeathIsDrawnAnew(t *testing.T) {
	t.Parallel()
	b := newCoverBench(t)
	m := view.Cover(b.asked, "Web", time.UTC)
	_, err := b.API.PostMessage(t.Context(), Post{Channel: b.channel, Text: m.Text, Blocks: m.Blocks, Key: "cover-1"})
	b.must(err)
	_, err = b.OnCall.TakeCover(t.Context(), b.asked.ID, b.bob)
	b.must(err)
	b.must(b.shows())
	b.saysOnce("stands in for")
	b.must(b.shows())
	b.saysOnce("stands in for")
}

// TestALateDrawingOfCoverDrawsThePresentState holds up one that has posted an open
// request until somebody has taken it.
func TestALateDrawingOfCoverDrawsThePresentState(t *testing.T) {
	t.Parallel()
	b := newCoverBench(t)
	hold, err := b.Pool.Begin(t.Context())
	b.must(err)
	defer hold.Rollback(context.WithoutCancel(t.Context())) //nolint:errcheck // it was ended
	_, err = hold.Exec(t.Context(), `LOCK TABLE cover_request IN SHARE MODE`)
	b.must(err)
	shown, taken := make(chan error, 1), make(chan error, 1)
	go func() { shown <- b.shows() }()
	b.waiting(1) // it has posted, and cannot note it
	go func() {
		_, err := b.OnCall.TakeCover(t.Context(), b.asked.ID, b.bob)
		taken <- err
	}()
	b.waiting(2) // it has locked the row, so that it commits before that is noted
	b.must(hold.Rollback(t.Context()))
	b.must(<-taken)
	b.must(<-shown)
	b.saysOnce("stands in for")
}

// waiting returns once so many wait for the table of requests.
func (b *coverBench) waiting(want int) {
	b.t.Helper()
	for n := 0; n != want; {
		b.must(b.Pool.QueryRow(b.t.Context(), `
			SELECT count(*)
			FROM pg_locks
			JOIN pg_database ON pg_database.oid = database
			WHERE NOT granted AND relation = 'cover_request'::regclass AND datname = current_database()`).Scan(&n))
	}
}
