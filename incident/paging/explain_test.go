package paging

import (
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// TestAnExplanationJoinsTheMessages: alice has a phone and answers too late, nobody
// can be reached, bob's message is due later, and carol's turn never comes.
func TestAnExplanationJoinsTheMessages(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.rules(alice, Rule{Contact: w.contact(alice, MethodSMS, alicePhone)})
		w.rules(bob, Rule{Contact: w.contact(bob, MethodEmail, "bob@example.com"), After: 10 * time.Minute})
		unproven := Contact{Person: "U0NOBODY", Method: MethodSMS, Address: "+15550100999"}
		_, err := insertContact(w.t.Context(), w.pool, &unproven, incident.Now())
		w.must(err)
		w.rules("U0NOBODY", Rule{Contact: unproven})
		id := w.incident("Explained", incident.SEV2)
		w.page(id, "a", time.Minute, alice, "U0NOBODY", bob, "U0CAROL")
		w.at(90)
		w.text(alicePhone, "1a")
		w.at(100)
		for person, want := range map[incident.PersonID][]string{
			alice:      {string(alice) + " was asked once for INC-1; they have seen a message.", "Step 1 of Service a asked " + string(alice) + " at 2000-01-01 00:00:00 UTC.\n  text message: "},
			"U0NOBODY": {"U0NOBODY was asked once for INC-1; no message has reached them.", "\n  No way to reach them: No contact method is verified."},
			bob:        {string(bob) + " was asked once for INC-1; no message left before it was answered or started anew.", "\n  e-mail: not sent any more, was planned for 2000-01-01 00:11:0"},
			"U0CAROL":  {"U0CAROL was not asked for INC-1.", "Step 4 of Service a would page U0CAROL, through their name, and has not fired: it was acknowledged by " + string(alice) + " at 2000-01-01 00:01:3"},
			"":         {"Paging Service a, which is acknowledged now:"},
		} {
			x, err := Explain(w.t.Context(), w.Escalations, id, person)
			w.must(err)
			said := strings.Join(x.Sentences(timeline.Words{Name: func(p incident.PersonID) string { return string(p) }}), "\n")
			for _, part := range want {
				if !strings.Contains(said, part) {
					w.t.Errorf("%q: it does not say\n%s\nbut\n%s", person, part, said)
				}
			}
			for _, l := range x.Messages {
				if person != "" && l.Person != person {
					w.t.Errorf("%q: a message of %s", person, l.Person)
				}
			}
		}
	})
}
