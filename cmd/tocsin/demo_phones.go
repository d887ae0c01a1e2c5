package main

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/integrations/email/mailsim"
)

//go:embed phones
var phonesPage embed.FS

// How many messages of a person the page shows, newest first.
const shownMessages = 12

// phones shows in a browser what reached the people of the demo, and lets them
// answer: text back, pick up and press keys, open the links in their mail.
type phones struct {
	*simulated
	people []reachable // of the cast
	owners func(context.Context) (map[string]string, error)
	client *http.Client // opens the links
}

// reachable is one person of the demo with what they are reached at.
type reachable struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Number string `json:"number,omitempty"`
	Email  string `json:"email,omitempty"`
	Topic  string `json:"topic,omitempty"`
	Items  []item `json:"items"`
}

// item is one thing on a phone or in a mailbox.
type item struct {
	ID      string    `json:"id"`
	Medium  string    `json:"medium"` // sms, voice, email or push
	Label   string    `json:"label"`
	At      time.Time `json:"at"`
	State   string    `json:"state"`
	Title   string    `json:"title,omitempty"`
	Text    string    `json:"text"`
	Actions []press   `json:"actions,omitempty"`
	Reply   bool      `json:"reply,omitempty"` // may be answered by text
	Own     bool      `json:"own,omitempty"`   // written by the person
}

// press is a button of an item.
type press struct {
	Label string `json:"label"`
	Do    string `json:"do"`
	Text  string `json:"text,omitempty"`
}

// handler serves the page and what it asks for. Mount it at any path that ends in
// a slash, with the prefix stripped. It asks for no login.
func (p *phones) handler() http.Handler {
	files, err := fs.Sub(phonesPage, "phones")
	if err != nil {
		panic(err) // impossible: the folder is embedded
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	mux.HandleFunc("GET /state", p.show)
	mux.Handle("POST /act", http.NewCrossOriginProtection().Handler(http.HandlerFunc(p.act)))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'")
		w.Header().Set("X-Frame-Options", "SAMEORIGIN")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		mux.ServeHTTP(w, r)
	})
}

func (p *phones) show(w http.ResponseWriter, r *http.Request) {
	all, err := p.everybody(r.Context())
	if err != nil {
		answerJSON(w, http.StatusInternalServerError, map[string]string{"error": "Whose telephones these are could not be read; reload the page."})
		return
	}
	people := make([]reachable, 0, len(all))
	for _, person := range all {
		person.Items = append([]item{}, slices.Concat(p.texts(person), p.written(person), p.calls(person), p.mails(person), p.pushes(person))...)
		slices.SortStableFunc(person.Items, func(a, b item) int { return b.At.Compare(a.At) })
		person.Items = person.Items[:min(len(person.Items), shownMessages)]
		people = append(people, person)
	}
	answerJSON(w, http.StatusOK, map[string]any{"people": people})
}

func (p *phones) texts(person reachable) []item {
	var items []item
	if person.Number == "" {
		return items
	}
	for n, m := range p.twilio.Phone(person.Number).Messages() {
		items = append(items, item{ID: m.SID, Medium: "sms", Label: "Text from " + m.From, At: m.At, State: m.Status, Text: m.Body})
		if n > 0 {
			items[n-1].Reply = false
		}
		items[n].Reply = true
	}
	return items
}

// written is what a person texted.
func (p *phones) written(person reachable) []item {
	var items []item
	if person.Number == "" {
		return items
	}
	for _, m := range p.twilio.Phone(person.Number).Sent() {
		items = append(items, item{ID: m.SID, Medium: "sms", Label: "Text to " + m.To, At: m.At, State: "sent", Text: m.Body, Own: true})
	}
	return items
}

func (p *phones) calls(person reachable) []item {
	var items []item
	if person.Number == "" {
		return items
	}
	for _, c := range p.twilio.Phone(person.Number).Calls() {
		i := item{ID: c.SID, Medium: "voice", Label: "Call from " + c.From, At: c.At, State: c.Status, Text: strings.Join(c.Said, " ")}
		switch c.Status {
		case "ringing":
			i.Actions = []press{{Label: "Answer", Do: "answer"}, {Label: "Decline", Do: "hangup"}}
		case "in-progress":
			i.Actions = keypad()
		}
		items = append(items, i)
	}
	return items
}

func keypad() []press {
	var keys []press
	for _, digit := range []string{"1", "2", "3", "4", "5", "6", "*"} {
		keys = append(keys, press{Label: digit, Do: "press", Text: digit})
	}
	return append(keys, press{Label: "Hang up", Do: "hangup"})
}

func (p *phones) mails(person reachable) []item {
	var items []item
	if person.Email == "" {
		return items
	}
	for _, m := range p.mail.Mails(person.Email) {
		i := item{ID: mailID(m), Medium: "email", Label: "Mail from " + m.Sender, At: m.At, State: "delivered", Title: m.Subject, Text: withoutLinks(m.Plain)}
		for _, label := range m.Labels() {
			i.Actions = append(i.Actions, press{Label: label, Do: "link", Text: label})
		}
		items = append(items, i)
	}
	return items
}

// withoutLinks leaves out the lines that hold a link: the buttons are made of them.
func withoutLinks(text string) string {
	var kept []string
	for line := range strings.Lines(text) {
		if !strings.Contains(line, "://") {
			kept = append(kept, line)
		}
	}
	return strings.TrimSpace(strings.Join(kept, ""))
}

// mailID tells mails apart; a repeat has the Message-ID of the first.
func mailID(m mailsim.Mail) string { return fmt.Sprint(m.MessageID, m.At.UnixNano()) }

func (p *phones) pushes(person reachable) []item {
	var items []item
	if person.Topic == "" {
		return items
	}
	for _, m := range p.ntfy.Messages(person.Topic) {
		i := item{ID: m.ID, Medium: "push", Label: "Push to " + m.Topic, At: m.At, State: "delivered", Title: m.Title, Text: m.Text}
		for _, b := range m.Buttons {
			i.Actions = append(i.Actions, press{Label: b.Label, Do: "push", Text: b.Label})
		}
		items = append(items, i)
	}
	return items
}

// act does what somebody did on the page, and shows what became of it.
func (p *phones) act(w http.ResponseWriter, r *http.Request) {
	var did struct{ Person, Item, Do, Text string }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<14)).Decode(&did); err != nil {
		answerJSON(w, http.StatusBadRequest, map[string]string{"error": "This is no act; reload the page."})
		return
	}
	people, err := p.everybody(r.Context())
	at := slices.IndexFunc(people, func(x reachable) bool { return x.ID == did.Person })
	if err != nil || at < 0 {
		answerJSON(w, http.StatusNotFound, map[string]string{"error": "There is nobody of that name; reload the page."})
		return
	}
	if err := p.do(r.Context(), people[at], did.Item, did.Do, did.Text); err != nil {
		answerJSON(w, http.StatusConflict, map[string]string{"error": err.Error()})
		return
	}
	p.show(w, r)
}

func (p *phones) do(ctx context.Context, person reachable, id, what, text string) error {
	phone := p.twilio.Phone(person.Number)
	switch what {
	case "reply":
		_, err := phone.Reply(text)
		return err
	case "answer":
		return phone.Answer()
	case "press":
		return phone.Press(text)
	case "hangup":
		return phone.HangUp()
	case "link":
		return p.follow(ctx, person, id, text)
	case "push":
		_, err := p.ntfy.Press(ctx, p.client, id, text)
		return err
	}
	return fmt.Errorf("nobody can %q a phone; reload the page", what)
}

// follow opens a link of a mail and presses the button on its page.
func (p *phones) follow(ctx context.Context, person reachable, id, label string) error {
	for _, m := range p.mail.Mails(person.Email) {
		if mailID(m) == id {
			_, err := m.Press(ctx, p.client, label)
			return err
		}
	}
	return fmt.Errorf("that mail is gone; reload the page")
}

func answerJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // whoever asked has gone
}
