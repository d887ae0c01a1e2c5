package twiliosim

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// text is one message of either direction, as Twilio keeps it.
type text struct {
	sid, from, to, body    string
	service                string // messaging service, when one was named
	direction, status      string
	code, parts            int
	created, sent, updated time.Time
	validity               time.Duration
	callback               string
	chain                  chain
}

var (
	e164     = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)
	services = regexp.MustCompile(`^MG[0-9a-fA-F]{32}$`)
)

// createText takes a text into the queue of its number, or says why not.
func (s *Sim) createText(w http.ResponseWriter, r *http.Request) {
	f := r.PostForm
	validity := 10 * time.Hour
	if v := f.Get("ValidityPeriod"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > 36000 {
			refuse(w, http.StatusBadRequest, 90007, "Invalid validity period value")
			return
		}
		validity = time.Duration(n) * time.Second
	}
	if code, message := s.judgeText(f); code != 0 {
		refuse(w, http.StatusBadRequest, code, message)
		return
	}
	t := &text{
		sid: newSID("SM"), from: f.Get("From"), to: f.Get("To"), body: f.Get("Body"), service: f.Get("MessagingServiceSid"),
		direction: "outbound-api", status: "queued", parts: parts(f.Get("Body")), created: time.Now(), updated: time.Now(),
		validity: validity, callback: f.Get("StatusCallback"),
	}
	if t.service != "" && t.from == "" {
		t.from, t.status = s.options.Numbers[0], "accepted"
	}
	s.mu.Lock()
	start := s.slot(t.from, t.parts, s.options.PerPart)
	s.texts = append(s.texts, t)
	body := s.wireText(t)
	s.changed()
	s.work.Go(func() { s.carry(t, start) })
	s.mu.Unlock()
	s.created(w, body)
}

// judgeText returns the code with which Twilio refuses f, 0 when it takes it.
func (s *Sim) judgeText(f url.Values) (int, string) {
	from, to, body := f.Get("From"), f.Get("To"), f.Get("Body")
	switch {
	case to == "":
		return 21604, "A 'To' phone number is required."
	case from == "" && f.Get("MessagingServiceSid") == "":
		return 21603, "A 'From' phone number is required."
	case from != "" && !slices.Contains(s.options.Numbers, from):
		return 21606, "The 'From' phone number is not a valid, SMS-capable number of the account."
	case from == "" && !services.MatchString(f.Get("MessagingServiceSid")):
		return 21705, "The Messaging Service Sid is invalid."
	case !e164.MatchString(to):
		return 21211, "Invalid 'To' Phone Number"
	case to == from:
		return 21266, "'To' and 'From' number cannot be the same"
	case body == "":
		return 21602, "Message body is required."
	case utf8.RuneCountInString(body) > 1600:
		return 21617, "The concatenated message body exceeds the 1600 character limit."
	case f.Get("StatusCallback") != "" && !isURL(f.Get("StatusCallback")):
		return 21609, "The 'StatusCallback' URL is not a valid URL."
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.blocked[[2]string{s.sender(from), to}] {
		return 21610, "Attempt to send to unsubscribed recipient"
	}
	if p := s.phones[to]; p != nil && p.refuses != 0 {
		return p.refuses, "The number is refused."
	}
	return 0, ""
}

func (s *Sim) sender(from string) string {
	if from == "" {
		return s.options.Numbers[0]
	}
	return from
}

func isURL(v string) bool {
	u, err := url.Parse(v)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && !strings.Contains(u.Host, "_")
}

// carry takes a text from the queue through the network to its phone.
func (s *Sim) carry(t *text, start time.Time) {
	if expires := t.created.Add(t.validity); start.After(expires) {
		if s.sleep(time.Until(expires)) {
			s.advance(t, "failed", 30036)
		}
		return
	}
	if !s.sleep(time.Until(start)) {
		return
	}
	s.advance(t, "sent", 0)
	s.deliver(t)
}

// deliver brings a text that the network has to its phone, once.
func (s *Sim) deliver(t *text) {
	if !s.sleep(s.options.Delivery) {
		return
	}
	p := s.Phone(t.to)
	s.mu.Lock()
	code, status := p.fails, p.failsAs
	if code == 0 && !slices.Contains(p.received, t) {
		p.received = append(p.received, t)
	}
	s.mu.Unlock()
	if code != 0 {
		s.advance(t, status, code)
		return
	}
	s.advance(t, "delivered", 0)
}

// advance changes a text's status and calls back.
func (s *Sim) advance(t *text, status string, code int) {
	s.mu.Lock()
	t.status, t.code, t.updated = status, code, time.Now()
	if status == "sent" {
		t.sent = t.updated
	}
	s.tellText(t, status, code)
	s.changed()
	s.mu.Unlock()
}

// tellText sends the callback of a text. It expects s.mu to be held.
func (s *Sim) tellText(t *text, status string, code int) {
	if t.callback == "" {
		return
	}
	f := url.Values{
		"AccountSid": {s.options.AccountSID}, "ApiVersion": {"2010-04-01"}, "From": {t.from}, "To": {t.to},
		"MessageSid": {t.sid}, "SmsSid": {t.sid}, "MessageStatus": {status}, "SmsStatus": {status},
	}
	if t.service != "" {
		f.Set("MessagingServiceSid", t.service)
	}
	if code != 0 {
		f.Set("ErrorCode", strconv.Itoa(code))
	}
	s.tell(&t.chain, t.callback, status, f)
}

func (s *Sim) getText(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.texts {
		if t.sid+".json" == r.PathValue("sid") {
			answer(w, http.StatusOK, s.wireText(t))
			return
		}
	}
	notFound(w, r)
}

// listTexts filters by To and From. A filter by date is of the day of sending: what is
// queued yet is on no day.
func (s *Sim) listTexts(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []*text
	for _, t := range s.texts {
		dated := r.Form.Has("DateSent") || r.Form.Has("DateSent<") || r.Form.Has("DateSent>")
		if matches(r.Form, t.to, t.from) && !(dated && t.sent.IsZero()) {
			found = append(found, t)
		}
	}
	page(w, r, "messages", found, s.wireText)
}

func matches(f url.Values, to, from string) bool {
	return (f.Get("To") == "" || f.Get("To") == to) && (f.Get("From") == "" || f.Get("From") == from)
}

func (s *Sim) wireText(t *text) object {
	path := base + s.options.AccountSID + "/Messages/" + t.sid
	o := object{
		"sid": t.sid, "account_sid": s.options.AccountSID, "api_version": "2010-04-01", "body": t.body, "from": t.from, "to": t.to,
		"direction": t.direction, "status": t.status, "num_segments": strconv.Itoa(t.parts), "num_media": "0",
		"date_created": rfc2822(t.created), "date_updated": rfc2822(t.updated), "date_sent": nil,
		"error_code": nil, "error_message": nil, "price": nil, "price_unit": "USD", "messaging_service_sid": nil,
		"uri": path + ".json", "subresource_uris": object{"media": path + "/Media.json"},
	}
	if !t.sent.IsZero() {
		o["date_sent"] = rfc2822(t.sent)
	}
	if t.service != "" {
		o["messaging_service_sid"] = t.service
	}
	if t.code != 0 {
		o["error_code"], o["error_message"] = t.code, "See the error's page"
	}
	return o
}

func rfc2822(t time.Time) string { return t.UTC().Format(time.RFC1123Z) }

// Basic letters of the 7-bit alphabet and those of its extension, for counting parts.
const gsm = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"

// parts counts roughly, as the network bills: it may be one less where a pair is not
// split over two parts.
func parts(body string) int {
	septets := 0
	for _, r := range body {
		switch {
		case strings.ContainsRune(gsm, r):
			septets++
		case strings.ContainsRune("\f^{}\\[~]|€", r):
			septets += 2
		default:
			n := len(utf16.Encode([]rune(body)))
			if n <= 70 {
				return 1
			}
			return (n + 66) / 67
		}
	}
	if septets <= 160 {
		return 1
	}
	return (septets + 152) / 153
}
