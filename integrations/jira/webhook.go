package jira

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The ways in which a webhook's signature can be no good. They are for our log: the
// sender learns nothing but that it was refused.
var (
	ErrNoSecret           = errors.New("jira webhook: no secret is configured")
	ErrNoSignature        = errors.New("jira webhook: X-Hub-Signature is missing")
	ErrMalformedSignature = errors.New("jira webhook: X-Hub-Signature is not sha256=<64 hex digits>")
	ErrWrongSignature     = errors.New("jira webhook: X-Hub-Signature does not match the body")
)

// Verify checks the header X-Hub-Signature, sha256=<hex HMAC-SHA256 of the raw body>, in
// constant time. Without a secret nothing verifies.
func Verify(secret Secret, body []byte, header string) error {
	if secret == "" {
		return ErrNoSecret
	}
	if header == "" {
		return ErrNoSignature
	}
	digits, ok := strings.CutPrefix(header, "sha256=")
	got, err := hex.DecodeString(digits)
	if !ok || err != nil || len(got) != sha256.Size {
		return ErrMalformedSignature
	}
	if !hmac.Equal(got, signature(secret, body)) {
		return ErrWrongSignature
	}
	return nil
}

func signature(secret Secret, body []byte) []byte {
	mac := hmac.New(sha256.New, []byte(secret.Reveal()))
	mac.Write(body)
	return mac.Sum(nil)
}

// EventKind says what a webhook is about.
type EventKind string

// The kinds of webhooks. Everything that does not change an issue is EventOther.
const (
	EventCreated EventKind = "created"
	EventUpdated EventKind = "updated"
	EventDeleted EventKind = "deleted"
	EventOther   EventKind = "other"
)

// Event is what a webhook tells. Jira may deliver it late, twice and out of order:
// Issue.Updated orders the events of one issue, and Actor tells our own echo.
type Event struct {
	Kind    EventKind
	Name    string    // Jira's own name, for example jira:issue_updated
	At      time.Time // when Jira made it; zero when it does not say
	Actor   Person    // who did it; zero when Jira does not say
	Issue   Issue     // as it is after the event; of a comment only key, id and some fields
	Changes []Change  // what was changed, empty when Jira does not say
}

// Change is one field that an event changed, in words for people. Multiple values are
// separated as Jira does, by spaces.
type Change struct {
	Field    string // id as far as Jira gives one, else the name
	From, To string
}

// StatusChanged reports whether the event moved the issue to another status, and
// between which. Whether it is done now is Issue.Category.
func (e Event) StatusChanged() (from, to string, ok bool) {
	for _, c := range e.Changes {
		if c.Field == "status" {
			return c.From, c.To, true
		}
	}
	return "", "", false
}

// Parse reads the body of a webhook of Jira Cloud or Data Center. It wants a JSON object
// with the name of an event and takes everything else as it comes: fields that are
// missing, null or of another type stay zero.
func Parse(body []byte) (Event, error) {
	var w wireEvent
	err := json.Unmarshal(body, &w)
	// A field of an unexpected type is skipped and the rest is still decoded.
	if _, odd := errors.AsType[*json.UnmarshalTypeError](err); err != nil && !odd {
		return Event{}, fmt.Errorf("parse jira webhook: %w", err)
	}
	if w.Name == "" {
		return Event{}, errors.New("parse jira webhook: webhookEvent is missing")
	}
	e := Event{Kind: kindOf(w.Name), Name: w.Name, At: w.at(), Actor: w.User.person(), Issue: w.Issue.issue()}
	for _, c := range w.Changelog.Items {
		e.Changes = append(e.Changes, c.change())
	}
	return e, nil
}

func kindOf(name string) EventKind {
	switch name {
	case "jira:issue_created":
		return EventCreated
	case "jira:issue_updated":
		return EventUpdated
	case "jira:issue_deleted":
		return EventDeleted
	}
	return EventOther
}

type wireEvent struct {
	Name      string          `json:"webhookEvent"`
	Timestamp json.RawMessage `json:"timestamp"`
	User      wirePerson      `json:"user"`
	Issue     wireIssue       `json:"issue"`
	Changelog struct {
		Items []wireChange `json:"items"`
	} `json:"changelog"`
}

// at reads the timestamp, epoch milliseconds as a number or as text.
func (w wireEvent) at() time.Time {
	ms, err := strconv.ParseInt(strings.Trim(string(w.Timestamp), `"`), 10, 64)
	if err != nil || ms <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

type wireChange struct {
	Field      string `json:"field"`
	ID         string `json:"fieldId"`
	FromString string `json:"fromString"`
	ToString   string `json:"toString"`
}

// change prefers the id, which Data Center leaves out; its names come in either case.
func (w wireChange) change() Change {
	field := w.ID
	if field == "" {
		field = strings.ToLower(w.Field)
	}
	return Change{Field: field, From: w.FromString, To: w.ToString}
}

type wirePerson struct {
	AccountID string `json:"accountId"`
	Login     string `json:"name"`
	Name      string `json:"displayName"`
	Email     string `json:"emailAddress"`
}

func (w wirePerson) person() Person {
	p := Person{ID: w.AccountID, Name: w.Name, Email: w.Email}
	if p.ID == "" {
		p.ID = w.Login
	}
	return p
}

type wireIssue struct {
	ID     string `json:"id"`
	Key    string `json:"key"`
	Self   string `json:"self"`
	Fields struct {
		Summary    string     `json:"summary"`
		Labels     []string   `json:"labels"`
		Updated    string     `json:"updated"`
		Assignee   wirePerson `json:"assignee"`
		Resolution wireNamed  `json:"resolution"`
		Type       wireNamed  `json:"issuetype"`
		Project    struct {
			Key string `json:"key"`
		} `json:"project"`
		Status struct {
			Name     string `json:"name"`
			Category struct {
				Key string `json:"key"`
			} `json:"statusCategory"`
		} `json:"status"`
	} `json:"fields"`
}

type wireNamed struct {
	Name string `json:"name"`
}

// timeFormat is how Jira writes times: no colon in the offset.
const timeFormat = "2006-01-02T15:04:05.000-0700"

// issue keeps a key only when it is one, since keys go into paths and links.
func (w wireIssue) issue() Issue {
	f := w.Fields
	i := Issue{
		ID: w.ID, Project: f.Project.Key, Type: f.Type.Name, Summary: f.Summary,
		Status: f.Status.Name, Assignee: f.Assignee.person(), Resolution: f.Resolution.Name, Labels: f.Labels,
	}
	if f.Status.Name != "" {
		i.Category = categoryOf(f.Status.Category.Key)
	}
	if t, err := time.Parse(timeFormat, f.Updated); err == nil {
		i.Updated = t.UTC()
	}
	if IsKey(w.Key) {
		i.Key = w.Key
		if base, _, ok := strings.Cut(w.Self, "/rest/"); ok {
			i.URL = base + "/browse/" + w.Key
		}
	}
	return i
}
