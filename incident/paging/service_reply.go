package paging

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// uselessUntilSilence is how many texts in a row that make no sense are answered: what
// answers us may be a machine.
const uselessUntilSilence = 5

// Reply takes what a person answered, and says it back in a sentence. A reply acts
// only on what it is to: the message that was answered, or the one with the code that
// was typed at the address it came from. Unknown senders get no answer. A repeated
// reply is told how things stand.
func (s *Service) Reply(ctx context.Context, r Reply) (string, error) {
	if r.ID != "" {
		return s.replyTo(ctx, r)
	}
	address := r.From
	if normal, err := ParseAddress(r.Method, r.From); err == nil {
		address = normal
	}
	c, ok, err := contactAt(ctx, s.Pool, r.Method, address)
	if err != nil || !ok {
		return "", err
	}
	w, ok := ParseReply(r.Text)
	if r.Action != "" {
		w, ok = Wish{Action: r.Action, Scope: ScopeLast}, true
	}
	if !ok {
		return s.useless(ctx, c)
	}
	if err := forgetUseless(ctx, s.Pool, c.Method, c.Address); err != nil {
		return "", err
	}
	switch w.Action {
	case ActionStop:
		return "", s.OptOut(ctx, c.Method, c.Address)
	case ActionStart:
		return "", s.OptIn(ctx, c.Method, c.Address)
	}
	return s.wished(ctx, c, w)
}

// replyTo acts on the message that was answered.
func (s *Service) replyTo(ctx context.Context, r Reply) (string, error) {
	d, ok, err := byVendor(ctx, s.Pool, r.Method, r.ID)
	if err != nil || !ok || d.Page == 0 {
		return "", err
	}
	if r.Action == "" {
		w, ok := ParseReply(r.Text)
		if !ok || w.Scope != ScopeLast {
			return "That was not understood; answer ack, escalate or resolve.", nil
		}
		r.Action = w.Action
	}
	person := d.Person
	if r.Method == MethodSlack && slackID.MatchString(r.From) {
		person = incident.PersonID(r.From) // a channel's message can be answered by anybody in it
	}
	return s.act(ctx, d, r.Action, person, string(r.Method))
}

func (s *Service) useless(ctx context.Context, c Contact) (string, error) {
	n, err := countUseless(ctx, s.Pool, c.Method, c.Address, incident.Now())
	if err != nil || n > uselessUntilSilence {
		return "", err
	}
	return "That was not understood. Answer with the code in the message, like 12a to acknowledge or 12e to escalate.", nil
}

// wished acts on what a text names.
func (s *Service) wished(ctx context.Context, c Contact, w Wish) (string, error) {
	since := incident.Now().Add(-CodesKept)
	switch w.Scope {
	case ScopeCode:
		d, ok, err := oneDelivery(ctx, s.Pool, `delivery d
			WHERE d.method = $1 AND d.address = $2 AND d.person = $3 AND d.code = $4 AND d.sent_at > $5 AND d.page_id IS NOT NULL
			ORDER BY d.sent_at DESC LIMIT 1`, c.Method, c.Address, c.Person, w.Number, since)
		if err != nil {
			return "", err
		}
		if !ok {
			return fmt.Sprintf("There is no message with the code %d; look at the newest one.", w.Number), nil
		}
		return s.act(ctx, d, w.Action, c.Person, string(c.Method))
	case ScopeIncident:
		return s.wishedIncident(ctx, c, w, since)
	}
	return s.wishedLast(ctx, c, w)
}

func (s *Service) wishedIncident(ctx context.Context, c Contact, w Wish, since time.Time) (string, error) {
	all, err := deliveries(ctx, s.Pool, `delivery d
		WHERE d.id IN (
			SELECT max(id) FROM delivery
			WHERE method = $1 AND address = $2 AND person = $3 AND incident_id = $4 AND sent_at > $5 AND page_id IS NOT NULL
			GROUP BY escalation_id
		)
		ORDER BY d.id`, c.Method, c.Address, c.Person, w.Number, since)
	if err != nil {
		return "", err
	}
	if len(all) == 0 {
		return fmt.Sprintf("You were not paged for INC-%d at this number; look at the newest message.", w.Number), nil
	}
	var answers []string
	for _, d := range all {
		d.Kind = MessagePage // of this incident alone, whatever else the digest told
		answer, err := s.actOn(ctx, d, []int64{d.Page}, w.Action, c.Person, string(c.Method))
		if err != nil {
			return "", err
		}
		answers = append(answers, answer)
	}
	return strings.Join(answers, " "), nil
}

// wishedLast acts on the only thing that waits. Two are not guessed between.
func (s *Service) wishedLast(ctx context.Context, c Contact, w Wish) (string, error) {
	all, err := deliveries(ctx, s.Pool, `delivery d
		JOIN page p ON p.id = d.page_id
		JOIN escalation e ON e.id = d.escalation_id
		WHERE d.contact_id = $1 AND d.state IN ('sending', 'sent', 'delivered', 'seen') AND e.state <> 'resolved' AND d.sent_at > $2
		ORDER BY (e.state = 'triggered') DESC, d.sent_at DESC`, c.ID, incident.Now().Add(-24*time.Hour))
	if err != nil {
		return "", err
	}
	var waiting []Delivery
	seen := map[int64]bool{}
	for _, d := range all {
		if !seen[d.Escalation] {
			seen[d.Escalation] = true
			waiting = append(waiting, d)
		}
	}
	open := s.standing(ctx, waiting)
	switch {
	case len(waiting) == 0:
		return "Nothing of yours is waiting for an answer.", nil
	case len(open) == 1:
		return s.act(ctx, open[0], w.Action, c.Person, string(c.Method))
	case len(open) == 0:
		return s.act(ctx, waiting[0], w.Action, c.Person, string(c.Method))
	}
	return s.severalOpen(ctx, open, w.Action)
}

// severalOpen asks which one is meant. What is asked twice for one incident is told
// apart by its subject.
func (s *Service) severalOpen(ctx context.Context, open []Delivery, action string) (string, error) {
	var pages []int64
	count, subjects := map[incident.ID]int{}, map[int64]string{}
	for _, d := range open {
		pages = append(pages, d.Page)
		count[d.Incident]++
	}
	asked, err := demands(ctx, s.Pool, `WHERE p.id = ANY($1)`, pages)
	if err != nil {
		return "", err
	}
	for _, a := range asked {
		subjects[a.Page] = a.Subject
	}
	var codes []string
	for _, d := range open {
		code := fmt.Sprintf("%s for %s", Code(d.Code, action), d.Incident)
		if count[d.Incident] > 1 && subjects[d.Page] != "" {
			code += " (" + subjects[d.Page] + ")"
		}
		codes = append(codes, code)
	}
	return "Several are open; answer " + strings.Join(codes, ", ") + ".", nil
}

// standing leaves the messages that still ask for an answer.
func (s *Service) standing(ctx context.Context, all []Delivery) (open []Delivery) {
	for _, d := range all {
		if p, ok, err := escalation.ReadPage(ctx, s.Pool, d.Page); err == nil && ok && p.Stands {
			open = append(open, d)
		}
	}
	return open
}

// act does what an answer to a message asks for: on its page, and if it is a digest
// on those that it told, and on nothing else.
func (s *Service) act(ctx context.Context, d Delivery, action string, by incident.PersonID, via string) (string, error) {
	asks, err := s.asks(ctx, d)
	if err != nil {
		return "", err
	}
	var pages []int64
	for _, a := range asks {
		pages = append(pages, a.Page)
	}
	return s.actOn(ctx, d, pages, action, by, via)
}

func (s *Service) actOn(ctx context.Context, d Delivery, pages []int64, action string, by incident.PersonID, via string) (string, error) {
	gone, err := roster.Removed(ctx, s.Pool, []incident.PersonID{by})
	if err != nil {
		return "", err
	}
	if gone[by] {
		return "You were removed from the organisation, so that your answer does not count.", nil
	}
	if err := s.Report(ctx, Report{Method: d.Method, ID: d.Key(), State: StateSeen}); err != nil {
		return "", err
	}
	var said []string
	done := map[int64]bool{}
	for _, page := range pages {
		p, ok, err := escalation.ReadPage(ctx, s.Pool, page)
		if err != nil {
			return "", err
		}
		if !ok || done[p.Escalation] {
			continue
		}
		done[p.Escalation] = true
		one, err := s.actOnce(ctx, p, action, by, via)
		if err != nil {
			return "", err
		}
		said = append(said, one)
	}
	return summary(said), nil
}

// summary keeps the answer to a digest short.
func summary(said []string) string {
	if len(said) <= 3 {
		return strings.Join(said, " ")
	}
	return strings.Join(said[:2], " ") + fmt.Sprintf(" And %d more.", len(said)-2)
}
