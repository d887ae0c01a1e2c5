package paging

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
)

// TestAPageOfAPrivateIncidentKeepsItsTitle: the person who is paged learns number and
// severity, and what was paged; what it is about stands in the war room alone.
func TestAPageOfAPrivateIncidentKeepsItsTitle(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		slack, sms := w.contact(alice, MethodSlack, string(alice)), w.contact(alice, MethodSMS, alicePhone)
		w.rules(alice, Rule{Contact: slack}, Rule{After: time.Minute, Contact: sms})
		w.contact(bob, MethodEmail, "bob@example.com")
		i, err := w.Incidents.Declare(w.t.Context(), incident.Declaration{Title: "Stolen laptop", Severity: incident.SEV2, Private: true}, incident.By("U0DECLARE"))
		w.must(err)
		w.policy(escalation.Policy{ID: "main", Steps: []escalation.Step{targeted(escalation.TargetPerson, string(alice), 5*time.Minute), targeted(escalation.TargetPerson, string(bob), time.Hour)}})
		e, err := w.Escalations.Begin(w.t.Context(), i.ID, escalation.Request{Subject: "Office", Policy: "main", Reason: "Stolen laptop"}, incident.System)
		w.must(err)
		w.at(400)
		w.ack(e.ID, bob)
		w.at(500)
		sent := w.office.sent("", "")
		for _, m := range sent {
			if strings.Contains(strings.ToLower(m.Title+m.Text), "laptop") || m.Incident != i.ID && !strings.Contains(m.Title, i.ID.String()) {
				w.t.Errorf("%s to %s says %q, %q, incident %s; want the number and no title", m.Method, m.To, m.Title, m.Text, m.Incident)
			}
		}
		for _, way := range []Method{MethodSlack, MethodSMS, MethodEmail} {
			if !slices.ContainsFunc(sent, func(p posted) bool { return p.Method == way && p.Severity == incident.SEV2 && p.Title == privateTitle }) {
				w.t.Errorf("no page of SEV2 by %s among %+v", way, sent)
			}
		}
		if !slices.ContainsFunc(sent, func(p posted) bool { return p.Kind == MessageStatus }) {
			w.t.Error("nobody was told that bob has it")
		}
	})
}
