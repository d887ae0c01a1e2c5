package twilio

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// The words that opt out and in, as a whole text in any case. Twilio acts on them
// before we hear of them and answers by itself; we keep in step. Source: Twilio
// support, article 223134027; the last two stop-words since 2025.
var (
	stopWords  = []string{"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE"}
	startWords = []string{"START", "YES", "UNSTOP"}
	helpWords  = []string{"HELP", "INFO"}
)

// meaning says what an inbound text is for: STOP, START, HELP, or empty for a reply.
// With Advanced Opt-Out the words are the operator's, and Twilio says what it took
// them for.
func meaning(form url.Values) string {
	if t := strings.ToUpper(form.Get("OptOutType")); t == "STOP" || t == "START" || t == "HELP" {
		return t
	}
	word := strings.ToUpper(strings.TrimSpace(form.Get("Body")))
	switch {
	case slices.Contains(stopWords, word):
		return "STOP"
	case slices.Contains(startWords, word):
		return "START"
	case slices.Contains(helpWords, word):
		return "HELP"
	}
	return ""
}

// notTaken is what a person hears when a reply was not kept.
const notTaken = "Tocsin could not take that. Try again in a minute, or use Slack."

// inbound takes a text of a person and sends the Inbox's answer back with TwiML. The
// Inbox sees to strangers and to machines that answer machines. When it fails there is
// no answer, since nothing then stops such a machine: Twilio is told, and a person who
// hears nothing is still being escalated.
func (r receiver) inbound(w http.ResponseWriter, req *http.Request, form url.Values) {
	ctx, cancel := context.WithTimeout(req.Context(), callbackWithin)
	defer cancel()
	from := form.Get("From")
	var answer string
	var err error
	switch meaning(form) {
	case "STOP":
		err = r.inbox.OptOut(ctx, paging.MethodSMS, from)
	case "START":
		err = r.inbox.OptIn(ctx, paging.MethodSMS, from)
	case "HELP": // Twilio has answered
	default:
		answer, err = r.inbox.Reply(ctx, paging.Reply{Method: paging.MethodSMS, From: from, Text: strings.TrimSpace(form.Get("Body"))})
		answer, err = forPeople(answer, err)
	}
	if err != nil {
		r.log.ErrorContext(ctx, "text not taken", slog.String("sid", form.Get("MessageSid")), slog.Any("error", err))
		http.Error(w, "Not kept; send it again.", http.StatusServiceUnavailable)
		return
	}
	if answer == "" {
		speak(w, document())
		return
	}
	speak(w, document(reply{Text: cut(clean(answer), maxBody)}))
}

// forPeople turns an error for people into the answer that it is.
func forPeople(answer string, err error) (string, error) {
	if incident.CodeOf(err) != "" {
		return err.Error(), nil
	}
	return answer, err
}

func speak(w http.ResponseWriter, doc string) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	_, _ = w.Write([]byte(doc)) // the caller may be gone
}
