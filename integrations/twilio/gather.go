package twilio

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tocsinhq/tocsin/incident/paging"
)

// gather takes the key that was pressed during a call and says what became of it. Any
// key proves a person, and so the message is seen.
func (r receiver) gather(w http.ResponseWriter, req *http.Request, form url.Values) {
	ctx, cancel := context.WithTimeout(req.Context(), gatherWithin)
	defer cancel()
	p := r.prompt(req.URL.Query())
	digit := form.Get("Digits")
	r.calls.learn(p.key, form.Get("CallSid"))
	id := p.key
	if id == "" {
		id = form.Get("CallSid")
	}
	if digit != "" && id != "" {
		r.seen(ctx, id)
	}
	p.round++
	switch {
	case digit == keyRepeat || digit == "":
	case p.stop && digit == keyConfirm:
		r.stop(ctx, w, person(form))
		return
	case digit == keyStop:
		p.speech, p.stop, p.digits = "You asked for no more calls to this number", true, ""
	case len(digit) == 1 && strings.Contains(p.digits, digit) && actionOf(digit) != "":
		r.pressed(ctx, w, p, paging.Reply{Method: paging.MethodVoice, From: person(form), ID: id, Action: actionOf(digit), Text: digit})
		return
	default:
		p.speech = sentence("That key does nothing here") + " " + strings.TrimPrefix(p.speech, "That key does nothing here. ")
	}
	speak(w, p.document())
}

// prompt is the question that was asked, from the address that we gave.
func (r receiver) prompt(q url.Values) prompt {
	round, _ := strconv.Atoi(q.Get("round")) // ours, else 0
	return prompt{config: r.config, key: q.Get("key"), speech: cut(q.Get("say"), 2*maxSpeech), digits: q.Get("digits"), round: max(round, 0), stop: q.Get("stop") != ""}
}

// seen is a courtesy: the reply that follows says more, so a failure is only logged.
func (r receiver) seen(ctx context.Context, id string) {
	if err := r.inbox.Report(ctx, paging.Report{Method: paging.MethodVoice, ID: id, State: paging.StateSeen}); err != nil {
		r.log.WarnContext(ctx, "key press not reported", slog.String("id", id), slog.Any("error", err))
	}
}

func (r receiver) pressed(ctx context.Context, w http.ResponseWriter, p prompt, reply paging.Reply) {
	answer, err := forPeople(r.inbox.Reply(ctx, reply))
	if err != nil {
		r.log.ErrorContext(ctx, "key press not kept", slog.String("id", reply.ID), slog.Any("error", err))
		p.speech = notTaken
		speak(w, p.document())
		return
	}
	if answer == "" {
		answer = "Thank you"
	}
	speak(w, document(say{Text: sentence(clean(answer)) + " Goodbye."}, hangup{}))
}

// stop opts the number out of calls: whoever is called by mistake must be able to end it.
func (r receiver) stop(ctx context.Context, w http.ResponseWriter, address string) {
	if err := r.inbox.OptOut(ctx, paging.MethodVoice, address); err != nil {
		r.log.ErrorContext(ctx, "opting out of calls not kept", slog.Any("error", err))
		speak(w, document(say{Text: notTaken}, hangup{}))
		return
	}
	speak(w, document(say{Text: "We will not call this number any more. Goodbye."}, hangup{}))
}

// calledBack tells those who call the number that they missed a call from.
func (r receiver) calledBack(w http.ResponseWriter, _ *http.Request, _ url.Values) {
	speak(w, document(say{Text: "This is Tocsin, which calls when there is an incident. Nobody can take your call. Please answer our text messages, or look at Slack. Goodbye."}))
}

func actionOf(digit string) string {
	for _, k := range keys {
		if k.digit == digit {
			return k.action
		}
	}
	return ""
}

// person is the number of the one who is on the telephone with us.
func person(form url.Values) string {
	if strings.HasPrefix(form.Get("Direction"), "outbound") {
		return form.Get("To")
	}
	return form.Get("From")
}
