package mailsim_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/integrations/email"
	"github.com/tocsinhq/tocsin/integrations/email/mailsim"
)

// filled is a server with mail for two people.
func filled(t *testing.T) *mailsim.Sim {
	t.Helper()
	s := mailsim.New(mailsim.Options{})
	s.ListenPipe()
	t.Cleanup(s.Close)
	n, err := email.New(email.Config{URL: email.Secret(s.URL()), From: "Tocsin <tocsin@example.com>"}, email.Network{Dial: s.Dial, Roots: s.Roots()})
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"bob@example.com", "carol@example.com"} {
		m := paging.Message{
			Key: "key-" + to, Kind: paging.MessagePage, To: to, Incident: 42, Severity: 2, Urgency: "high", Title: "Ünïcode & <b>",
			Text: "You are paged.", Link: "https://tocsin.example/i/42",
			Actions: []paging.Action{{Name: "ack", Label: "Acknowledge", URL: "https://tocsin.example/act/t1"}},
		}
		if _, err := n.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func saved(t *testing.T, s *mailsim.Sim) *bytes.Buffer {
	t.Helper()
	var kept bytes.Buffer
	if err := s.Save(&kept); err != nil {
		t.Fatal(err)
	}
	return &kept
}

func TestMailboxesSurviveSaveAndLoad(t *testing.T) {
	t.Parallel()
	s, again := filled(t), mailsim.New(mailsim.Options{})
	changed, stop := again.Watch()
	defer stop()
	if err := again.Load(saved(t, s)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s.All(), again.All()); diff != "" {
		t.Errorf("mails (-saved +loaded):\n%s", diff)
	}
	mails := again.Mails("bob@example.com")
	if len(mails) != 1 || mails[0].Link("Acknowledge") != "https://tocsin.example/act/t1" {
		t.Errorf("Bob's mailbox has %+v; want one mail with its link", mails)
	}
	select {
	case <-changed:
	default:
		t.Error("nobody was told that mails are there")
	}
}

func TestEmptyMailboxesSurviveSaveAndLoad(t *testing.T) {
	t.Parallel()
	s := filled(t)
	if err := s.Load(saved(t, mailsim.New(mailsim.Options{}))); err != nil || len(s.All()) != 0 {
		t.Errorf("Load of nothing = %v, leaves %d mails", err, len(s.All()))
	}
}

func TestDamagedMailboxesAreRefused(t *testing.T) {
	t.Parallel()
	s := filled(t)
	half := saved(t, s).String()
	for name, damaged := range map[string]string{
		"empty": "", "nonsense": "nonsense", "nothing": "null", "other": `{"Shown":[]}`, "half": half[:len(half)/2], "no mail": `{"Mails":[{}]}`,
	} {
		err := s.Load(strings.NewReader(damaged))
		if err == nil || !strings.HasPrefix(err.Error(), "load mailboxes: ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: Load = %v; want one sentence", name, err)
		}
	}
	if n := len(s.All()); n != 2 {
		t.Errorf("after loads that failed there are %d mails; want the 2 of before", n)
	}
}
