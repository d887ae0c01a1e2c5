package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// loneBot is a Bot that has nothing but a log.
func loneBot(log *bytes.Buffer) *Bot {
	return &Bot{Settings: Settings{Command: "/incident"}, Log: slog.New(slog.NewTextHandler(log, nil))}
}

func TestInternalErrorsShowAReferenceThatIsInTheLog(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]func(context.Context) (Reply, error){
		"error": func(context.Context) (Reply, error) { return Reply{}, errors.New("relation task is gone") },
		"panic": func(context.Context) (Reply, error) { panic("relation task is gone") },
		"slow":  func(context.Context) (Reply, error) { return Reply{}, context.DeadlineExceeded },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			reply := loneBot(&log).guard(t.Context(), "command task", run)
			found := regexp.MustCompile(`(?i)reference ([A-Z0-9]{8})`).FindStringSubmatch(reply.Text)
			if found == nil || !strings.Contains(log.String(), "ref="+found[1]) {
				t.Fatalf("the reply %q has no reference of the log:\n%s", reply.Text, &log)
			}
			for _, inside := range []string{"relation", "goroutine", ".go:", "panic"} {
				if strings.Contains(reply.Text, inside) {
					t.Errorf("%q shows our inside", reply.Text)
				}
			}
			if !reply.refused {
				t.Error("the reply does not count as refused")
			}
		})
	}
}

func TestWhatPeopleTypedIsHarmlessInSentences(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	b := loneBot(&log)
	_, err := incident.ParseRole(typed("&lt;!channel&gt; @here <https://evil.example|role>"))
	text := b.sentence(t.Context(), "command role", err)
	for _, bad := range []string{"<!", "<http", "@here", "&amp;lt;"} {
		if strings.Contains(text, bad) {
			t.Errorf("%q holds %q", text, bad)
		}
	}
	if !strings.Contains(text, "&lt;!channel&gt;") || log.Len() > 0 {
		t.Errorf("the sentence is %q, the log %s", text, &log)
	}
}

func TestButtonsAndFormsOfOlderVersionsSaySo(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	b := loneBot(&log)
	_, click := b.runClick(t.Context(), Click{Action: "assign_role"})
	_, form := b.runSubmission(t.Context(), Submission{Callback: "poll"})
	_, shortcut := b.runShortcut(t.Context(), Shortcut{Callback: "page_me"})
	for _, err := range []error{click, form, shortcut} {
		if incident.CodeOf(err) != incident.Invalid || !strings.Contains(err.Error(), "older version") {
			t.Errorf("got %v", err)
		}
	}
}

func TestNoClickNorFormRunsWithoutItsIncident(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	b := loneBot(&log)
	for _, in := range interactions() {
		if slices.Contains(aboutNoIncident, in.action) {
			continue
		}
		_, err := b.runClick(t.Context(), Click{Action: in.action, Value: ""})
		if incident.CodeOf(err) != incident.Invalid {
			t.Errorf("%s without an incident: %v", in.action, err)
		}
	}
	for _, m := range modals() {
		if slices.Contains(formsAboutNoIncident, m.callback) {
			continue
		}
		_, err := b.runSubmission(t.Context(), Submission{Callback: m.callback, Private: ":C0OPS"})
		if incident.CodeOf(err) != incident.Invalid {
			t.Errorf("%s without an incident: %v", m.callback, err)
		}
	}
}

func TestRepliesInViewsAreSeen(t *testing.T) {
	t.Parallel()
	b := loneBot(&bytes.Buffer{})
	if r := b.inView(Say("done")); r.Modal != nil || r.says() {
		t.Errorf("what was done is said twice: %+v", r)
	}
	if r := b.inView(refuse("no")); r.Modal == nil {
		t.Error("a refusal is not shown")
	}
	opened := Open(slack.ModalViewRequest{})
	if r := b.inView(opened); r.Modal != opened.Modal {
		t.Error("a modal is not opened")
	}
}

func TestSubmissionAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		reply Reply
		want  string
	}{
		"nothing": {Reply{}, "clear"},
		"fields":  {Reply{Text: "x", Fields: map[string]string{"title": "no"}}, "errors"},
		"text":    {Say("INC-1"), "update"},
		"modal":   {Open(slack.ModalViewRequest{}), "update"},
	} {
		if got := string(submissionAnswer(c.reply).ResponseAction); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestFieldErrorsAreForPeopleOnly(t *testing.T) {
	t.Parallel()
	if r, err := inField("text", nil); err != nil || len(r.Fields) > 0 {
		t.Errorf("no error gives %+v, %v", r, err)
	}
	if r, err := inField("text", incident.Errorf(incident.Invalid, "Type `x`.")); err != nil || r.Fields["text"] != "Type x." {
		t.Errorf("an error for people gives %+v, %v", r, err)
	}
	if r, err := inField("text", errors.New("broken")); err == nil || len(r.Fields) > 0 {
		t.Errorf("an internal error gives %+v, %v", r, err)
	}
}

func TestEventsAreDecodedWhateverElseTheyHold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		payload, channel string
		user             incident.PersonID
	}{
		"reaction":   {`{"type":"reaction_added","user":"U1","reaction":"star","item":{"type":"message","channel":"C1","ts":"1.2"},"event_ts":"1.3"}`, "", "U1"},
		"pin":        {`{"type":"pin_added","user":"U1","channel_id":"C1","item":{"type":"message","message":{"ts":"1.2","text":"x","blocks":[{"type":"brand_new","elements":7}]}}}`, "C1", "U1"},
		"rename":     {`{"type":"channel_rename","channel":{"id":"C1","name":"new","created":1}}`, "C1", ""},
		"archive":    {`{"type":"channel_archive","channel":"C1","user":"U1"}`, "C1", "U1"},
		"edit":       {`{"type":"message","subtype":"message_changed","channel":"C1","message":{"ts":"1.2","text":"y","edited":{"user":"U1","ts":"1.3"}},"previous_message":{"ts":"1.2","text":"x"}}`, "C1", ""},
		"delete":     {`{"type":"message","subtype":"message_deleted","channel":"C1","deleted_ts":"1.2","event_ts":"1.3"}`, "C1", ""},
		"new person": {`{"type":"team_join","user":{"id":"U1","name":"a"}}`, "", ""},
		"nothing":    {`{"type":"member_joined_channel"}`, "", ""},
	} {
		var e event
		if err := json.Unmarshal([]byte(c.payload), &e); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if e.channel() != c.channel || e.user() != c.user {
			t.Errorf("%s: channel %q, user %q", name, e.channel(), e.user())
		}
	}
	var rename event
	if err := json.Unmarshal([]byte(`{"channel":{"id":"C1","name":"new"}}`), &rename); err != nil || rename.channelObject().Name != "new" {
		t.Errorf("the new name is %q, %v", rename.channelObject().Name, err)
	}
}

func TestEverySubscribedEventHasItsHandler(t *testing.T) {
	t.Parallel()
	for _, name := range BotEvents() {
		kind, _, _ := strings.Cut(name, ".")
		if eventHandlers()[kind] == nil {
			t.Errorf("nobody follows %s", name)
		}
	}
}

func TestMessageTimesSurviveTheRoundTrip(t *testing.T) {
	t.Parallel()
	for _, ts := range []string{"1795262400.000200", "0946684800.000001"} {
		if got := tsOf(timeOf(ts)); got != ts {
			t.Errorf("%s became %s", ts, got)
		}
	}
	for _, nonsense := range []string{"", "x", "1.y", "99999999999999999999.0"} {
		if got := timeOf(nonsense); !got.Equal(time.Time{}) {
			t.Errorf("%q is %v", nonsense, got)
		}
	}
}
