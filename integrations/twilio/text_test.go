package twilio_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/integrations/twilio"
	"github.com/tocsinhq/tocsin/integrations/twilio/twiliosim"
)

// sentText is the text that a message becomes.
func sentText(t *testing.T, s site, m paging.Message) twiliosim.Message {
	t.Helper()
	mustSend(t, s.SMS(), m)
	all := s.Messages()
	return all[len(all)-1]
}

func TestTextsKeepTheirCodesAndStaySmall(t *testing.T) {
	t.Parallel()
	s := newSite(t, &inbox{})
	for n, c := range []struct {
		title, text string
		parts       int
	}{
		{"Checkout is down", "", 1},
		{"“Checkout” – down… 🔥", "it’s bad", 1},
		{strings.Repeat("Checkout ", 200), strings.Repeat("long ", 500), 2},
		{strings.Repeat("{[~]}", 300), "", 2},
		{strings.Repeat("Zażółć ", 100), strings.Repeat("gęślą ", 100), 4},
		{strings.Repeat("🔥", 500), "支付失败", 2},
	} {
		m := page(fmt.Sprint("d-", n))
		m.Title, m.Text = c.title, c.text
		got := sentText(t, s, m)
		if got.Parts > c.parts || !strings.Contains(got.Body, "\nReply 12a ack, 12e escalate\nhttps://tocsin.example/p/1 #") {
			t.Errorf("%.30q became %d parts; want at most %d, with codes and link:\n%s", c.title, got.Parts, c.parts, got.Body)
		}
	}
}

func TestListsStayLists(t *testing.T) {
	t.Parallel()
	s := newSite(t, &inbox{})
	m := page("d-1")
	m.Kind, m.Text = paging.MessageDigest, "INC-42 SEV2 Checkout\r\n\nINC-43 SEV3 Search\x00"
	if got := sentText(t, s, m).Body; !strings.Contains(got, "errors\nINC-42 SEV2 Checkout\nINC-43 SEV3 Search\nReply") {
		t.Errorf("a digest is written as\n%s", got)
	}
	mustSend(t, s.Voice(), m)
	if got := s.Calls()[0].TwiML; !strings.Contains(got, "errors. INC-42 SEV2 Checkout. INC-43 SEV3 Search. Press 4") {
		t.Errorf("a digest is spoken as\n%s", got)
	}
}

func TestTextsMindTheCountry(t *testing.T) {
	t.Parallel()
	s := newSite(t, &inbox{})
	for to, want := range map[string]struct{ codes, link bool }{
		"+15550100101": {true, true}, "+919876543210": {false, true}, "+8613812345678": {false, false}, "+50212345678": {false, true},
	} {
		m := page("d-" + to)
		m.To = to
		got := sentText(t, s, m).Body
		if strings.Contains(got, "Reply") != want.codes || strings.Contains(got, "https://") != want.link {
			t.Errorf("a text to %s is %q; want codes %v and link %v", to, got, want.codes, want.link)
		}
	}
}

func TestNoReplyPrefixesOfVectors(t *testing.T) {
	t.Parallel()
	var file struct {
		NoReply []string `json:"prefixes_without_reply_hint"`
		NoLink  []string `json:"prefixes_without_links"`
	}
	sharedJSON(t, "oncall/sms_replies.json", &file)
	s := newSite(t, &inbox{})
	for what, prefixes := range map[string][]string{"Reply": file.NoReply, "https://": file.NoLink} {
		if len(prefixes) == 0 {
			t.Errorf("no prefixes without %s", what)
		}
		for _, p := range prefixes {
			m := page("d-" + what + p)
			m.To = p + "98765432"
			if got := sentText(t, s, m).Body; strings.Contains(got, what) {
				t.Errorf("a text to %s has %s: %s", p, what, got)
			}
		}
	}
}

// Twilio takes documents of 4000 characters; whatever people write, ours fit and parse.
func FuzzSpeech(f *testing.F) {
	f.Add("Checkout returns errors", "You are paged.", "page")
	f.Add("<Say>&\"'</Gather><Hangup/>", strings.Repeat("支", 5000), "verify")
	f.Add(strings.Repeat("\u202e%2B\x00", 900), "482913", "verify")
	sent := &kept{}
	client, err := twilio.New(good(), sent)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, title, text, kind string) {
		m := page("d-1")
		m.Title, m.Text, m.Kind = title, text, paging.MessageKind(kind)
		_, _ = client.Voice().Send(t.Context(), m) // refused: what was sent counts
		form, err := url.ParseQuery(sent.body)
		doc := form.Get("Twiml")
		if err == nil {
			err = twiliosim.CheckTwiML([]byte(doc))
		}
		if n := utf8.RuneCountInString(doc); err != nil || n > 4000 || n < 100 {
			t.Errorf("%.100q is spoken as %d characters: %v\n%.500s", title, n, err, doc)
		}
		_, _ = client.SMS().Send(t.Context(), m)
		form, err = url.ParseQuery(sent.body)
		if n := utf8.RuneCountInString(form.Get("Body")); err != nil || n > 1600 || n < 10 {
			t.Errorf("%.100q is written as %d characters: %v", title, n, err)
		}
	})
}
