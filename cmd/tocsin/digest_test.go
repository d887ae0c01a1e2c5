package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/bot"
	"github.com/tocsinhq/tocsin/bot/slacksim"
)

// digested pages Alice for three incidents of one service, and then for some more in
// one message, which it returns the ts of.
func (w *world) digested(pages int) (ts string) {
	w.t.Helper()
	var script strings.Builder
	script.WriteString("the organisation is shop\n")
	for n := range 3 + pages {
		fmt.Fprintf(&script, "bob types /incident declare now sev2 on checkout Till %d fails\nthere are %d incidents\n", n+1, n+1)
		if n < 3 {
			fmt.Fprintf(&script, "alice's Slack asks for an answer to Till %d fails\n", n+1)
		}
	}
	fmt.Fprintf(&script, "after 70s\nalice's Slack asks for an answer to %d pages of %d incidents wait for you\n", pages, pages)
	w.plays(script.String())
	for _, m := range w.slack.Messages(w.slack.Person("alice").DirectChannel()) {
		if strings.Contains(m.Text, "incidents wait for you") {
			return m.TS
		}
	}
	w.t.Fatal("the digest is gone")
	return ""
}

// updates are the calls that Slack took, and answered, to alter a message.
func (w *world) updates(ts string) (calls []slacksim.Call) {
	for _, c := range w.slack.Calls("chat.update") {
		if c.Args["ts"] == ts {
			calls = append(calls, c)
		}
	}
	return calls
}

// TestADigestOfManyPagesEndsRight acknowledges all of it in one press: the answers
// commit one after the other, and their redrawings overtake each other.
func TestADigestOfManyPagesEndsRight(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, w *world) {
		ts := w.digested(12)
		w.plays("alice clicks \"Acknowledge\" in 12 pages of 12 incidents\nalice gets All 12 pages are taken care of\nafter 10s\nalice gets All 12 pages are taken care of")
		if n := len(w.updates(ts)); n < 1 || n > 6 {
			t.Errorf("12 answers at once altered the digest %d times; want few", n)
		}
	})
}

// TestADigestSaysNothingTwice runs the job that redraws it again and again.
func TestADigestSaysNothingTwice(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, w *world) {
		ts := w.digested(2)
		again := func() {
			for escalation := range int64(5) {
				for range 3 {
					if _, err := w.app.Bot.Jobs.Insert(t.Context(), bot.RedrawPage{Escalation: escalation + 1}, nil); err != nil {
						t.Fatal(err)
					}
				}
			}
			w.plays("after 10s")
		}
		again()
		if n := len(w.updates(ts)); n != 0 {
			t.Errorf("nothing was answered, and the digest was altered %d times", n)
		}
		w.slack.Chaos.RateLimitNext("chat.update", 3*time.Second, 3)
		w.plays("carol types /incident ack INC-5\nalice gets 1 of 2 pages still waits for you")
		before := len(w.updates(ts))
		again()
		if n := len(w.updates(ts)); n != before {
			t.Errorf("a digest that said it already was altered %d times more", n-before)
		}
	})
}

// TestADigestThatIsGoneIsLeft deletes it in Slack before its pages are answered.
func TestADigestThatIsGoneIsLeft(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, w *world) {
		ts := w.digested(2)
		w.slack.Chaos.FailAlways("chat.update", "message_not_found")
		w.plays("carol types /incident ack INC-5\nafter 30s")
		if n := len(w.updates(ts)); n != 1 {
			t.Errorf("a digest that is gone was altered %d times; want one look", n)
		}
		var left int
		err := w.pool.QueryRow(t.Context(), `SELECT count(*) FROM river_job WHERE kind = 'bot.redraw_page' AND state NOT IN ('completed', 'cancelled')`).Scan(&left)
		if err != nil || left != 0 {
			t.Errorf("%d jobs to redraw it are left, %v; want none", left, err)
		}
	})
}
