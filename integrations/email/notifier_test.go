package email_test

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/integrations/email"
	"github.com/tocsinhq/tocsin/integrations/email/mailsim"
)

func page(key string) paging.Message {
	return paging.Message{
		Key: key, Kind: paging.MessagePage, To: bob, Incident: 42, Severity: 2, Urgency: "high",
		Title: "Checkout returns errors", Text: "You are paged for Checkout.", Link: "https://tocsin.example/i/42",
		Actions: []paging.Action{{Name: "ack", Label: "Acknowledge", URL: "https://tocsin.example/act/t1"}},
	}
}

// sent sends one message and returns how it arrived.
func sent(t *testing.T, sim *mailsim.Sim, n *email.Notifier, m paging.Message) mailsim.Mail {
	t.Helper()
	if _, err := n.Send(t.Context(), m); err != nil {
		t.Fatalf("Send = %v", err)
	}
	all := sim.All()
	return all[len(all)-1]
}

func TestHeadersServeThreadsAndFilters(t *testing.T) {
	t.Parallel()
	sim, n := opened(t, mailsim.Options{})
	first := sent(t, sim, n, page("a"))
	for name, want := range map[string]string{
		"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "X-Priority": "1", "Importance": "high", "Priority": "urgent",
		"X-Tocsin-Incident": "INC-42", "X-Tocsin-Kind": "page", "From": `"Tocsin" <tocsin@example.com>`, "To": "<bob@example.com>",
	} {
		if got := first.Header.Get(name); got != want {
			t.Errorf("%s = %q; want %q", name, got, want)
		}
	}
	if want := "SEV2 INC-42: Checkout returns errors"; first.Subject != want {
		t.Errorf("subject %q; want %q", first.Subject, want)
	}
	if !first.Encrypted {
		t.Error("the mail went out unencrypted though STARTTLS was offered")
	}
	again := page("a")
	again.Repeat = true
	repeat, other := sent(t, sim, n, again), sent(t, sim, n, page("b"))
	if repeat.MessageID != first.MessageID || other.MessageID == first.MessageID {
		t.Errorf("Message-IDs %s, %s, %s; want the same for one Key and another for another", first.MessageID, repeat.MessageID, other.MessageID)
	}
	if other.Header.Get("References") != first.Header.Get("References") || first.Header.Get("References") == "" {
		t.Error("two mails about one incident are no thread")
	}
	if !strings.HasPrefix(repeat.Subject, "Repeat: ") {
		t.Errorf("a repeat says %q", repeat.Subject)
	}
	elsewhere := page("c")
	elsewhere.Incident, elsewhere.Urgency = 43, "low"
	third := sent(t, sim, n, elsewhere)
	if third.Header.Get("References") == first.Header.Get("References") || third.Header.Get("X-Priority") != "5" {
		t.Errorf("another incident of low urgency: References %s, X-Priority %s", third.Header.Get("References"), third.Header.Get("X-Priority"))
	}
}

func TestReplyCodesBecomeClasses(t *testing.T) {
	t.Parallel()
	const permanent, waits, soon = "permanent", "waits", "soon"
	for _, c := range []struct {
		at       mailsim.Stage
		code     int
		enhanced string
		class    string
		says     string
	}{
		{mailsim.StageLogin, 535, "5.7.8", permanent, "SMTP_URL"},
		{mailsim.StageLogin, 454, "4.7.0", waits, "puts us off"},
		{mailsim.StageSender, 550, "5.7.1", permanent, "MAIL_FROM"},
		{mailsim.StageSender, 421, "4.3.2", soon, "trouble"},
		{mailsim.StageRecipient, 550, "5.1.1", permanent, "no mailbox bob@example.com"},
		{mailsim.StageRecipient, 551, "5.1.6", permanent, "no mailbox bob@example.com"},
		{mailsim.StageRecipient, 553, "5.1.3", permanent, "Correct the address"},
		{mailsim.StageRecipient, 552, "5.2.2", permanent, "full"},
		{mailsim.StageRecipient, 450, "4.2.0", waits, "puts us off"},
		{mailsim.StageRecipient, 451, "4.7.1", waits, "puts us off"},
		{mailsim.StageRecipient, 452, "4.2.2", waits, "puts us off"},
		{mailsim.StageText, 452, "4.3.1", waits, "puts us off"},
		{mailsim.StageText, 451, "4.3.0", soon, "trouble"},
		{mailsim.StageText, 552, "5.3.4", permanent, "too large"},
		{mailsim.StageText, 554, "5.7.1", permanent, "refuses the message to bob@example.com"},
	} {
		t.Run(fmt.Sprint(c.at, c.code, c.enhanced), func(t *testing.T) {
			t.Parallel()
			sim, n := opened(t, mailsim.Options{User: "tocsin", Password: password})
			sim.Fail(c.at, c.code, c.enhanced, "words of the server\r\nin lines with "+password)
			_, err := n.Send(t.Context(), page("a"))
			got := soon
			if _, ok := errors.AsType[*paging.Refused](err); ok {
				got = permanent
			}
			if l, ok := errors.AsType[*paging.Limited](err); ok && l.Wait() >= time.Second {
				got = waits
			}
			if err == nil || got != c.class || !strings.Contains(err.Error(), c.says) {
				t.Errorf("Send = %v (%s); want %s and %q", err, got, c.class, c.says)
			}
			if err != nil && strings.Contains(err.Error(), password) {
				t.Errorf("the error tells the password: %v", err)
			}
			if len(sim.All()) != 0 {
				t.Error("a refused message arrived")
			}
		})
	}
}

func TestRefusalsOfOurOwn(t *testing.T) {
	t.Parallel()
	t.Run("no encryption", func(t *testing.T) {
		t.Parallel()
		sim, n := opened(t, mailsim.Options{NoTLS: true, User: "tocsin", Password: password})
		refused(t, sim, n, page("a"), "offers no encryption")
	})
	t.Run("certificate of a stranger", func(t *testing.T) {
		t.Parallel()
		sim := mailsim.New(mailsim.Options{})
		sim.ListenPipe()
		t.Cleanup(sim.Close)
		n, err := email.New(email.Config{URL: email.Secret(sim.URL()), From: "a@example.com"}, email.Network{Dial: sim.Dial})
		if err != nil {
			t.Fatal(err)
		}
		refused(t, sim, n, page("a"), "certificate")
	})
	t.Run("no login taken", func(t *testing.T) {
		t.Parallel()
		sim := mailsim.New(mailsim.Options{})
		sim.ListenPipe()
		t.Cleanup(sim.Close)
		n, err := email.New(email.Config{URL: "smtp://u:p@mail.example", From: "a@example.com"}, email.Network{Dial: sim.Dial, Roots: sim.Roots()})
		if err != nil {
			t.Fatal(err)
		}
		refused(t, sim, n, page("a"), "takes no login")
	})
	t.Run("wrong password", func(t *testing.T) {
		t.Parallel()
		sim := mailsim.New(mailsim.Options{User: "u", Password: "right"})
		sim.ListenPipe()
		t.Cleanup(sim.Close)
		n, err := email.New(email.Config{URL: "smtp://u:wrong@mail.example", From: "a@example.com"}, email.Network{Dial: sim.Dial, Roots: sim.Roots()})
		if err != nil {
			t.Fatal(err)
		}
		refused(t, sim, n, page("a"), "does not accept our login")
	})
	for _, to := range []string{"", "bob", "Bob <bob@example.com>", "bob@example.com, eve@example.com", "bob@example.com\r\nRCPT TO:<eve@example.com>", "bob@example.com>\r\n", "<bob@example.com>"} {
		t.Run(to, func(t *testing.T) {
			t.Parallel()
			sim, n := opened(t, mailsim.Options{})
			m := page("a")
			m.To = to
			refused(t, sim, n, m, "is not an e-mail address")
		})
	}
}

// refused checks that a message is refused for good with these words.
func refused(t *testing.T, sim *mailsim.Sim, n *email.Notifier, m paging.Message, says string) {
	t.Helper()
	_, err := n.Send(t.Context(), m)
	if r, ok := errors.AsType[*paging.Refused](err); !ok || !strings.Contains(r.Reason, says) {
		t.Errorf("Send = %v; want it refused with %q", err, says)
	}
	if len(sim.All()) != 0 {
		t.Error("it arrived all the same")
	}
}

func TestInternationalAddressNeedsSMTPUTF8AndOthersDoNotAskForIt(t *testing.T) {
	t.Parallel()
	sim, n := opened(t, mailsim.Options{})
	m := page("a")
	m.To = "jürgen@bücher.example"
	if got := sent(t, sim, n, m); got.To != m.To || !got.UTF8 {
		t.Errorf("mail went to %q, SMTPUTF8 %t", got.To, got.UTF8)
	}
	if got := sent(t, sim, n, page("b")); got.UTF8 {
		t.Error("SMTPUTF8 was asked for where nothing needs it")
	}
	old, n := opened(t, mailsim.Options{NoUTF8: true})
	refused(t, old, n, m, "SMTPUTF8")
}

func TestTooLargeForTheServerIsPermanent(t *testing.T) {
	t.Parallel()
	sim, n := opened(t, mailsim.Options{MaxSize: 500})
	refused(t, sim, n, page("a"), "too large")
}

func TestDeadlineIsKeptAtEveryStage(t *testing.T) {
	for _, at := range []mailsim.Stage{mailsim.StageLogin, mailsim.StageSender, mailsim.StageRecipient, mailsim.StageText} {
		t.Run(string(at), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim, n := opened(t, mailsim.Options{User: "tocsin", Password: password})
				sim.Hang(at)
				ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
				defer cancel()
				began := time.Now()
				_, err := n.Send(ctx, page("a"))
				if took := time.Since(began); took != 8*time.Second {
					t.Errorf("Send took %v; want 8s", took)
				}
				if _, ok := errors.AsType[*paging.Unavailable](err); !ok || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("Send = %v; want unavailable for the deadline", err)
				}
				sim.Close()
			})
		})
	}
}

func TestSilentServerIsLeftAtTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim, n := opened(t, mailsim.Options{})
		sim.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := n.Send(ctx, page("a")); err == nil {
			t.Error("Send to a server that is gone succeeded")
		}
	})
}

func TestOverTCP(t *testing.T) {
	t.Parallel()
	sim := mailsim.New(mailsim.Options{Host: "localhost"})
	if err := sim.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	n, err := email.New(email.Config{URL: email.Secret(sim.URL()), From: "tocsin@example.com"}, email.Network{})
	if err != nil {
		t.Fatal(err)
	}
	got := sent(t, sim, n, page("a"))
	if a, err := mail.ParseAddress(got.Header.Get("From")); err != nil || a.Name != "Tocsin" {
		t.Errorf("From is %q", got.Header.Get("From"))
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"smtp://u:p@mail.example:587": "", "smtps://mail.example": "", "smtp://localhost:25": "", "smtp://u:p@[::1]:25": "",
		"mail.example": "form", "http://mail.example": "form", "smtp://": "form",
		"smtp://mail.example/path": "end it there", "smtp://u@mail.example": "not both", "smtp://u:sec%zzret@mail.example": "form",
	} {
		bad := email.Config{URL: email.Secret(url), From: "a@example.com"}.Validate()
		if got := strings.Join(bad, " "); (want == "") != (got == "") || !strings.Contains(got, want) || strings.Contains(got, "zzret") {
			t.Errorf("%s: %q; want %q", url, got, want)
		}
	}
	if bad := (email.Config{}).Validate(); len(bad) != 0 {
		t.Errorf("off is a mistake: %q", bad)
	}
	if bad := (email.Config{URL: "smtp://mail.example", From: "nobody"}).Validate(); len(bad) != 1 {
		t.Errorf("a bad sender: %q", bad)
	}
	if got := fmt.Sprintf("%v %+v %#v", email.Config{URL: "smtp://u:hush@x"}, email.Secret("hush"), email.Secret("hush")); strings.Contains(got, "hush") {
		t.Errorf("a secret is printed: %s", got)
	}
}

// FuzzMail holds any title, text, label and link to one thing: what arrives is one
// mail to one person with our headers and no other.
func FuzzMail(f *testing.F) {
	f.Add("Checkout\r\nBcc: eve@example.com\r\n\r\nhello", "x\r\n.\r\nMAIL FROM:<e@e.com>\r\n", "Acknowledge", "https://tocsin.example/act/t")
	f.Add("=?utf-8?q?a=0d=0aBcc:_x?=", ".\n..\n", "\u202eegdelwonkcA", "javascript:alert(1)")
	f.Add(strings.Repeat("x", 2000), strings.Repeat("y", 5000), "\x00", "https://x/\r\ny")
	sim := mailsim.New(mailsim.Options{Host: "mail.localhost", NoTLS: true})
	sim.ListenPipe()
	f.Cleanup(sim.Close)
	n, err := email.New(email.Config{URL: email.Secret(sim.URL()), From: "tocsin@example.com"}, email.Network{Dial: sim.Dial})
	if err != nil {
		f.Fatal(err)
	}
	allowed := []string{"Auto-Submitted", "Content-Type", "Date", "From", "Importance", "In-Reply-To", "Message-Id", "Mime-Version", "Priority", "References", "Subject", "To", "X-Auto-Response-Suppress", "X-Priority", "X-Tocsin-Incident", "X-Tocsin-Kind"}
	f.Fuzz(func(t *testing.T, title, text, label, link string) {
		sim.Empty()
		m := page("k" + title)
		m.Title, m.Text, m.Actions[0].Label, m.Actions[0].URL, m.Kind = title, text, label, link, paging.MessageKind(label)
		got := sent(t, sim, n, m)
		if now := len(sim.All()); now != 1 {
			t.Fatalf("one message became %d", now)
		}
		if got.To != bob || len(got.Header) != len(allowed) {
			t.Fatalf("it went to %q with the headers %v", got.To, got.Header)
		}
		for _, name := range allowed {
			if len(got.Header[name]) != 1 {
				t.Fatalf("header %s is there %d times", name, len(got.Header[name]))
			}
		}
		if strings.Contains(got.HTML, `href="javascript:`) {
			t.Fatal("a link runs a script")
		}
	})
}
