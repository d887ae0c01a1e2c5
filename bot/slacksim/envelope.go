package slacksim

import (
	"encoding/json"
	"errors"
	"time"
)

// delivery is one event on its way to the app.
type delivery struct {
	wrapper object
	attempt int
	first   time.Time
}

// envelope is one frame that waits for its ack.
type envelope struct {
	id     string
	on     *socket
	event  *delivery   // nil for commands and interactions
	answer chan object // the ack's payload; nil for events
}

// order sends an event, or keeps it back when the next two are to be swapped.
func (w *Workspace) order(d *delivery) {
	lag := w.Chaos.eventLag()
	switch {
	case lag > 0:
		time.AfterFunc(lag, func() { w.locked(func() { w.deliver(d) }) })
	case w.Chaos.takes(&w.Chaos.reorder):
		w.held = d
		time.AfterFunc(w.options.AckWithin, func() { w.locked(w.release) })
	default:
		w.deliver(d)
		w.release()
	}
}

// release sends the event that was kept back, if there is one.
func (w *Workspace) release() {
	if d := w.held; d != nil {
		w.held = nil
		w.deliver(d)
	}
}

// deliver makes one attempt. Without an open connection the event waits for
// one, and then comes as a retry.
func (w *Workspace) deliver(d *delivery) {
	if w.closed {
		return
	}
	s := w.nextSocket()
	if s == nil {
		d.attempt = max(d.attempt, 1)
		w.waiting = append(w.waiting, d)
		return
	}
	e := w.sendEvent(s, d, w.newUUID())
	if duplicate, first := w.Chaos.takesDuplicate(); duplicate {
		w.duplicate(e, first)
	}
}

func (w *Workspace) sendEvent(s *socket, d *delivery, id string) *envelope {
	reason := ""
	if d.attempt > 0 {
		reason = "timeout"
	}
	e := &envelope{id: id, on: s, event: d}
	w.inFlight[id] = e
	s.send(object{
		"envelope_id": id, "type": "events_api", "accepts_response_payload": false, "payload": d.wrapper,
		"retry_attempt": d.attempt, "retry_reason": reason,
	})
	time.AfterFunc(w.options.AckWithin, func() { w.locked(func() { w.expire(e) }) })
	return e
}

// duplicate sends an event a second time, as Slack does now and then: either
// the very same frame, or as the first retry.
func (w *Workspace) duplicate(e *envelope, asFirst bool) {
	again := *e.event
	if asFirst {
		e.on.send(object{
			"envelope_id": e.id, "type": "events_api", "accepts_response_payload": false, "payload": again.wrapper,
			"retry_attempt": again.attempt, "retry_reason": "",
		})
		return
	}
	again.attempt++
	w.sendEvent(w.nextSocket(), &again, w.newUUID())
}

// expire counts an unacknowledged attempt and plans the next, if there is one.
func (w *Workspace) expire(e *envelope) {
	if w.inFlight[e.id] != e || w.closed {
		return
	}
	delete(w.inFlight, e.id)
	d := e.event
	d.attempt++
	if d.attempt > len(w.options.Redeliver) {
		return
	}
	wait := w.options.Redeliver[d.attempt-1]
	if wait == 0 {
		w.deliver(d)
		return
	}
	time.AfterFunc(wait, func() { w.locked(func() { w.deliver(d) }) })
}

// flush sends what waited for a connection, as far as Slack still tries.
func (w *Workspace) flush() {
	patience := w.options.AckWithin
	for _, d := range w.options.Redeliver {
		patience += d
	}
	waiting := w.waiting
	w.waiting = nil
	for _, d := range waiting {
		if time.Since(d.first) <= patience {
			w.deliver(d)
		}
	}
}

func (w *Workspace) locked(do func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	do()
}

// errDispatch is Slack's word for an app that did not answer in time, or that
// has no connection.
var errDispatch = errors.New("dispatch_failed")

// ask sends a command or interaction and waits for its ack. They are never
// retried. The payload of the ack may be nil.
func (w *Workspace) ask(kind string, accepts bool, payload func() object) (object, error) {
	e := &envelope{answer: make(chan object, 1)}
	w.mu.Lock()
	e.on = w.nextSocket()
	if e.on == nil || w.state.Revoked != "" {
		w.mu.Unlock()
		return nil, errDispatch
	}
	e.id = w.newUUID()
	w.inFlight[e.id] = e
	e.on.send(object{
		"envelope_id": e.id, "type": kind, "accepts_response_payload": accepts, "payload": deepCopy(payload()),
	})
	w.mu.Unlock()
	select {
	case answer := <-e.answer:
		return answer, nil
	case <-time.After(w.options.AckWithin):
		w.locked(func() { delete(w.inFlight, e.id) })
		return nil, errDispatch
	}
}

// acknowledge takes a frame of the app. What is not an ack of something in
// flight on this connection is ignored.
func (w *Workspace) acknowledge(s *socket, frame []byte) {
	var ack struct {
		EnvelopeID string `json:"envelope_id"`
		Payload    object `json:"payload"`
	}
	if json.Unmarshal(frame, &ack) != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	e := w.inFlight[ack.EnvelopeID]
	switch {
	case e == nil || s.dark || w.Chaos.takes(&w.Chaos.lostAcks):
		return
	case e.on != s && !w.Chaos.acksAnywhere():
		return
	}
	delete(w.inFlight, e.id)
	if e.answer != nil {
		e.answer <- ack.Payload
	}
}
