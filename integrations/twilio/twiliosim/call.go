package twiliosim

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// call is one call to a phone, as Twilio keeps it.
type call struct {
	sid, from, to, twiml string
	status, answeredBy   string
	callback, amd        string // addresses
	events               []string
	ring                 time.Duration
	created              time.Time
	started, ended       time.Time
	sequence             int
	chain                chain

	said    []string
	pressed string
	answer  chan struct{} // closed when the phone is picked up
	hangup  chan struct{} // closed when the person ends the call
	keys    chan press
	over    chan struct{} // closed when all is done
}

// press is one key, and what tells that it was worked off.
type press struct {
	digit string
	done  chan struct{}
}

func (s *Sim) createCall(w http.ResponseWriter, r *http.Request) {
	f := r.PostForm
	if code, message := s.judgeCall(f); code != 0 {
		refuse(w, http.StatusBadRequest, code, message)
		return
	}
	ring := 60
	if n, err := strconv.Atoi(f.Get("Timeout")); err == nil {
		ring = n
	}
	c := &call{
		sid: newSID("CA"), from: f.Get("From"), to: f.Get("To"), twiml: f.Get("Twiml"), status: "queued", created: time.Now(),
		ring: time.Duration(ring) * time.Second, callback: f.Get("StatusCallback"), events: f["StatusCallbackEvent"],
		answer: make(chan struct{}), hangup: make(chan struct{}), keys: make(chan press), over: make(chan struct{}),
	}
	if f.Get("MachineDetection") != "" && f.Get("AsyncAmd") == "true" {
		c.amd = f.Get("AsyncAmdStatusCallback")
	}
	s.mu.Lock()
	s.calls = append(s.calls, c)
	start := s.slot("", 1, s.options.PerCall)
	body := s.wireCall(c)
	s.changed()
	s.work.Go(func() { s.dial(c, start) })
	s.mu.Unlock()
	s.created(w, body)
}

// judgeCall returns the code with which Twilio refuses f, 0 when it takes it.
func (s *Sim) judgeCall(f url.Values) (int, string) {
	from, to := f.Get("From"), f.Get("To")
	switch {
	case to == "":
		return 21201, "No 'To' number is specified"
	case from == "":
		return 21213, "No 'From' number is specified"
	case !slices.Contains(s.options.Numbers, from):
		return 21210, "The source phone number provided is not yet verified for your account."
	case !e164.MatchString(to):
		return 21211, "Invalid 'To' Phone Number"
	case f.Get("Twiml") == "":
		return 21205, "Url parameter is required."
	case utf8.RuneCountInString(f.Get("Twiml")) > 4000:
		return 21218, "The Twiml is longer than 4000 characters"
	case f.Get("StatusCallback") != "" && !isURL(f.Get("StatusCallback")):
		return 21609, "The 'StatusCallback' URL is not a valid URL."
	}
	if n, err := strconv.Atoi(f.Get("Timeout")); f.Has("Timeout") && (err != nil || n < 1 || n > 600) {
		return 20001, "Invalid Timeout"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.phones[to]; p != nil && p.refuses != 0 {
		return p.refuses, "The number is refused."
	}
	return 0, ""
}

// dial carries a call from the queue to its end.
func (s *Sim) dial(c *call, start time.Time) {
	defer close(c.over)
	if !s.sleep(time.Until(start)) {
		return
	}
	s.progress(c, "initiated", "queued")
	p := s.Phone(c.to)
	switch s.reach(c, p) {
	case "":
		return
	case "answered":
	case "busy":
		s.end(c, "busy")
		return
	case "no-answer":
		s.end(c, "no-answer")
		return
	default:
		s.end(c, "failed")
		return
	}
	s.mu.Lock()
	c.started = time.Now()
	human := p.behaviour != Voicemail
	s.mu.Unlock()
	s.progress(c, "in-progress", "in-progress")
	if c.amd != "" {
		s.work.Go(func() { s.detect(c, human) })
	}
	s.play(c)
	s.end(c, "completed")
}

// reach lets the phone ring and says how that ended; empty means that the account is
// gone.
func (s *Sim) reach(c *call, p *Phone) string {
	s.mu.Lock()
	behaviour, engaged := p.behaviour, p.engaged(c)
	s.mu.Unlock()
	switch {
	case behaviour == Unreachable:
		return "failed"
	case behaviour == Busy || engaged:
		return "busy"
	}
	s.progress(c, "ringing", "ringing")
	const mailbox = 20 * time.Second
	wait, end := c.ring, "no-answer"
	if behaviour == Voicemail && mailbox < c.ring {
		wait, end = mailbox, "answered"
	}
	if behaviour == Answers {
		wait, end = time.Second, "answered"
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return end
	case <-c.answer:
		return "answered"
	case <-c.hangup:
		return "busy" // declined
	case <-s.ctx.Done():
		return ""
	}
}

// detect tells what the detection of machines heard, a few seconds into the call.
func (s *Sim) detect(c *call, human bool) {
	if !s.sleep(4 * time.Second) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c.answeredBy = "machine_start"
	if human {
		c.answeredBy = "human"
	}
	s.changed()
	s.tell(&c.chain, c.amd, "amd", url.Values{
		"AccountSid": {s.options.AccountSID}, "CallSid": {c.sid}, "AnsweredBy": {c.answeredBy}, "MachineDetectionDuration": {"4000"},
	})
}

// progress tells the event, and has the call show status in lists.
func (s *Sim) progress(c *call, event, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.status = status
	s.tellCall(c, event)
	s.changed()
}

func (s *Sim) end(c *call, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.status, c.ended = status, time.Now()
	s.tellCall(c, status)
	s.changed()
}

// tellCall sends the callback of a call when its event was asked for. Every end is the
// event completed, which is sent unasked when no event is named. It expects s.mu to be
// held.
func (s *Sim) tellCall(c *call, status string) {
	event := "completed"
	switch status {
	case "initiated", "ringing":
		event = status
	case "in-progress":
		event = "answered"
	}
	asked := slices.Contains(c.events, event) || len(c.events) == 0 && event == "completed"
	if c.callback == "" || !asked {
		return
	}
	f := s.callForm(c, status)
	f.Set("CallbackSource", "call-progress-events")
	f.Set("SequenceNumber", strconv.Itoa(c.sequence))
	f.Set("Timestamp", rfc2822(time.Now()))
	c.sequence++
	if c.answeredBy != "" {
		f.Set("AnsweredBy", c.answeredBy)
	}
	if event == "completed" {
		f.Set("CallDuration", duration(c))
	}
	s.tell(&c.chain, c.callback, status, f)
}

func (s *Sim) callForm(c *call, status string) url.Values {
	return url.Values{
		"AccountSid": {s.options.AccountSID}, "ApiVersion": {"2010-04-01"}, "CallSid": {c.sid}, "CallStatus": {status},
		"From": {c.from}, "Caller": {c.from}, "To": {c.to}, "Called": {c.to}, "Direction": {"outbound-api"},
	}
}

func duration(c *call) string {
	if c.started.IsZero() || c.ended.IsZero() {
		return "0"
	}
	return strconv.Itoa(int(c.ended.Sub(c.started) / time.Second))
}

func (s *Sim) getCall(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.calls {
		if c.sid+".json" == r.PathValue("sid") {
			answer(w, http.StatusOK, s.wireCall(c))
			return
		}
	}
	notFound(w, r)
}

func (s *Sim) listCalls(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []*call
	for _, c := range s.calls {
		if matches(r.Form, c.to, c.from) && (r.Form.Get("Status") == "" || r.Form.Get("Status") == c.status) {
			found = append(found, c)
		}
	}
	page(w, r, "calls", found, s.wireCall)
}

// wireCall has nothing that the caller chose but the numbers, as at Twilio.
func (s *Sim) wireCall(c *call) object {
	path := base + s.options.AccountSID + "/Calls/" + c.sid
	o := object{
		"sid": c.sid, "account_sid": s.options.AccountSID, "api_version": "2010-04-01", "from": c.from, "to": c.to,
		"from_formatted": c.from, "to_formatted": c.to, "direction": "outbound-api", "status": c.status,
		"date_created": rfc2822(c.created), "date_updated": rfc2822(c.created), "start_time": nil, "end_time": nil, "duration": nil,
		"answered_by": nil, "caller_name": "", "forwarded_from": nil, "group_sid": nil, "parent_call_sid": nil,
		"phone_number_sid": "PN" + strings.Repeat("0", 32), "price": nil, "price_unit": "USD", "queue_time": "0", "trunk_sid": nil,
		"uri": path + ".json", "subresource_uris": object{"events": path + "/Events.json"},
	}
	if !c.started.IsZero() {
		o["start_time"] = rfc2822(c.started)
	}
	if !c.ended.IsZero() {
		o["end_time"], o["duration"] = rfc2822(c.ended), duration(c)
	}
	if c.answeredBy != "" {
		o["answered_by"] = c.answeredBy
	}
	return o
}
