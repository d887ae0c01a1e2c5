package twiliosim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// state is what Save keeps.
type state struct {
	Saved    time.Time
	Texts    []savedText // oldest first
	Calls    []savedCall
	Received map[string][]string // by number: the SIDs of what its phone has got, oldest first
	Blocked  [][2]string
}

type savedText struct {
	SID, From, To, Body, Service, Direction, Status string
	Code, Parts                                     int
	Created, Sent, Updated                          time.Time
	Validity                                        time.Duration
	Callback                                        string
}

type savedCall struct {
	SID, From, To, TwiML, Status, AnsweredBy string
	Callback                                 string
	Events                                   []string
	Created, Started, Ended                  time.Time
	Sequence                                 int
	Said                                     []string
	Pressed                                  string
}

// Save writes the texts, the calls, what each phone has got and who has opted out as
// JSON. Knobs, recorded requests and callbacks under way are not kept.
func (s *Sim) Save(w io.Writer) error {
	s.mu.Lock()
	raw, err := json.Marshal(s.state())
	s.mu.Unlock()
	if err == nil {
		_, err = w.Write(raw)
	}
	if err != nil {
		return fmt.Errorf("save telephones: %w", err)
	}
	return nil
}

// state expects s.mu to be held.
func (s *Sim) state() state {
	kept := state{Saved: time.Now(), Texts: []savedText{}, Calls: []savedCall{}, Received: map[string][]string{}}
	for _, t := range s.texts {
		kept.Texts = append(kept.Texts, savedText{
			t.sid, t.from, t.to, t.body, t.service, t.direction, t.status, t.code, t.parts, t.created, t.sent, t.updated, t.validity, t.callback,
		})
	}
	for _, c := range s.calls {
		kept.Calls = append(kept.Calls, savedCall{
			c.sid, c.from, c.to, c.twiml, c.status, c.answeredBy, c.callback, c.events, c.created, c.started, c.ended, c.sequence, c.said, c.pressed,
		})
	}
	for number, p := range s.phones {
		for _, t := range p.received {
			kept.Received[number] = append(kept.Received[number], t.sid)
		}
	}
	for pair := range s.blocked {
		kept.Blocked = append(kept.Blocked, pair)
	}
	return kept
}

// Load replaces texts, calls, what the phones have got and who has opted out by what
// Save wrote. On an error nothing changes. Texts that were under way go on as at the
// real Twilio, which did not stop with us. Calls that were under way have ended when
// they were saved, and their callbacks say so now: call SetWebhooks first.
func (s *Sim) Load(r io.Reader) error {
	var kept state
	raw, err := io.ReadAll(r)
	if err == nil {
		err = json.Unmarshal(raw, &kept)
	}
	if err == nil && (kept.Texts == nil || kept.Calls == nil) {
		err = errors.New("there are no lists of texts and calls")
	}
	if err != nil {
		return fmt.Errorf("load telephones: %w", err)
	}
	texts := kept.texts()
	received, err := kept.received(texts)
	if err != nil {
		return fmt.Errorf("load telephones: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.texts, s.calls = texts, kept.calls()
	for number := range received {
		s.phone(number)
	}
	for number, p := range s.phones {
		p.received = received[number]
	}
	clear(s.blocked)
	for _, pair := range kept.Blocked {
		s.blocked[pair] = true
	}
	s.resume(kept.Saved)
	s.changed()
	return nil
}

func (kept state) texts() []*text {
	var texts []*text
	for _, t := range kept.Texts {
		texts = append(texts, &text{
			sid: t.SID, from: t.From, to: t.To, body: t.Body, service: t.Service, direction: t.Direction, status: t.Status,
			code: t.Code, parts: t.Parts, created: t.Created, sent: t.Sent, updated: t.Updated, validity: t.Validity, callback: t.Callback,
		})
	}
	return texts
}

func (kept state) calls() []*call {
	var calls []*call
	for _, c := range kept.Calls {
		calls = append(calls, &call{
			sid: c.SID, from: c.From, to: c.To, twiml: c.TwiML, status: c.Status, answeredBy: c.AnsweredBy, callback: c.Callback,
			events: c.Events, created: c.Created, started: c.Started, ended: c.Ended, sequence: c.Sequence, said: c.Said, pressed: c.Pressed,
		})
	}
	return calls
}

// received finds what each phone has got among the texts.
func (kept state) received(texts []*text) (map[string][]*text, error) {
	found := map[string][]*text{}
	for number, sids := range kept.Received {
		for _, sid := range sids {
			i := slices.IndexFunc(texts, func(t *text) bool { return t.sid == sid })
			if i < 0 {
				return nil, fmt.Errorf("the phone %s has got the text %q, which is missing", number, sid)
			}
			found[number] = append(found[number], texts[i])
		}
	}
	return found, nil
}

// resume goes on with the texts, and ends the calls, that were under way when they were
// saved. It expects s.mu to be held.
func (s *Sim) resume(saved time.Time) {
	for _, t := range s.texts {
		switch t.status {
		case "accepted", "queued":
			start := s.slot(t.from, t.parts, s.options.PerPart)
			s.work.Go(func() { s.carry(t, start) })
		case "sent":
			s.slot(t.from, t.parts, s.options.PerPart) // none overtakes it
			s.work.Go(func() { s.deliver(t) })
		}
	}
	for _, c := range s.calls {
		switch c.status {
		case "queued", "ringing":
			c.status = "no-answer"
		case "in-progress":
			c.status = "completed"
		default:
			continue
		}
		c.ended = saved
		s.tellCall(c, c.status)
	}
}
