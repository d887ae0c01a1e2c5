package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/incident/paging/notifiertest"
	"github.com/tocsinhq/tocsin/integrations/webhook"
	"github.com/tocsinhq/tocsin/integrations/webhook/webhooksim"
)

const secret = "0123456789abcdef0123456789abcdef-current"

// opened starts a receiver in memory and a notifier that reaches it.
func opened(t *testing.T, secrets ...webhook.Secret) (*webhooksim.Sim, *webhook.Notifier) {
	t.Helper()
	if len(secrets) == 0 {
		secrets = []webhook.Secret{secret}
	}
	sim := webhooksim.New(secret)
	sim.ListenPipe()
	t.Cleanup(sim.Close)
	n, err := webhook.New(webhook.Config{Secrets: secrets}, sim.HTTPClient().Transport)
	if err != nil {
		t.Fatal(err)
	}
	return sim, n
}

// received is what the suite wants to know of a webhook: what a receiver would show.
func received(sim *webhooksim.Sim) []notifiertest.Received {
	var all []notifiertest.Received
	for _, m := range sim.All() {
		r := notifiertest.Received{ID: m.ID, To: "https://hook.localhost" + m.Path, Text: m.Title + "\n" + m.Text, Links: []string{m.Link}}
		if m.Incident != nil {
			r.Text = m.Incident.Severity + " " + m.Incident.ID + " " + r.Text
		}
		if m.Repeat {
			r.Text = "Repeat: " + r.Text
		}
		if m.ExpiresAt != nil {
			r.Validity = m.ExpiresAt.Sub(m.SentAt)
		}
		for _, a := range m.Actions {
			r.Actions, r.Links = append(r.Actions, a.Name), append(r.Links, a.URL)
		}
		if strings.ContainsAny(string(m.Raw), "<>") {
			r.Hijacked = "could close a script element that it is put into"
		}
		all = append(all, r)
	}
	return all
}

func breakReceiver(sim *webhooksim.Sim) func(notifiertest.Fault) bool {
	return func(f notifiertest.Fault) bool {
		sim.Heal()
		switch f {
		case notifiertest.FaultLimited:
			sim.Fail(http.StatusTooManyRequests, notifiertest.RetryAfter)
		case notifiertest.FaultBroken:
			sim.Fail(http.StatusInternalServerError, 0)
		case notifiertest.FaultRefused:
			sim.Fail(http.StatusGone, 0)
		case notifiertest.FaultHang:
			sim.Hang()
		case notifiertest.FaultTorn:
			sim.DropAnswers()
		}
		return true
	}
}

// acting answers the requests of actions as the program's own page would.
type acting struct {
	in  paging.Inbox
	key string
}

func (a acting) RoundTrip(r *http.Request) (*http.Response, error) {
	action, ours := strings.CutPrefix(r.URL.Path, "/p/token-")
	if !ours || r.Method != http.MethodPost {
		return &http.Response{StatusCode: http.StatusNotFound, Body: http.NoBody}, nil
	}
	said, err := a.in.Reply(r.Context(), paging.Reply{Method: paging.MethodWebhook, ID: a.key, Action: action})
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(said))}, err
}

func TestConformance(t *testing.T) {
	t.Parallel()
	notifiertest.Run(t, func(t *testing.T, in paging.Inbox) notifiertest.Harness {
		sim, n := opened(t)
		return notifiertest.Harness{
			Notifier: n, To: sim.URL(), Knows: true, Validity: true, Secrets: []string{secret},
			Received: func() []notifiertest.Received { return received(sim) },
			Fail:     breakReceiver(sim),
			Answer: func(r notifiertest.Received, action string) {
				for _, m := range sim.All() {
					if said, err := m.Press(t.Context(), &http.Client{Transport: acting{in, m.ID}}, action); err != nil || said != "Acknowledged INC-42." {
						t.Errorf("Press(%s) = %q, %v", action, said, err)
					}
				}
			},
		}
	})
}

func page(to string) paging.Message {
	return paging.Message{
		Key: "delivery-1", Kind: paging.MessagePage, To: to, Person: "U02BOB", Incident: 42, Severity: 2, Urgency: "high",
		Title: "Checkout returns errors", Text: "You are paged.", Validity: 10 * time.Minute,
	}
}

func TestStatusesBecomeClasses(t *testing.T) {
	t.Parallel()
	const taken, permanent, waits, soon = "taken", "permanent", "waits", "soon"
	for _, c := range []struct {
		status int
		after  time.Duration
		class  string
	}{
		{200, 0, taken}, {202, 0, taken}, {204, 0, taken},
		{301, 0, permanent}, {304, 0, permanent}, {400, 0, permanent}, {401, 0, permanent}, {403, 0, permanent}, {404, 0, permanent}, {410, 0, permanent}, {413, 0, permanent}, {422, 0, permanent},
		{408, 0, soon}, {425, 0, soon}, {500, 0, soon}, {502, 0, soon}, {503, 0, soon}, {504, 0, soon},
		{429, 0, waits}, {429, 7 * time.Second, waits}, {503, 7 * time.Second, waits},
	} {
		t.Run(fmt.Sprint(c.status, c.after), func(t *testing.T) {
			t.Parallel()
			sim, n := opened(t)
			sim.Fail(c.status, c.after)
			_, err := n.Send(t.Context(), page(sim.URL()))
			got := taken
			if err != nil {
				got = soon
			}
			if _, ok := errors.AsType[*paging.Refused](err); ok {
				got = permanent
			}
			if l, ok := errors.AsType[*paging.Limited](err); ok && (l.Wait() == c.after || c.after == 0 && l.Wait() == 30*time.Second) {
				got = waits
			}
			if got != c.class {
				t.Errorf("Send = %v (%s); want %s", err, got, c.class)
			}
		})
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		sim, n := opened(t)
		sim.Redirect(status, "https://hook.localhost/elsewhere")
		_, err := n.Send(t.Context(), page(sim.URL()))
		if _, ok := errors.AsType[*paging.Refused](err); !ok || !strings.Contains(err.Error(), "redirects are not followed") {
			t.Errorf("%d: Send = %v", status, err)
		}
	}
}

func TestReceiverKnowsBothSecretsDuringAChange(t *testing.T) {
	t.Parallel()
	const other = "fedcba9876543210fedcba9876543210-other"
	for name, secrets := range map[string][]webhook.Secret{"current first": {secret, other}, "current second": {other, secret}} {
		sim, n := opened(t, secrets...)
		if _, err := n.Send(t.Context(), page(sim.URL())); err != nil || len(sim.All()) != 1 {
			t.Errorf("%s: Send = %v; refused for %v", name, err, sim.Refused())
		}
	}
	sim, n := opened(t, other)
	if _, err := n.Send(t.Context(), page(sim.URL())); err == nil || !strings.Contains(err.Error(), "does not accept our signature") {
		t.Errorf("Send with another secret = %v", err)
	}
}

func TestDeadlineIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim, n := opened(t)
		sim.Hang()
		ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
		defer cancel()
		began := time.Now()
		_, err := n.Send(ctx, page(sim.URL()))
		if _, ok := errors.AsType[*paging.Unavailable](err); !ok || time.Since(began) != 8*time.Second {
			t.Errorf("Send = %v after %v; want unavailable after 8s", err, time.Since(began))
		}
		sim.Close()
	})
}
