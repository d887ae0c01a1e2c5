package email_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/incident/paging/notifiertest"
	"github.com/tocsinhq/tocsin/integrations/email"
	"github.com/tocsinhq/tocsin/integrations/email/mailsim"
)

const (
	bob      = "bob@example.com"
	password = "correct horse/battery"
)

// opened starts a simulator in memory and a notifier on it.
func opened(t *testing.T, o mailsim.Options) (*mailsim.Sim, *email.Notifier) {
	t.Helper()
	sim := mailsim.New(o)
	sim.ListenPipe()
	t.Cleanup(sim.Close)
	n, err := email.New(email.Config{URL: email.Secret(sim.URL()), From: "Tocsin <tocsin@example.com>"}, email.Network{Dial: sim.Dial, Roots: sim.Roots()})
	if err != nil {
		t.Fatal(err)
	}
	return sim, n
}

// received is what the suite wants to know of a mail.
func received(mails []mailsim.Mail) []notifiertest.Received {
	var all []notifiertest.Received
	for _, m := range mails {
		r := notifiertest.Received{ID: m.MessageID, To: m.To, Text: m.Subject + "\n" + m.Plain, Links: m.Links()}
		for _, label := range m.Labels() {
			switch strings.ToLower(label) {
			case "acknowledge":
				r.Actions = append(r.Actions, "ack")
			case "escalate":
				r.Actions = append(r.Actions, "escalate")
			}
		}
		switch {
		case strings.Contains(m.HTML, "<script"), strings.Count(m.HTML, "<b>") > 1:
			r.Hijacked = "put markup into the HTML"
		case strings.Contains(m.HTML, `href="https://evil.example`):
			r.Hijacked = "put a link into the HTML"
		case len(m.Header["Bcc"]) > 0:
			r.Hijacked = "put a header into the mail"
		}
		all = append(all, r)
	}
	return all
}

func breakMail(sim *mailsim.Sim) func(notifiertest.Fault) bool {
	return func(f notifiertest.Fault) bool {
		sim.Heal()
		switch f {
		case notifiertest.FaultLimited:
			return false // SMTP cannot say for how long; TestReplyCodesBecomeClasses has the rest
		case notifiertest.FaultBroken:
			sim.Fail(mailsim.StageText, 451, "4.3.0", "queue file write error")
		case notifiertest.FaultRefused:
			sim.Fail(mailsim.StageRecipient, 550, "5.1.1", "user unknown")
		case notifiertest.FaultHang:
			sim.Hang(mailsim.StageRecipient)
		case notifiertest.FaultTorn:
			sim.DropAnswer(-1)
		}
		return true
	}
}

// answering lets a person open the link of a mail and press the button there.
func answering(t *testing.T, sim *mailsim.Sim, in paging.Inbox) func(notifiertest.Received, string) {
	mux := http.NewServeMux()
	var key string
	page := email.ActionPage{
		Parse: func(context.Context, string) (email.Offer, error) {
			return email.Offer{Title: "INC-42", Button: "Acknowledge"}, nil
		},
		Act: func(ctx context.Context, token string) (string, error) {
			action := strings.TrimPrefix(token, "token-")
			return in.Reply(ctx, paging.Reply{Method: paging.MethodEmail, ID: key, Action: action})
		},
	}
	mux.Handle("GET /p/{token}", page)
	mux.Handle("POST /p/{token}", page)
	client := &http.Client{Transport: handled{mux}}
	return func(r notifiertest.Received, action string) {
		key = r.ID
		for _, m := range sim.Mails(r.To) {
			label := map[string]string{"ack": "Acknowledge", "escalate": "Escalate"}[action]
			if said, err := m.Press(t.Context(), client, label); err != nil || said != "Acknowledged INC-42." {
				t.Errorf("Press(%s) = %q, %v", label, said, err)
			}
		}
	}
}

// handled answers requests without a network.
type handled struct{ http.Handler }

func (h handled) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	answer := w.Result()
	answer.Request = r
	return answer, nil
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]mailsim.Options{
		"keeps every copy":           {User: "tocsin", Password: password},
		"merges by Message-ID":       {User: "tocsin", Password: password, Merge: true},
		"TLS from the first byte":    {User: "tocsin", Password: password, ImplicitTLS: true},
		"on this machine, plaintext": {Host: "mail.localhost", NoTLS: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			notifiertest.Run(t, func(t *testing.T, in paging.Inbox) notifiertest.Harness {
				sim, n := opened(t, o)
				return notifiertest.Harness{
					Notifier: n, To: bob, Knows: o.Merge, Secrets: []string{password, "correct"},
					Received: func() []notifiertest.Received { return received(sim.All()) },
					Fail:     breakMail(sim),
					Answer:   answering(t, sim, in),
				}
			})
		})
	}
}
