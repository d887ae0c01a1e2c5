package twilio

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// callbacks is the path under which Callbacks is mounted.
const callbacks = "/callbacks/twilio/"

// Bounds of a callback: its size in bytes, and how long the Inbox may take. Twilio
// waits 15 seconds; a person on the telephone does not.
const (
	maxCallback    = 64 << 10
	callbackWithin = 10 * time.Second
	gatherWithin   = 5 * time.Second
)

// receiver takes what Twilio sends.
type receiver struct {
	*Client
	inbox paging.Inbox
	log   *slog.Logger
}

// Callbacks serves everything that Twilio sends to us; mount it at
// POST /callbacks/twilio/. The addresses of statuses and keys travel with each message;
// /callbacks/twilio/sms must be entered in the Twilio console, at the number, for "a
// message comes in", and /callbacks/twilio/voice should be for "a call comes in". A
// callback without a valid signature is refused unread. Callbacks
// may come late, twice and in any order: each is passed on, and the Inbox keeps what
// is furthest.
func (c *Client) Callbacks(inbox paging.Inbox, log *slog.Logger) http.Handler {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	r := receiver{c, inbox, log}
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+callbacks+"message", r.signed(r.textStatus))
	mux.HandleFunc("POST "+callbacks+"call", r.signed(r.callStatus))
	mux.HandleFunc("POST "+callbacks+"sms", r.signed(r.inbound))
	mux.HandleFunc("POST "+callbacks+"gather", r.signed(r.gather))
	mux.HandleFunc("POST "+callbacks+"voice", r.signed(r.calledBack))
	return mux
}

// signed lets a handler see only what Twilio sent: the form of the body, and the
// query, which are not to be mixed.
func (r receiver) signed(next func(w http.ResponseWriter, req *http.Request, form url.Values)) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxCallback))
		if err != nil {
			http.Error(w, "The body could not be read or is too large.", http.StatusRequestEntityTooLarge)
			return
		}
		form, err := url.ParseQuery(string(body))
		if err != nil {
			http.Error(w, "The body is not a form.", http.StatusBadRequest)
			return
		}
		if err := r.verify(req, form, body); err != nil {
			r.log.WarnContext(req.Context(), "callback refused", slog.String("path", req.URL.Path), slog.Any("error", err))
			http.Error(w, "The signature is missing or wrong.", http.StatusForbidden)
			return
		}
		next(w, req, form)
	}
}

// verify checks the signature over the public address: what we see behind a proxy has
// another scheme and host, and may lack the path before ours.
func (r receiver) verify(req *http.Request, form url.Values, body []byte) error {
	tokens := []Secret{r.config.AuthToken, r.config.OtherToken}
	signature := req.Header.Get("X-Twilio-Signature")
	target := req.RequestURI // as it was called; a request that was made by hand has none
	if !strings.HasPrefix(target, "/") {
		target = req.URL.RequestURI()
	}
	err := Verify(tokens, r.config.PublicURL+target, form, body, signature)
	if err == nil {
		return nil
	}
	u, bad := url.Parse(r.config.PublicURL)
	if bad != nil || u.Path == "" {
		return err
	}
	return Verify(tokens, u.Scheme+"://"+u.Host+target, form, body, signature)
}

// textStatus takes the status of a text.
func (r receiver) textStatus(w http.ResponseWriter, req *http.Request, form url.Values) {
	key := req.URL.Query().Get("key")
	r.texts.learn(key, first(form, "MessageSid", "SmsSid"))
	r.report(w, req, messageReport(key, form))
}

// callStatus takes the status of a call, or what the detection of machines found.
func (r receiver) callStatus(w http.ResponseWriter, req *http.Request, form url.Values) {
	key := req.URL.Query().Get("key")
	r.calls.learn(key, form.Get("CallSid"))
	r.report(w, req, callReport(key, form))
}

// report passes a report on. A report that cannot be kept is sent again by Twilio,
// which is told so by the status.
func (r receiver) report(w http.ResponseWriter, req *http.Request, report paging.Report) {
	if report.State == "" || report.ID == "" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	ctx, cancel := context.WithTimeout(req.Context(), callbackWithin)
	defer cancel()
	err := r.inbox.Report(ctx, report)
	switch {
	case err == nil:
	case incident.CodeOf(err) != "": // it would be refused again
		r.log.WarnContext(ctx, "report not taken", slog.String("id", report.ID), slog.Any("error", err))
	default:
		r.log.ErrorContext(ctx, "report not kept", slog.String("id", report.ID), slog.Any("error", err))
		http.Error(w, "Not kept; send it again.", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// messageReport reads the status of a text. Its State is empty when there is nothing
// to say. The key in our address is preferred to Twilio's id, which we may not have
// learnt when the answer to our request was lost.
func messageReport(key string, form url.Values) paging.Report {
	status := first(form, "MessageStatus", "SmsStatus")
	rep := paging.Report{Method: paging.MethodSMS, ID: key, State: messageState(strings.ToLower(status))}
	if rep.ID == "" {
		rep.ID = first(form, "MessageSid", "SmsSid")
	}
	if rep.State == paging.StateFailed {
		code, _ := strconv.Atoi(form.Get("ErrorCode")) // none is 0
		rep.Reason, rep.Disable = explain(code)
	}
	return rep
}

// callReport reads the status of a call. A machine that answered is a failure, however
// the call goes on.
func callReport(key string, form url.Values) paging.Report {
	status := strings.ToLower(form.Get("CallStatus"))
	rep := paging.Report{Method: paging.MethodVoice, ID: key, State: callState(status), Reason: callFailures[status], Busy: status == "busy"}
	if rep.ID == "" {
		rep.ID = form.Get("CallSid")
	}
	if n, err := strconv.Atoi(form.Get("SequenceNumber")); err == nil {
		rep.Sequence = max(n, 0)
	}
	switch by := form.Get("AnsweredBy"); {
	case strings.HasPrefix(by, "machine"), by == "fax":
		rep.State, rep.Reason = paging.StateFailed, "An answering machine took the call."
	case by == "human" && rep.State != paging.StateFailed:
		rep.State = paging.StateDelivered
	}
	return rep
}

func first(form url.Values, names ...string) string {
	for _, name := range names {
		if v := form.Get(name); v != "" {
			return v
		}
	}
	return ""
}
