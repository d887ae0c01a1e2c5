package paging

import (
	"context"
	"fmt"
	"slices"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/timeline"
)

// Explanation is why somebody was or was not paged in an incident, with every message
// that was to reach them.
type Explanation struct {
	*escalation.Account
	Messages []Line // of the person, or of everybody when nobody was asked for; oldest first
}

// Sentences says the explanation line by line: of the person first, with what came of
// each message, then everything that happened.
func (x *Explanation) Sentences(w timeline.Words) []string {
	return x.Account.Sentences(w, func(e *escalation.Escalation, p escalation.PersonPage) (lines []string) {
		for _, line := range x.Messages {
			if line.Escalation == e.ID && line.Run == p.Run && line.Pass == p.Pass && line.Step == p.Step {
				lines = append(lines, "  "+line.say(w))
			}
		}
		if len(lines) == 0 {
			lines = []string{"  Its messages are not planned yet."}
		}
		return lines
	})
}

// HowFar says in a few words how far messages have come, by the one that came farthest.
// It says less than there may be, never more: a vendor that has taken a message has not
// delivered it.
func HowFar(messages []Line) string {
	has := func(states ...State) bool {
		return slices.ContainsFunc(messages, func(l Line) bool { return slices.Contains(states, l.State) })
	}
	switch {
	case has(StateSeen):
		return "they have seen a message"
	case has(StateDelivered):
		return "a message was delivered"
	case has(StateSent):
		return "a message was sent, and nobody has confirmed that it arrived"
	case has(StateBundled):
		return "it is told in a message with others"
	case has(StateSending):
		return "a message is being sent, and none has left for certain"
	case has(StatePlanned):
		return "no message has left yet"
	case has(StateFailed):
		return "no message has reached them"
	case len(messages) > 0:
		return "no message left before it was answered or started anew"
	}
	return "no message is planned yet"
}

// stateWords say what came of a message.
var stateWords = map[State]string{
	StatePlanned: "planned for", StateSending: "being sent since", StateSent: "sent at", StateDelivered: "delivered, sent at",
	StateSeen: "seen, sent at", StateFailed: "failed at", StateCancelled: "not sent any more, was planned for", StateBundled: "told together with other pages at",
}

// say is one line about one message. What a vendor or the world said is made safe by
// the words.
func (l Line) say(w timeline.Words) string {
	when, text := l.At.UTC().Format("2006-01-02 15:04:05 UTC"), l.Reason
	if w.When != nil {
		when = w.When(l.At)
	}
	if w.Text != nil {
		text = w.Text(l.Reason)
	}
	if l.Method == "" {
		return "No way to reach them: " + text
	}
	said := fmt.Sprintf("%s: %s %s", l.Method, stateWords[l.State], when)
	if l.Repeat {
		said += " (a repeat)"
	}
	if text != "" {
		said += ": " + text
	}
	return said
}

// Explain tells why a person was or was not paged in an incident, and what came of
// every message; "" asks for nobody in particular. It changes nothing. An incident that
// does not exist is a NotFound error.
func Explain(ctx context.Context, escalations *escalation.Service, id incident.ID, person incident.PersonID) (*Explanation, error) {
	account, err := escalations.Why(ctx, id, person)
	if err != nil {
		return nil, err
	}
	all, err := ledger(ctx, escalations.Pool, id)
	if err != nil {
		return nil, err
	}
	if person != "" {
		all = slices.DeleteFunc(all, func(l Line) bool { return l.Person != person })
	}
	account.Far = HowFar(all)
	return &Explanation{Account: account, Messages: all}, nil
}
