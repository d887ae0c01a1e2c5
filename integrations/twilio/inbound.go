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

// helpWords are answered by Twilio itself, and by nobody else. Source: Twilio support,
// article 223134027.
var helpWords = []string{"HELP", "INFO"}

// maxAnswerText bounds an answer in runes: two parts of a plain text.
const maxAnswerText = 300

// meaning says what an inbound text is for: STOP, START, HELP, or empty for a reply.
// Twilio acts on the words that opt out and in before we hear of them, and answers by
// itself; we keep in step. With Advanced Opt-Out the words are the operator's, and Twilio says what it took
// them for.
func meaning(form url.Values) string {
	if t := strings.ToUpper(form.Get("OptOutType")); t == "STOP" || t == "START" || t == "HELP" {
		return t
	}
	wish, _ := paging.ParseReply(form.Get("Body")) // what is no wish has no action
	switch {
	case wish.Action == paging.ActionStop:
		return "STOP"
	case wish.Action == paging.ActionStart:
		return "START"
	case slices.Contains(helpWords, strings.ToUpper(strings.TrimSpace(form.Get("Body")))):
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
	speak(w, document(reply{Text: cut(clean(answer), maxAnswerText)}))
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
