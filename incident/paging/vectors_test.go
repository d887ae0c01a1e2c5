package paging

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// readShared decodes a file of the reference data.
func readShared[T any](t *testing.T, name string) (v T) {
	t.Helper()
	root := os.Getenv("TOCSIN_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	raw, err := os.ReadFile(filepath.Join(root, "oncall", name))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the reference data of paging is missing (set TOCSIN_SHARED): %v", err)
		}
		t.Skipf("the reference data of paging is missing (set TOCSIN_SHARED): %v", err)
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// noon is when vectors begin.
var noon = time.Date(2000, 1, 1, 12, 0, 0, 0, time.UTC)

type vectorRule struct {
	After int    `json:"after"`
	Via   Method `json:"via"`
}

type vectorSend struct {
	T     int    `json:"t"`
	Alert string `json:"alert"`
	Via   Method `json:"via,omitempty"`
}

type vectorEvent struct {
	T       int    `json:"t"`
	Do      string `json:"do"`
	Alert   string `json:"alert"`
	Urgency string `json:"urgency"`
	Via     Method `json:"via"`
}

type personVector struct {
	ID        string                  `json:"id"`
	Rules     map[string][]vectorRule `json:"rules"`
	MethodsOK []Method                `json:"methods_ok"`
	Events    []vectorEvent           `json:"events"`
	Until     int                     `json:"until"`
	Expect    struct {
		Sends       []vectorSend `json:"sends"`
		Unreachable []vectorSend `json:"unreachable"`
	} `json:"expect"`
}

type personVectors struct {
	Vectors []personVector `json:"vectors"`
}

// pureRun plays a vector on the rules alone.
type pureRun struct {
	contacts map[Method]*Contact
	open     map[string][]Delivery
	sends    []vectorSend
	lost     []vectorSend
}

func (r *pureRun) rules(v personVector, urgency string) (rules []Rule) {
	for n, rule := range v.Rules[urgency] {
		rules = append(rules, Rule{Position: n + 1, After: time.Duration(rule.After) * time.Second, Contact: *r.contacts[rule.Via]})
	}
	return rules
}

func (r *pureRun) do(v personVector, e vectorEvent) {
	at := noon.Add(time.Duration(e.T) * time.Second)
	switch e.Do {
	case "page":
		plan, reason := Plan(r.rules(v, e.Urgency), func(Method) bool { return true }, at)
		if reason != "" {
			r.lost = append(r.lost, vectorSend{T: e.T, Alert: e.Alert})
		}
		r.open[e.Alert] = nil
		for n, p := range plan {
			r.open[e.Alert] = append(r.open[e.Alert], Delivery{ID: int64(n + 1), Rule: p.Rule, Contact: p.To.ID, Method: p.To.Method, State: StatePlanned, Due: p.Due})
		}
	case "ack", "resolve":
		delete(r.open, e.Alert)
	case "undelivered":
		if n, ok := NextRule(r.open[e.Alert]); ok {
			r.open[e.Alert][n].Due = at
		}
	case "disable_method":
		r.contacts[e.Via].DisabledAt = at
		for _, planned := range r.open {
			for n, d := range planned {
				if d.State == StatePlanned && d.Method == e.Via {
					planned[n].State = StateCancelled
				}
			}
		}
	default:
		panic("this test does not know how to " + e.Do)
	}
}

// tick sends what is due in a second, in the order in which it was due.
func (r *pureRun) tick(second int) {
	at := noon.Add(time.Duration(second) * time.Second)
	for _, alert := range slices.Sorted(mapKeys(r.open)) {
		for n := range r.open[alert] {
			d := &r.open[alert][n]
			if d.State != StatePlanned || d.Due.After(at) {
				continue
			}
			d.State = StateCancelled
			if r.contacts[d.Method].Usable() {
				d.State = StateSent
				r.sends = append(r.sends, vectorSend{T: second, Alert: alert, Via: d.Method})
			}
		}
	}
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func sortSends(s []vectorSend) []vectorSend {
	slices.SortFunc(s, func(a, b vectorSend) int {
		return cmp.Or(cmp.Compare(a.T, b.T), cmp.Compare(a.Alert, b.Alert), cmp.Compare(a.Via, b.Via))
	})
	return s
}

func TestPersonVectorsOnTheRules(t *testing.T) {
	t.Parallel()
	vectors := readShared[personVectors](t, "user_notification_timelines.json").Vectors
	some(t, len(vectors))
	for _, v := range vectors {
		t.Run(v.ID, func(t *testing.T) {
			t.Parallel()
			r := &pureRun{contacts: map[Method]*Contact{}, open: map[string][]Delivery{}}
			for n, m := range Methods() {
				r.contacts[m] = &Contact{ID: ContactID(n + 1), Method: m}
				if slices.Contains(v.MethodsOK, m) {
					r.contacts[m].VerifiedAt = noon.Add(-time.Hour)
				}
			}
			for second := range v.Until {
				for _, e := range v.Events {
					if e.T == second {
						r.do(v, e)
					}
				}
				r.tick(second)
			}
			checkSends(t, v, r.sends, r.lost)
		})
	}
}

// some fails where a file holds nothing: it would prove nothing.
func some(t *testing.T, n int) {
	t.Helper()
	if n == 0 {
		t.Fatal("the file holds no vectors")
	}
}

func checkSends(t *testing.T, v personVector, sends, lost []vectorSend) {
	t.Helper()
	if diff := gocmp.Diff(sortSends(v.Expect.Sends), sortSends(sends), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	if diff := gocmp.Diff(sortSends(v.Expect.Unreachable), sortSends(lost), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("unreachable (-want +got):\n%s", diff)
	}
}

type smsReplies struct {
	Texts []struct {
		Body, Means, Scope string
		Number             int
	}
}

// differs are the replies that we read otherwise: a word that a message or a button
// has taught people must not be answered with a shrug.
var differs = map[string]Wish{
	"escalate": {Action: ActionEscalate, Scope: ScopeLast},
	"resolve":  {Action: ActionResolve, Scope: ScopeLast},
}

func TestReplyVectors(t *testing.T) {
	t.Parallel()
	actions := map[string]string{"ack": ActionAck, "ack-all": ActionAck, "close": ActionResolve, "close-all": ActionResolve, "escalate": ActionEscalate, "stop": ActionStop, "start": ActionStart}
	scopes := map[string]Scope{"code": ScopeCode, "service-code": ScopeCode, "alert": ScopeIncident, "last": ScopeLast}
	for _, v := range readShared[smsReplies](t, "sms_replies.json").Texts {
		want := Wish{Action: actions[v.Means], Scope: scopes[v.Scope], Number: v.Number}
		if ours, ok := differs[v.Body]; ok {
			want = ours
		}
		got, ok := ParseReply(v.Body)
		if got != want || ok != (want.Action != "") {
			t.Errorf("ParseReply(%q) = %+v, %v; want %+v", v.Body, got, ok, want)
		}
	}
}

func TestStopIsFoundWithBlanksAroundIt(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"STOP ", "\tstop\n", " 'Stop' "} {
		if w, ok := ParseReply(body); !ok || w.Action != ActionStop {
			t.Errorf("ParseReply(%q) = %+v, %v; want stop", body, w, ok)
		}
	}
}

func TestSegmentVectors(t *testing.T) {
	t.Parallel()
	vectors := readShared[struct {
		Vectors []struct {
			ID       string `json:"id"`
			Unit     string `json:"text_unit"`
			Times    int    `json:"times"`
			Tail     string `json:"tail"`
			Encoding string `json:"encoding"`
			Units    int    `json:"units"`
			Segments int    `json:"segments"`
		} `json:"vectors"`
	}](t, "sms_segments.json")
	for _, v := range vectors.Vectors {
		parts, units, ucs2 := Segments(strings.Repeat(v.Unit, v.Times) + v.Tail)
		if parts != v.Segments || units != v.Units || ucs2 != (v.Encoding == "UCS-2") {
			t.Errorf("%s: %d parts, %d units, UCS-2 %v; want %d, %d, %s", v.ID, parts, units, ucs2, v.Segments, v.Units, v.Encoding)
		}
	}
}
