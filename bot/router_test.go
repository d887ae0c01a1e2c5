package bot

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/bot/slacksim"
	"github.com/tocsinhq/tocsin/bot/view"
)

// tooLate runs a test in a bubble with a workspace whose commands and forms are
// answered with reply, after the time that a handler has is over.
func tooLate(t *testing.T, reply Reply, test func(t *testing.T, w *slacksim.Workspace, alice *slacksim.Person)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := slacksim.New(slacksim.Options{})
		w.ListenPipe()
		defer w.Close()
		alice := w.AddPerson("alice", slacksim.PersonOptions{})
		client := slack.New(w.BotToken(), slack.OptionAPIURL(w.APIURL()), slack.OptionHTTPClient(w.HTTPClient()), slack.OptionAppLevelToken(w.AppToken()))
		log := slog.New(slog.DiscardHandler)
		b := &Bot{API: NewAPI(client, log), Log: log}
		s := &Socket{API: client, Dialer: w.Dialer(), Log: log, Handlers: 10, Handle: func(ctx context.Context, e *Envelope) {
			over, cancel := context.WithDeadline(ctx, e.ReceivedAt.Add(time.Second))
			defer cancel()
			<-over.Done()
			if err := b.answerLate(over, e, reply); err != nil {
				t.Errorf("%s: %v", e.Type, err)
			}
		}}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Run(ctx) }()
		time.Sleep(10 * time.Second)
		test(t, w, alice)
		cancel()
		<-ended
	})
}

// answerLate answers as the router does when a handler has come back.
func (b *Bot) answerLate(ctx context.Context, e *Envelope, reply Reply) error {
	if e.Type == "slash_commands" {
		var c slack.SlashCommand
		if err := json.Unmarshal(e.Payload, &c); err != nil {
			return err
		}
		return b.answer(ctx, e, reply, c.TriggerID, c.ResponseURL)
	}
	var i slack.InteractionCallback
	if err := json.Unmarshal(e.Payload, &i); err != nil {
		return err
	}
	return b.refuseInteractive(ctx, e, i, Reply{Text: "That took too long.", trouble: true})
}

func TestWhoUsedTheirTimeUpIsAnsweredOnTheAck(t *testing.T) {
	t.Parallel()
	tooLate(t, Say("That took too long."), func(t *testing.T, _ *slacksim.Workspace, alice *slacksim.Person) {
		if said := alice.Types("#general", "/incident list"); said.Err != nil || said.Text != "That took too long." {
			t.Errorf("alice was answered %q, %v", said.Text, said.Err)
		}
	})
}

func TestWhoUsedTheirTimeUpIsAnsweredAfterTheAck(t *testing.T) {
	t.Parallel()
	long := Reply{Text: "The list"} // too long for an ack, so that it goes to the response URL
	for range 10 {
		long.Blocks = append(long.Blocks, slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, strings.Repeat("𝕏", 700), false, false), nil, nil))
	}
	tooLate(t, long, func(t *testing.T, w *slacksim.Workspace, alice *slacksim.Person) {
		if said := alice.Types("#general", "/incident list"); said.Err != nil {
			t.Errorf("alice was answered %v", said.Err)
		}
		time.Sleep(time.Second)
		if shown := w.Ephemerals("alice", "general"); len(shown) != 1 || shown[0].Text != "The list" {
			t.Errorf("alice was shown %+v", shown)
		}
	})
}

func TestWhoUsedTheirTimeUpGetsTheForm(t *testing.T) {
	t.Parallel()
	tooLate(t, Open(view.DeclareModal(view.DeclareForm{Title: "Checkout is down"})), func(t *testing.T, _ *slacksim.Workspace, alice *slacksim.Person) {
		if said := alice.Types("#general", "/incident declare"); said.Err != nil {
			t.Fatalf("alice was answered %v", said.Err)
		}
		time.Sleep(time.Second)
		if alice.Modal() == nil {
			t.Fatal("alice has no form")
		}
		sent := alice.Submits(nil)
		if sent.Err != nil || !strings.Contains(sent.Errors["title"], "took too long") {
			t.Errorf("the form was answered %+v; want the reason below the first input", sent)
		}
	})
}
