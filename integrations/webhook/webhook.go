// Package webhook sends pages to anything that speaks HTTP: a signed POST with a JSON
// body. What a receiver has to know stands here and is public: fields are added, never
// changed or taken away, as long as version stays 1.
//
//		POST /your/path HTTP/1.1
//		Content-Type: application/json
//		Idempotency-Key: delivery-7f3c
//		Tocsin-Signature: t=1767225600,v1=5257a869e7…
//
//		{
//		  "version": 1,
//		  "id": "delivery-7f3c",
//		  "kind": "page",
//		  "sent_at": "2026-01-01T00:00:00Z",
//		  "expires_at": "2026-01-01T00:10:00Z",
//		  "repeat": false,
//		  "person": "U02ALICE",
//		  "urgency": "high",
//		  "incident": {"id": "INC-42", "number": 42, "severity": "SEV2"},
//		  "title": "Checkout returns errors",
//		  "text": "You are paged for Checkout.",
//		  "actions": [{"name": "ack", "label": "Acknowledge", "url": "https://tocsin.example/act/…"}],
//		  "link": "https://tocsin.example/incidents/42"
//		}
//
//	  - kind is page, digest, status, notice, verify or canary; new ones may come.
//	  - id is the same for every attempt; take an id that you know with 200 and do
//	    nothing. repeat says that it may have been sent before.
//	  - After expires_at nobody wants the message any more; it may be missing. incident
//	    is missing where there is none.
//	  - POST to an action's url, without a body, to answer in the person's name. The URL
//	    is the whole authority: keep it secret.
//	  - Text is plain and comes from people and their monitoring: escape it.
//	  - Check the signature before anything else (Verify shows how): v1 is the hex
//	    HMAC-SHA256, under the shared secret, of t, a full stop and the body's bytes. While
//	    a secret is being replaced there are several v1. Refuse a t that is more than five
//	    minutes away.
//	  - Answer 2xx within the time limit once the message is stored. 429 and 503 with
//	    Retry-After put us off; 408, 425, 429 and 5xx are tried again; any other 4xx and
//	    every redirect ends the delivery, and the person's next rule is used.
//
// Before changing what is reached, know that anybody who may enter a contact method
// chooses the URL: the guard in guard.go keeps us from being their way into the network
// that we stand in.
package webhook

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"

	"github.com/tocsinhq/tocsin/integrations/secret"
)

// Secret is text that is never printed: every format shows ***.
type Secret = secret.Text

// Config says how webhooks are signed and where they may go. The zero value means that
// webhooks are off.
type Config struct {
	// Secrets sign every webhook; the first is the current one. During a change the
	// old one stands behind it, until every receiver has the new one.
	Secrets []Secret
	// Allow are networks that may be reached though they are private, for example
	// 10.1.0.0/16. Addresses in them, when written as numbers, may also be spoken to
	// without encryption.
	Allow []netip.Prefix
}

// Enabled reports whether webhooks are configured at all.
func (c Config) Enabled() bool { return len(c.Secrets) > 0 }

// minSecret is the least length of a secret in bytes: 128 bits as hex.
const minSecret = 32

// Validate returns every mistake of c as a sentence, none when c can be used or is off.
func (c Config) Validate() []string {
	var bad []string
	for n, s := range c.Secrets {
		switch {
		case n == 0 && len(s) < minSecret:
			bad = append(bad, fmt.Sprintf("TOCSIN_WEBHOOK_SECRET is shorter than %d characters; make one with: openssl rand -hex 32.", minSecret))
		case n > 0 && slices.Contains(c.Secrets[:n], s):
			bad = append(bad, "TOCSIN_WEBHOOK_SECRET_OLD is the same as TOCSIN_WEBHOOK_SECRET; make a new one with: openssl rand -hex 32.")
		case n > 0 && len(s) < minSecret:
			bad = append(bad, fmt.Sprintf("TOCSIN_WEBHOOK_SECRET_OLD is shorter than %d characters; give the whole secret of before, or leave it out.", minSecret))
		}
	}
	for _, p := range c.Allow {
		if !p.IsValid() {
			bad = append(bad, "TOCSIN_WEBHOOK_ALLOW holds a network that cannot be read; write it like 10.1.0.0/16.")
		}
	}
	return bad
}

// Body is what a receiver gets, as JSON.
type Body struct {
	Version   int        `json:"version"`
	ID        string     `json:"id"`
	Kind      string     `json:"kind"`
	SentAt    time.Time  `json:"sent_at"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
	Repeat    bool       `json:"repeat"`
	Person    string     `json:"person,omitempty"`
	Urgency   string     `json:"urgency,omitempty"`
	Incident  *Incident  `json:"incident,omitempty"`
	Title     string     `json:"title"`
	Text      string     `json:"text"`
	Actions   []Action   `json:"actions"`
	Link      string     `json:"link,omitempty"`
}

// Incident is what a message is about.
type Incident struct {
	ID       string `json:"id"`
	Number   int64  `json:"number"`
	Severity string `json:"severity,omitempty"`
}

// Action is an answer that the person can give.
type Action struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	URL   string `json:"url"`
}

// Bounds of the texts in runes; a body stays far below 64 KB, which small receivers take.
const (
	maxTitle = 400
	maxText  = 3000
)

// write makes the body of m.
func write(m paging.Message, now time.Time) ([]byte, error) {
	b := Body{
		Version: 1, ID: m.Key, Kind: string(m.Kind), SentAt: now.UTC(), Repeat: m.Repeat, Person: string(m.Person), Urgency: m.Urgency,
		Title: cut(oneLine(m.Title), maxTitle), Text: cut(incident.CleanText(m.Text), maxText), Actions: []Action{}, Link: m.Link,
	}
	if m.Validity > 0 {
		end := now.UTC().Add(m.Validity)
		b.ExpiresAt = &end
	}
	if m.Incident != 0 {
		b.Incident = &Incident{ID: m.Incident.String(), Number: int64(m.Incident)}
		if m.Severity.Valid() {
			b.Incident.Severity = m.Severity.String()
		}
	}
	for _, a := range m.Actions {
		if a.URL != "" {
			b.Actions = append(b.Actions, Action{Name: a.Name, Label: cut(oneLine(a.Label), 40), URL: a.URL})
		}
	}
	text, err := json.Marshal(b)
	if err != nil {
		return nil, fmt.Errorf("write webhook: %w", err)
	}
	return text, nil
}

// oneLine cleans s and puts it on one line.
func oneLine(s string) string { return strings.Join(strings.Fields(incident.CleanText(s)), " ") }

// cut bounds s to at most limit runes, with an ellipsis where something is missing.
func cut(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return strings.TrimRight(string([]rune(s)[:limit-1]), " \n\t") + "…"
}
