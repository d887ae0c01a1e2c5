package paging

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
)

// engineRun plays one vector on the engine, with a person and incidents of its own.
type engineRun struct {
	w        *world
	v        personVector
	person   incident.PersonID
	contacts map[Method]Contact
	alerts   map[string]int64
	ids      map[string]incident.ID
}

func newEngineRun(w *world, v personVector, n int) *engineRun {
	r := &engineRun{w: w, v: v, person: incident.PersonID(fmt.Sprintf("U%03dVECTOR", n)), contacts: map[Method]Contact{}, alerts: map[string]int64{}, ids: map[string]incident.ID{}}
	address := map[Method]string{
		MethodSlack: string(r.person), MethodSMS: fmt.Sprintf("+1555010%04d", n), MethodVoice: fmt.Sprintf("+1555010%04d", n),
		MethodEmail: fmt.Sprintf("v%d@example.com", n), MethodPush: fmt.Sprintf("topic-%d", n), MethodWebhook: fmt.Sprintf("https://example.com/%d", n),
	}
	for _, m := range Methods() {
		c := Contact{Person: r.person, Method: m, Address: address[m]}
		if slices.Contains(v.MethodsOK, m) {
			c.VerifiedAt = incident.Now()
		}
		_, err := insertContact(w.t.Context(), w.pool, &c, incident.Now())
		w.must(err)
		r.contacts[m] = c
	}
	for urgency, list := range v.Rules {
		var rules []Rule
		for _, rule := range list {
			rules = append(rules, Rule{After: time.Duration(rule.After) * time.Second, Contact: r.contacts[rule.Via]})
		}
		w.must(w.SetRules(w.t.Context(), r.person, urgency, rules))
	}
	for _, e := range v.Events {
		if e.Do == "page" && r.ids[e.Alert] == 0 {
			r.ids[e.Alert] = w.incident(fmt.Sprintf("%s alert %s", v.ID, e.Alert), incident.SEV2)
		}
	}
	return r
}

func (r *engineRun) do(e vectorEvent) {
	ctx, w := r.w.t.Context(), r.w
	switch e.Do {
	case "page":
		if id, ok := r.alerts[e.Alert]; ok {
			_, _, err := w.Escalations.EscalateNow(ctx, id, escalation.AnyStep, incident.System)
			w.must(err)
			return
		}
		r.alerts[e.Alert] = w.pageAs(r.ids[e.Alert], r.v.ID+"-"+e.Alert, escalation.Urgency(e.Urgency), 24*time.Hour, r.person)
	case "ack":
		w.ack(r.alerts[e.Alert], r.person)
	case "resolve":
		_, err := w.Escalations.Resolve(ctx, r.alerts[e.Alert], incident.By(r.person))
		w.must(err)
	case "undelivered":
		sent := slices.DeleteFunc(w.office.pages(e.Via, r.contacts[e.Via].Address), func(p posted) bool { return p.Incident != r.ids[e.Alert] })
		w.must(w.Report(ctx, Report{Method: e.Via, ID: sent[len(sent)-1].Key, State: StateFailed, Reason: "It was not delivered."}))
	case "disable_method":
		w.must(w.OptOut(ctx, e.Via, r.contacts[e.Via].Address))
	default:
		w.t.Fatalf("this test does not know how to %s", e.Do)
	}
}

// sends lists what the vendors took for the person of this vector.
func (r *engineRun) sends() (all []vectorSend) {
	for _, p := range r.w.office.pages("", "") {
		if p.Person != r.person {
			continue
		}
		alert := ""
		for name, id := range r.ids {
			if id == p.Incident {
				alert = name
			}
		}
		all = append(all, vectorSend{T: int(p.At.Sub(r.w.began).Seconds()), Alert: alert, Via: p.Method})
	}
	return all
}

// lost lists the pages that the timeline says reached nobody.
func (r *engineRun) lost() (all []vectorSend) {
	for name, id := range r.ids {
		var at []time.Time
		rows, err := r.w.pool.Query(r.w.t.Context(), `SELECT recorded_at FROM timeline_entry WHERE incident_id = $1 AND kind = $2`, id, incident.KindPersonUnreachable)
		r.w.must(err)
		for rows.Next() {
			var one time.Time
			r.w.must(rows.Scan(&one))
			at = append(at, one)
		}
		rows.Close()
		for _, one := range at {
			all = append(all, vectorSend{T: int(one.Sub(r.w.began).Seconds()), Alert: name})
		}
	}
	return all
}

// watched leaves out what happened after the watch was over.
func watched(v personVector, all []vectorSend) []vectorSend {
	return slices.DeleteFunc(all, func(s vectorSend) bool { return s.T >= v.Until })
}

// TestPersonVectorsOnTheEngine plays all vectors at once, each with a person of its own.
func TestPersonVectorsOnTheEngine(t *testing.T) {
	vectors := readShared[personVectors](t, "user_notification_timelines.json").Vectors
	some(t, len(vectors))
	end := 0
	for _, v := range vectors {
		end = max(end, v.Until)
	}
	type result struct{ sends, lost []vectorSend }
	results := make([]result, len(vectors))
	inWorld(t, quick, func(w *world) {
		w.PublicURL = "" // in the vectors nothing is heard of a message, and nothing is doubted
		var runs []*engineRun
		for n, v := range vectors {
			runs = append(runs, newEngineRun(w, v, n))
		}
		w.began = time.Now().Truncate(time.Second).Add(time.Second)
		for second := range end {
			for _, r := range runs {
				for _, e := range r.v.Events {
					if e.T == second {
						w.at(float64(second))
						r.do(e)
					}
				}
			}
		}
		w.at(float64(end))
		for n, r := range runs {
			results[n] = result{watched(r.v, r.sends()), watched(r.v, r.lost())}
		}
	})
	for n, v := range vectors {
		t.Run(v.ID, func(t *testing.T) { checkSends(t, v, results[n].sends, results[n].lost) })
	}
}
