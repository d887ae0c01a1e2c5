package bot

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/bot/slacksim"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
	"github.com/tocsinhq/tocsin/timeline"
)

// privateBench is the bot with one private incident of alice's and its war room.
// Bob is in the room since alice invited him by hand, carol has nothing to do with it.
type privateBench struct {
	*Bot
	t                 *testing.T
	slack             *slacksim.Workspace
	alice, bob, carol *slacksim.Person
	incident          *incident.Incident
}

// withPrivate runs a test in a bubble, in which nobody waits for Slack's limits.
func withPrivate(t *testing.T, test func(b *privateBench)) {
	t.Helper()
	url := pgtest.URL(t)
	synctest.Test(t, func(t *testing.T) {
		pool, err := pgxpool.New(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		defer pool.Close()
		w := slacksim.New(slacksim.Options{})
		w.ListenPipe()
		defer w.Close()
		test(newPrivateBench(t, pool, w))
	})
}

func newPrivateBench(t *testing.T, pool *pgxpool.Pool, w *slacksim.Workspace) *privateBench {
	t.Helper()
	jobs := pgtest.Inserter(t, pool, river.Config{})
	log := slog.New(slog.DiscardHandler)
	client := slack.New(w.BotToken(), slack.OptionAPIURL(w.APIURL()), slack.OptionHTTPClient(w.HTTPClient()))
	incidents := &incident.Service{Pool: pool, Recorder: &timeline.Recorder{Jobs: jobs}}
	b := &privateBench{t: t, slack: w, Bot: &Bot{Pool: pool, Jobs: jobs, Incidents: incidents, Escalations: &escalation.Service{Incidents: incidents, Pool: pool},
		API: NewAPI(client, log), Log: log, Worker: "bench", Settings: Settings{Command: "/incident"}}}
	b.alice, b.bob, b.carol = w.AddPerson("alice", slacksim.PersonOptions{}), w.AddPerson("bob", slacksim.PersonOptions{}), w.AddPerson("carol", slacksim.PersonOptions{})
	room, err := b.API.CreateChannel(t.Context(), "inc-1-leak", true)
	b.must(err)
	_, err = b.API.Invite(t.Context(), room, []string{b.alice.ID})
	b.must(err)
	b.must(b.alice.Invites(room, b.bob.ID))
	b.incident, err = incidents.Declare(t.Context(), incident.Declaration{Title: "Somebody stole the laptop", Severity: incident.SEV1, Private: true}, incident.By(incident.PersonID(b.alice.ID)))
	b.must(err)
	b.incident, err = incidents.Change(t.Context(), b.incident.ID, incident.System, func(_ context.Context, _ pgx.Tx, i *incident.Incident, _ time.Time) ([]incident.Event, error) {
		return i.OpenRoom(room, "inc-1-leak")
	})
	b.must(err)
	return b
}

// shown is a reply as it goes to Slack.
func shown(r Reply) string {
	raw, err := json.Marshal(r.message())
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// sees reports in which of the places that list incidents, and by its number, a person
// finds the private one.
func (b *privateBench) sees(p *slacksim.Person) map[string]bool {
	b.t.Helper()
	who, ctx := incident.PersonID(p.ID), b.t.Context()
	list, err := b.listCommand(ctx, Command{User: who}, nil)
	b.must(err)
	open, err := b.Incidents.Open(ctx, listLimit)
	b.must(err)
	_, err = b.known(ctx, b.incident.ID, who)
	return map[string]bool{"list": strings.Contains(shown(list), b.incident.Title),
		"open already": len(b.openAlready(ctx, who, "")) > 0, "home and hand-off": len(b.visibleTo(ctx, open, who)) > 0, "by number": err == nil}
}

func TestWhoMayReadByNumberFindsItInTheLists(t *testing.T) {
	t.Parallel()
	withPrivate(t, func(b *privateBench) {
		wants := func(when string, p *slacksim.Person, want bool) {
			b.t.Helper()
			for where, sees := range b.sees(p) {
				if sees != want {
					b.t.Errorf("%s, %s: sees it %t, want %t", when, where, sees, want)
				}
			}
		}
		wants("alice declared it", b.alice, true)
		wants("bob was invited by hand", b.bob, true)
		wants("carol has nothing to do with it", b.carol, false)
		_, err := b.Incidents.AddTask(b.t.Context(), b.incident.ID, incident.Task{Kind: incident.Todo, Text: "Lock the account", Owner: incident.PersonID(b.carol.ID)}, incident.System)
		b.must(err)
		wants("carol was given something to do", b.carol, true)
		b.must(b.bob.Leaves(b.incident.Room.Channel))
		wants("bob has left", b.bob, false)
	})
}

func TestListsAskSlackOnceAndOnlyWhenTheyMust(t *testing.T) {
	t.Parallel()
	withPrivate(t, func(b *privateBench) {
		calls := func() int {
			return len(b.slack.Calls("users.conversations")) + len(b.slack.Calls("conversations.members"))
		}
		asked := func(p *slacksim.Person) int {
			before := calls()
			open, err := b.Incidents.Open(b.t.Context(), listLimit)
			b.must(err)
			b.visibleTo(b.t.Context(), open, incident.PersonID(p.ID))
			return calls() - before
		}
		for range 5 {
			_, err := b.Incidents.Declare(b.t.Context(), incident.Declaration{Title: "Another leak", Private: true}, incident.By(incident.PersonID(b.alice.ID)))
			b.must(err)
		}
		if of := [2]int{asked(b.alice), asked(b.carol)}; of != [2]int{0, 1} {
			b.t.Errorf("Slack was asked %d times for alice, who has a part in all, and for carol; want 0 and 1", of)
		}
	})
}

func (b *privateBench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// asks is what carol is answered when she names an incident in some way.
func (b *privateBench) asks(way string, ask func(number string) (Reply, error)) map[string]Reply {
	answers := map[string]Reply{}
	for _, number := range []string{b.incident.ID.String(), "INC-99"} {
		reply := b.guard(b.t.Context(), way, func(context.Context) (Reply, error) { return ask(number) })
		reply.Text = strings.ReplaceAll(reply.Text, number, "INC-n")
		answers[number] = reply
	}
	return answers
}

// staysHidden fails unless a private incident and one that is not there are answered
// in the same words.
func (b *privateBench) staysHidden(way string, ask func(number string) (Reply, error)) {
	b.t.Helper()
	answers := b.asks(way, ask)
	hidden, absent := answers[b.incident.ID.String()], answers["INC-99"]
	if !strings.HasPrefix(absent.Text, "There is no INC-n") {
		b.t.Errorf("%s: %q; want to be told that it is not there", way, absent.Text)
	}
	if diff := cmp.Diff(absent, hidden, cmp.AllowUnexported(Reply{})); diff != "" {
		b.t.Errorf("%s tells a private incident from none (-none +private):\n%s", way, diff)
	}
}

func TestAPrivateIncidentIsAnsweredLikeNone(t *testing.T) {
	t.Parallel()
	withPrivate(t, (*privateBench).hidesEverywhere)
}

// TestAPrivateIncidentIsHiddenWithoutSlack: nobody learns by an outage what they are
// not told otherwise.
func TestAPrivateIncidentIsHiddenWithoutSlack(t *testing.T) {
	t.Parallel()
	withPrivate(t, func(b *privateBench) {
		b.slack.Chaos.Down(true)
		b.hidesEverywhere()
	})
}

// hidesEverywhere names the incident by every command that takes a number, every
// button and every form about an incident.
func (b *privateBench) hidesEverywhere() {
	b.t.Helper()
	carol, ctx := incident.PersonID(b.carol.ID), b.t.Context()
	for _, c := range commands() {
		if !c.room && !strings.Contains(c.args, "INC-…") {
			continue
		}
		for _, more := range []string{"", " 1h", " <@" + b.alice.ID + ">", " sev1 and nonsense"} {
			b.staysHidden(c.name+more, func(number string) (Reply, error) {
				return b.runCommand(ctx, Command{User: carol, Channel: "C0ELSEWHERE", Name: c.name, Args: number + more})
			})
		}
	}
	b.staysHidden("why of a person", func(number string) (Reply, error) {
		return b.runCommand(ctx, Command{User: carol, Channel: "C0ELSEWHERE", Name: "why", Args: "<@" + b.alice.ID + "> " + number})
	})
	for _, in := range interactions() {
		if !slices.Contains(aboutNoIncident, in.action) {
			b.staysHidden(in.action, func(number string) (Reply, error) {
				return b.runClick(ctx, Click{User: carol, Action: in.action, Value: strings.TrimPrefix(number, "INC-") + ":1"})
			})
		}
	}
	for _, m := range modals() {
		if !slices.Contains(formsAboutNoIncident, m.callback) || m.callback == "page" {
			b.staysHidden(m.callback, func(number string) (Reply, error) {
				return b.runSubmission(ctx, Submission{User: carol, Callback: m.callback, Private: strings.TrimPrefix(number, "INC-") + ":"})
			})
		}
	}
}
