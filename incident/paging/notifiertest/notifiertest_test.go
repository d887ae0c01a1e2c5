package notifiertest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/incident/paging/notifiertest"
)

// gazette is a vendor of printed telegrams: it takes JSON over HTTP, knows keys,
// reports delivery and lets people answer.
type gazette struct {
	inbox paging.Inbox

	mu    sync.Mutex
	fault notifiertest.Fault
	keys  map[string]bool
	out   []notifiertest.Received
}

type telegram struct {
	Key, To, Text, Link string
	Actions             []string
	Seconds             int
}

func (g *gazette) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var t telegram
	if err := json.NewDecoder(r.Body).Decode(&t); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	g.mu.Lock()
	fault := g.fault
	g.mu.Unlock()
	switch fault {
	case notifiertest.FaultLimited:
		w.Header().Set("Retry-After", strconv.Itoa(int(notifiertest.RetryAfter.Seconds())))
		w.WriteHeader(http.StatusTooManyRequests)
		return
	case notifiertest.FaultBroken:
		w.WriteHeader(http.StatusInternalServerError)
		return
	case notifiertest.FaultRefused:
		w.WriteHeader(http.StatusGone)
		return
	case notifiertest.FaultHang:
		select {
		case <-r.Context().Done():
		case <-time.After(13 * time.Second): // a client that never gives up must not keep the server from closing
		}
		return
	}
	id := g.print(t)
	if fault == notifiertest.FaultTorn {
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write([]byte(id)) // a caller that is gone reads nothing
}

func (g *gazette) print(t telegram) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	id := "T" + t.Key
	if g.keys[t.Key] {
		return id
	}
	g.keys[t.Key] = true
	hijacked := ""
	if strings.Contains(t.Text, "<!channel>") {
		hijacked = "pings everybody"
	}
	g.out = append(g.out, notifiertest.Received{
		ID: id, To: t.To, Text: t.Text, Links: []string{t.Link}, Actions: t.Actions, Hijacked: hijacked,
		Validity: time.Duration(t.Seconds) * time.Second,
	})
	return id
}

// gazetteer is its notifier; what breaks is a defect that the suite must see.
type gazetteer struct {
	url    string
	breaks string
}

const token = "secret-token"

func (z *gazetteer) Method() paging.Method { return paging.MethodWebhook }

func (z *gazetteer) Send(ctx context.Context, m paging.Message) (paging.Receipt, error) {
	if z.breaks == "ignores the context" {
		ctx = context.WithoutCancel(ctx)
	}
	body, err := json.Marshal(z.write(m))
	if err != nil {
		return paging.Receipt{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, z.url, bytes.NewReader(body))
	if err != nil {
		return paging.Receipt{}, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		if z.breaks == "raw errors" {
			return paging.Receipt{}, err
		}
		return paging.Receipt{}, refusal{text: "The telegraph office does not answer."}
	}
	defer func() { _ = answer.Body.Close() }() // read to its end or of no interest
	var id bytes.Buffer
	_, _ = id.ReadFrom(answer.Body) // the id is a convenience
	return paging.Receipt{ID: id.String(), State: paging.StateSent}, z.refusal(answer)
}

func (z *gazetteer) refusal(answer *http.Response) error {
	switch answer.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusTooManyRequests:
		if z.breaks == "no waiting" {
			return refusal{text: "The telegraph office is busy."}
		}
		return refusal{text: "The telegraph office is busy.", wait: notifiertest.RetryAfter}
	case http.StatusGone:
		return refusal{text: "Nobody lives at this address.", permanent: z.breaks != "never permanent"}
	}
	if z.breaks == "tells secrets" {
		return refusal{text: "The telegraph office refused " + token + "."}
	}
	return refusal{text: "The telegraph office is broken.", permanent: z.breaks == "always permanent"}
}

func (z *gazetteer) write(m paging.Message) telegram {
	clean := func(s string, most int) string {
		if z.breaks == "keeps control characters" {
			return s
		}
		s = incident.CleanText(s)
		if z.breaks != "no escaping" {
			s = strings.ReplaceAll(s, "<", "‹")
		}
		if runes := []rune(s); len(runes) > most && z.breaks != "no limit" {
			s = string(runes[:most])
		}
		return s
	}
	t := telegram{Key: m.Key, To: m.To, Link: m.Link, Seconds: int(m.Validity.Seconds())}
	t.Text = clean(m.Title, 200) + "\n" + clean(m.Text, 1000)
	if m.Incident != 0 || z.breaks == "names no incident" {
		t.Text = fmt.Sprintf("%s %s %s", m.Severity, m.Incident, t.Text)
	}
	if m.Repeat && z.breaks != "no repeat mark" {
		t.Text = "REPEAT " + t.Text
	}
	for _, a := range m.Actions {
		t.Actions = append(t.Actions, a.Name)
	}
	switch z.breaks {
	case "no actions":
		t.Actions = nil
	case "a key of its own":
		t.Key += time.Now().String()
	case "no validity":
		t.Seconds = 0
	case "wrong address":
		t.To = "elsewhere"
	}
	return t
}

type refusal struct {
	text      string
	wait      time.Duration
	permanent bool
}

func (r refusal) Error() string       { return r.text }
func (r refusal) Wait() time.Duration { return r.wait }
func (r refusal) Permanent() bool     { return r.permanent }

func open(t *testing.T, in paging.Inbox, breaks string) notifiertest.Harness {
	g := &gazette{inbox: in, keys: map[string]bool{}}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	return notifiertest.Harness{
		Notifier: &gazetteer{url: server.URL, breaks: breaks}, To: "https://example.com/alice",
		Received: func() []notifiertest.Received {
			g.mu.Lock()
			defer g.mu.Unlock()
			return append([]notifiertest.Received(nil), g.out...)
		},
		Fail: func(f notifiertest.Fault) bool {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.fault = f
			return true
		},
		Secrets: []string{token}, Knows: true, Validity: true,
		CallBack: func(r notifiertest.Received, state paging.State) {
			id := r.ID
			if breaks == "reports of nothing" {
				id = "T?"
			}
			_ = in.Report(context.Background(), paging.Report{Method: paging.MethodWebhook, ID: id, State: state}) // the suite's inbox fails never
		},
		Answer: func(r notifiertest.Received, action string) {
			if breaks == "answers of nobody" {
				r.ID = "T?"
			}
			_, _ = in.Reply(context.Background(), paging.Reply{Method: paging.MethodWebhook, ID: r.ID, Action: action}) // the same
		},
	}
}

func TestAGoodNotifierPasses(t *testing.T) {
	t.Parallel()
	notifiertest.Run(t, func(t *testing.T, in paging.Inbox) notifiertest.Harness { return open(t, in, "") })
}

func TestEveryDefectIsSeen(t *testing.T) {
	t.Parallel()
	for defect, check := range map[string]string{
		"ignores the context": "HangEndsAtTheDeadline", "raw errors": "HangEndsAtTheDeadline", "no waiting": "RateLimitWaits",
		"never permanent": "RefusedAddressIsPermanent", "always permanent": "BrokenVendorIsTemporary",
		"tells secrets": "BrokenVendorIsTemporary", "keeps control characters": "ControlCharactersVanish",
		"no escaping": "HostileTitleDoesNothing", "no limit": "LongTextIsCut", "no repeat mark": "MarksARepeat",
		"no actions": "CarriesActions", "a key of its own": "SendsOneKeyOnce", "no validity": "TellsValidity",
		"wrong address": "SendsAPage", "names no incident": "SendsEveryKind", "reports of nothing": "ReportsAreUnderstood",
		"answers of nobody": "AnswersAreUnderstood",
	} {
		t.Run(defect, func(t *testing.T) {
			t.Parallel()
			err := notifiertest.Check(t, check, func(t *testing.T, in paging.Inbox) notifiertest.Harness { return open(t, in, defect) })
			if err == nil {
				t.Errorf("%s passes a notifier that %s", check, defect)
			}
		})
	}
}
