package view

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
)

func aDigest() paging.Message {
	return paging.Message{Key: "tocsin-delivery-7", Kind: paging.MessageDigest, To: string(alice), Person: alice, Incident: 42, Severity: incident.SEV1,
		Title: "3 pages of 3 incidents wait for you", Actions: []paging.Action{{Name: "awake", Label: "I'm awake"}, {Name: "ack", Label: "Acknowledge"}}}
}

// digestOf is a digest of as many pages as there are ends, from INC-42 and SEV1 on.
func digestOf(ends ...Became) []PageLine {
	var lines []PageLine
	for n, end := range ends {
		lines = append(lines, PageLine{Became: end, Page: paging.Demand{Incident: incident.ID(42 + n), Severity: incident.Severity(1 + min(n, 4)),
			Title: fmt.Sprintf("Shop %d is slow", n+1), Subject: "Checkout"}})
	}
	return lines
}

var (
	mine   = Became{Said: ":white_check_mark: You have acknowledged it; more people have to.", Open: true}
	anew   = Became{Said: ":heavy_minus_sign: It is paged anew; this page asks for nothing any more.", Open: true}
	ended  = Became{Said: ":checkered_flag: Nobody is paged for it any more."}
	putOff = Became{Said: ":zzz: Put off until " + Date(noon.Add(time.Hour), "")}
)

func addDigests(views map[string]any) {
	views["page_digest_answered"] = DigestAnswered(aDigest(), digestOf(Became{By: bob}, Became{}, putOff, ended, Became{}))
	views["page_digest_anew"] = DigestAnswered(aDigest(), digestOf(Became{By: bob}, anew, mine))
	views["page_digest_done"] = DigestAnswered(aDigest(), digestOf(Became{By: bob}, ended, putOff))
}

func TestADigestKeepsItsButtonsWhileOnePageWaits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ends          []Became
		buttons, text string
	}{
		{[]Became{{}, {By: bob}, {}}, "page_ack page_awake", "INC-42 · SEV1 · 2 of 3 pages still wait for you"},
		{[]Became{{By: bob}, ended, {}}, "page_ack page_awake", "INC-44 · SEV3 · 1 of 3 pages still waits for you"},
		{[]Became{{By: bob}, ended, putOff}, "", "All 3 pages are taken care of."},
		{[]Became{{By: bob}, mine}, "", "None of these 2 pages asks you for an answer any more."},
		{[]Became{{By: bob}, anew}, "", "None of these 2 pages asks you for an answer any more."},
	} {
		m := DigestAnswered(aDigest(), digestOf(c.ends...))
		if got := strings.Join(places(t, m, 1), " "); got != c.buttons || m.Text != c.text {
			t.Errorf("after %v the message says %q with the buttons %q; want %q and %q", c.ends, m.Text, got, c.text, c.buttons)
		}
	}
}

func TestADigestOfManyPagesShowsFirstWhatWaits(t *testing.T) {
	t.Parallel()
	ends := make([]Became, 60)
	for n := range 57 {
		ends[n] = Became{By: bob}
	}
	text := string(encode(t, DigestAnswered(aDigest(), digestOf(ends...))))
	for _, want := range []string{"INC-99 ", "INC-100 ", "INC-101 ", "INC-42 ", "and 40 more", "3 of 60 pages"} {
		if !strings.Contains(text, want) {
			t.Errorf("the digest does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "INC-59 ") {
		t.Errorf("an answered page stands in the room of one that waits:\n%s", text)
	}
	if text = string(encode(t, DigestAnswered(aDigest(), digestOf(append(make([]Became, 24), ended)...)))); !strings.Contains(text, "and 5 more, of which 4 wait for an answer") {
		t.Errorf("the digest does not count what waits below:\n%s", text)
	}
}

func TestAnyDigestIsAccepted(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		d := dice{rand.New(rand.NewPCG(seed, 1))}
		m := aDigest()
		m.Repeat = d.IntN(2) == 0
		lines := digestOf(make([]Became, 2+d.IntN(300))...)
		for n := range lines {
			lines[n].Became = []Became{{}, {By: d.person()}, mine, anew, ended, putOff}[d.IntN(6)]
			lines[n].Page.Title, lines[n].Page.Subject = d.text(incident.MaxTitle), d.text(500)
			lines[n].Page.Severity = incident.Severity(d.IntN(7))
		}
		mustBeAccepted(t, DigestAnswered(m, lines))
		if t.Failed() {
			t.Fatalf("with the seed %d", seed)
		}
	}
	worst := digestOf(make([]Became, 300)...)
	for n := range worst {
		worst[n].Page.Title, worst[n].Page.Subject = strings.Repeat("<&>", 200), strings.Repeat("<&>", 200)
		worst[n].By = "W" + incident.PersonID(strings.Repeat("X", 20))
	}
	worst[0].Became = Became{}
	mustBeAccepted(t, DigestAnswered(aDigest(), worst))
}
