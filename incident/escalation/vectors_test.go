package escalation_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
)

// vector is a policy, what people do, and who must be paged when. Times are
// seconds from the start.
type vector struct {
	ID              string             `json:"id"`
	Title           string             `json:"title"`
	Policy          vectorPolicy       `json:"policy"`
	OnCall          map[string][]shift `json:"on_call"`
	MaintenanceMode string             `json:"maintenance_mode"`
	Events          []act              `json:"events"`
	Until           int                `json:"until"`
	Expect          outcome            `json:"expect"`
}

type vectorPolicy struct {
	Steps []struct {
		Delay int      `json:"delay"`
		To    []string `json:"to"`
	} `json:"steps"`
	Repeat      int      `json:"repeat"`
	AckTimeout  int      `json:"ack_timeout"`
	AutoResolve int      `json:"auto_resolve"`
	Fallback    []string `json:"fallback"`
}

type shift struct {
	From  int      `json:"from"`
	To    *int     `json:"to"`
	Users []string `json:"users"`
}

type act struct {
	T      int          `json:"t"`
	Do     string       `json:"do"`
	Key    string       `json:"key"`
	By     string       `json:"by"`
	For    int          `json:"for"`
	User   string       `json:"user"`
	Policy vectorPolicy `json:"policy"`
}

type outcome struct {
	Pages     []paged `json:"pages"`
	States    []state `json:"states"`
	Exhausted []ended `json:"exhausted"`
}

type paged struct {
	T     int      `json:"t"`
	Alert int      `json:"alert"`
	Pass  int      `json:"pass"`
	Step  any      `json:"step"` // from 1, or "fallback"
	To    []string `json:"to"`
}

type state struct {
	T     int    `json:"t"`
	Alert int    `json:"alert"`
	State string `json:"state"`
}

type ended struct {
	T     int `json:"t"`
	Alert int `json:"alert"`
}

// vectors reads the published timelines, which are no part of the project.
func vectors(t *testing.T) []vector {
	t.Helper()
	root := os.Getenv("TOCSIN_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	raw, err := os.ReadFile(filepath.Join(root, "oncall", "escalation_timelines.json"))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("escalation timelines are missing: %v", err)
		}
		t.Skipf("escalation timelines are not here (set TOCSIN_SHARED): %v", err)
	}
	var file struct{ Vectors []vector }
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) == 0 {
		t.Fatal("the file has no timelines")
	}
	for n := range file.Vectors {
		file.Vectors[n].Expect.sort()
	}
	return file.Vectors
}

func (p vectorPolicy) policy() escalation.Policy {
	made := escalation.Policy{ID: "main", Repeat: p.Repeat, Fallback: targets(p.Fallback),
		AckTimeout: seconds(p.AckTimeout), AutoResolve: seconds(p.AutoResolve)}
	for _, s := range p.Steps {
		made.Steps = append(made.Steps, escalation.Step{Targets: targets(s.To), Delay: seconds(s.Delay)})
	}
	return made
}

func targets(names []string) (all []escalation.Target) {
	kinds := map[string]escalation.TargetKind{"user": escalation.TargetPerson, "schedule": escalation.TargetSchedule, "channel": escalation.TargetChannel}
	for _, name := range names {
		kind, id, _ := strings.Cut(name, ":")
		all = append(all, escalation.Target{Kind: kinds[kind], ID: id})
	}
	return all
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// onCall says who is on call in a schedule of the vector.
func (v vector) onCall(schedule string, second int) (who []incident.PersonID) {
	for _, s := range v.OnCall[schedule] {
		if second < s.From || s.To != nil && second >= *s.To {
			continue
		}
		for _, u := range s.Users {
			who = append(who, incident.PersonID(u))
		}
	}
	return who
}

// sort puts what happened in the same second in the order of the alerts: which of
// two comes first then is nobody's promise. What happens to one keeps its order.
func (o *outcome) sort() {
	slices.SortStableFunc(o.Pages, func(a, b paged) int { return cmp.Or(cmp.Compare(a.T, b.T), cmp.Compare(a.Alert, b.Alert)) })
	slices.SortStableFunc(o.States, func(a, b state) int { return cmp.Or(cmp.Compare(a.T, b.T), cmp.Compare(a.Alert, b.Alert)) })
	slices.SortStableFunc(o.Exhausted, func(a, b ended) int { return cmp.Or(cmp.Compare(a.T, b.T), cmp.Compare(a.Alert, b.Alert)) })
}

// until leaves out what happened after the watch was over.
func (o outcome) until(end int) outcome {
	o.Pages = slices.DeleteFunc(slices.Clone(o.Pages), func(p paged) bool { return p.T >= end })
	o.States = slices.DeleteFunc(slices.Clone(o.States), func(s state) bool { return s.T >= end })
	o.Exhausted = slices.DeleteFunc(slices.Clone(o.Exhausted), func(e ended) bool { return e.T >= end })
	return o
}

// ledger writes down what happened as the vectors tell it.
type ledger struct {
	start time.Time
	outcome
}

func (l *ledger) second(at time.Time) int { return int(at.Sub(l.start) / time.Second) }

func (l *ledger) note(alert int, at time.Time, events []incident.Event) {
	for _, event := range events {
		switch e := event.(type) {
		case incident.EscalationBegan:
			l.state(alert, at, "triggered")
		case incident.EscalationReturned:
			l.state(alert, at, "triggered")
		case incident.EscalationAcknowledged:
			l.state(alert, at, "acknowledged")
		case incident.EscalationSnoozed:
			l.state(alert, at, "acknowledged")
		case incident.EscalationResolved:
			l.state(alert, at, "resolved")
		case incident.EscalationExhausted:
			l.Exhausted = append(l.Exhausted, ended{l.second(at), alert})
		case incident.StepFired:
			l.page(alert, at, e)
		}
	}
}

// state notes a change; a snooze of what is acknowledged is none.
func (l *ledger) state(alert int, at time.Time, to string) {
	last := ""
	for _, s := range l.States {
		if s.Alert == alert {
			last = s.State
		}
	}
	if last != to {
		l.States = append(l.States, state{l.second(at), alert, to})
	}
}

func (l *ledger) page(alert int, at time.Time, e incident.StepFired) {
	page := paged{T: l.second(at), Alert: alert, Pass: e.Pass, Step: float64(e.Step)}
	if e.Step == 0 {
		page.Step = "fallback"
	}
	for _, p := range e.Pages {
		page.To = append(page.To, fmt.Sprintf("user:%s", p.Person))
	}
	for _, p := range e.Places {
		page.To = append(page.To, p.Kind+":"+p.Name)
	}
	if len(page.To) == 0 {
		return
	}
	slices.Sort(page.To)
	l.Pages = append(l.Pages, page)
}

// pagesOf tells who was paged when, as "second:whom".
func pagesOf(l ledger) (all []string) {
	for _, p := range l.Pages {
		for _, to := range p.To {
			all = append(all, fmt.Sprintf("%d:%s", p.T, to))
		}
	}
	return all
}
