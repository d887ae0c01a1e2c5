package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// HandleEnvelope answers one thing that Slack sent: an event is stored and then
// acked, a command or click is acked after its change has committed. It recovers
// from panics and logs what went wrong; the person always gets a sentence.
func (b *Bot) HandleEnvelope(ctx context.Context, e *Envelope) {
	defer func() {
		if r := recover(); r != nil {
			b.Log.ErrorContext(ctx, "panic in handler", slog.Any("panic", r), slog.String("stack", string(debug.Stack())))
		}
	}()
	var err error
	switch e.Type {
	case "slash_commands":
		err = b.handleCommand(ctx, e)
	case "interactive":
		err = b.handleInteractive(ctx, e)
	case "events_api":
		err = b.handleEvent(ctx, e)
	default:
		err = e.Ack(ctx, nil)
	}
	if err != nil {
		b.Log.ErrorContext(ctx, "envelope failed", slog.String("type", e.Type), slog.Any("error", err))
	}
}

func (b *Bot) handleCommand(ctx context.Context, e *Envelope) error {
	var raw slack.SlashCommand
	if err := json.Unmarshal(e.Payload, &raw); err != nil {
		return fmt.Errorf("decode command: %w", err)
	}
	c := Command{User: incident.PersonID(raw.UserID), Channel: raw.ChannelID, Text: typed(raw.Text),
		TriggerID: raw.TriggerID, ResponseURL: raw.ResponseURL, Received: e.ReceivedAt}
	c.Name, c.Args = splitCommand(c.Text)
	return b.once(ctx, e, "command:"+c.TriggerID, func(ctx context.Context) error {
		reply := b.guard(ctx, "command "+c.Name, func(ctx context.Context) (Reply, error) { return b.runCommand(ctx, c) })
		return b.answer(ctx, e, reply, c.TriggerID, c.ResponseURL)
	}, func(ctx context.Context, reply Reply) error {
		return b.answer(ctx, e, reply, c.TriggerID, c.ResponseURL)
	})
}

func (b *Bot) handleInteractive(ctx context.Context, e *Envelope) error {
	var raw slack.InteractionCallback
	if err := json.Unmarshal(e.Payload, &raw); err != nil {
		return fmt.Errorf("decode interaction: %w", err)
	}
	if raw.Type == slack.InteractionTypeBlockSuggestion {
		return b.handleSuggestion(ctx, e, raw)
	}
	return b.once(ctx, e, "interaction:"+raw.TriggerID, func(ctx context.Context) error {
		switch raw.Type {
		case slack.InteractionTypeBlockActions:
			return b.handleClick(ctx, e, raw)
		case slack.InteractionTypeShortcut, slack.InteractionTypeMessageAction:
			return b.handleShortcut(ctx, e, raw)
		case slack.InteractionTypeViewSubmission:
			return b.handleSubmission(ctx, e, raw)
		}
		return e.Ack(ctx, nil)
	}, func(ctx context.Context, reply Reply) error { return b.refuseInteractive(ctx, e, raw, reply) })
}

// refuseInteractive says what kept us from looking at a click, a shortcut or a form.
func (b *Bot) refuseInteractive(ctx context.Context, e *Envelope, raw slack.InteractionCallback, reply Reply) error {
	if raw.Type == slack.InteractionTypeViewSubmission {
		return e.Ack(ctx, submissionAnswer(keepForm(raw, reply)))
	}
	if raw.ResponseURL == "" {
		reply = b.inView(reply)
	}
	return b.answer(ctx, e, reply, raw.TriggerID, raw.ResponseURL)
}

// keepForm shows trouble of ours below the first input, so that the form stays
// open with everything that was typed and can be sent again.
func keepForm(raw slack.InteractionCallback, reply Reply) Reply {
	if !reply.trouble {
		return reply
	}
	for _, block := range raw.View.Blocks.BlockSet {
		if input, ok := block.(*slack.InputBlock); ok {
			return Reply{Fields: map[string]string{input.BlockID: reply.Text}}
		}
	}
	return reply
}

func (b *Bot) handleClick(ctx context.Context, e *Envelope, raw slack.InteractionCallback) error {
	for _, a := range raw.ActionCallback.BlockActions {
		c := clickOf(raw, a)
		reply := b.guard(ctx, "click "+c.Action, func(ctx context.Context) (Reply, error) { return b.runClick(ctx, c) })
		if c.ResponseURL == "" {
			reply = b.inView(reply)
		}
		if err := b.answer(ctx, e, reply, c.TriggerID, c.ResponseURL); err != nil {
			return err
		}
		if raw.View.Type == slack.VTHomeTab {
			if err := b.redrawAnswered(ctx, c.User); err != nil {
				return err
			}
		}
	}
	return nil
}

// redrawAnswered draws the App Home after the click was answered; nobody waits for it.
func (b *Bot) redrawAnswered(ctx context.Context, who incident.PersonID) error {
	ctx, cancel := detached(ctx)
	defer cancel()
	return b.redrawHome(ctx, who)
}

// inView is a reply to a click in the App Home or a modal, where there is no
// channel to answer in: what was refused is said in a modal, and the view itself
// shows what was done.
func (b *Bot) inView(r Reply) Reply {
	if !r.says() {
		return r
	}
	if !r.refused && len(r.Blocks) == 0 {
		return Reply{}
	}
	return Open(r.notice())
}

func (b *Bot) handleShortcut(ctx context.Context, e *Envelope, raw slack.InteractionCallback) error {
	s := shortcutOf(raw)
	reply := b.guard(ctx, "shortcut "+s.Callback, func(ctx context.Context) (Reply, error) { return b.runShortcut(ctx, s) })
	if reply.says() && s.ResponseURL == "" {
		reply = Open(reply.notice()) // a global shortcut has no channel to answer in
	}
	return b.answer(ctx, e, reply, s.TriggerID, s.ResponseURL)
}

// handleSubmission answers in the ack itself: what is wrong by field, another
// view, or nothing, which closes the modal.
func (b *Bot) handleSubmission(ctx context.Context, e *Envelope, raw slack.InteractionCallback) error {
	s := Submission{User: incident.PersonID(raw.User.ID), Callback: raw.View.CallbackID, Private: raw.View.PrivateMetadata,
		Values: valuesOf(raw.View.State), ViewID: raw.View.ID}
	reply := b.guard(ctx, "submission "+s.Callback, func(ctx context.Context) (Reply, error) { return b.runSubmission(ctx, s) })
	return e.Ack(ctx, submissionAnswer(keepForm(raw, reply)))
}

func submissionAnswer(r Reply) *slack.ViewSubmissionResponse {
	switch {
	case len(r.Fields) > 0:
		return slack.NewErrorsViewSubmissionResponse(r.Fields)
	case r.Modal != nil:
		return slack.NewUpdateViewSubmissionResponse(r.Modal)
	case r.says():
		notice := r.notice()
		return slack.NewUpdateViewSubmissionResponse(&notice)
	}
	return slack.NewClearViewSubmissionResponse()
}

// guard runs a handler within Slack's time limit and turns an error or a panic
// into a sentence.
func (b *Bot) guard(ctx context.Context, doing string, run func(context.Context) (Reply, error)) (reply Reply) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			reply = b.troubled(ctx, doing, fmt.Errorf("panic: %v\n%s", r, debug.Stack()))
		}
	}()
	reply, err := run(ctx)
	if err != nil {
		return b.troubled(ctx, doing, err)
	}
	return reply
}

// troubled is the reply to an error.
func (b *Bot) troubled(ctx context.Context, doing string, err error) Reply {
	reply := refuse(b.sentence(ctx, doing, err))
	reply.trouble = incident.CodeOf(err) == ""
	return reply
}

// answer acks and shows the reply, also when ctx is over: whoever used their time up
// is answered all the same. A short message to a command rides on the ack; all else
// goes out after it, so that Slack never waits for us.
func (b *Bot) answer(ctx context.Context, e *Envelope, r Reply, triggerID, responseURL string) error {
	message := r.message()
	if r.says() && e.AcceptsResponse && e.Type == "slash_commands" && r.Modal == nil {
		if err := e.Ack(ctx, message); err == nil {
			return nil
		}
	}
	if err := e.Ack(ctx, nil); err != nil {
		return err
	}
	ctx, cancel := detached(ctx)
	defer cancel()
	if r.Modal != nil {
		err := b.API.OpenView(ctx, triggerID, *r.Modal)
		if err == nil || responseURL == "" {
			return err
		}
		message = Say(strings.TrimSpace(b.sentence(ctx, "open modal", err) + "\n" + r.unopened)).message()
	} else if !r.says() {
		return nil
	}
	if responseURL == "" {
		return nil
	}
	return b.API.Respond(ctx, responseURL, message)
}

func clickOf(raw slack.InteractionCallback, a *slack.BlockAction) Click {
	channel := raw.Channel.ID
	if channel == "" {
		channel = raw.Container.ChannelID
	}
	c := Click{User: incident.PersonID(raw.User.ID), Channel: channel, MessageTS: raw.Container.MessageTs, Ephemeral: raw.Container.IsEphemeral,
		Action: actionName(a.ActionID), Value: a.Value,
		TriggerID: raw.TriggerID, ResponseURL: raw.ResponseURL, ViewID: raw.View.ID}
	if a.SelectedOption.Value != "" {
		c.Value = a.SelectedOption.Value
	}
	return c
}

func shortcutOf(raw slack.InteractionCallback) Shortcut {
	s := Shortcut{User: incident.PersonID(raw.User.ID), Callback: raw.CallbackID, TriggerID: raw.TriggerID,
		Channel: raw.Channel.ID, Secluded: secluded(raw.Channel), ResponseURL: raw.ResponseURL}
	if raw.Type == slack.InteractionTypeMessageAction {
		m := messageOf(raw.Channel.ID, raw.Message)
		if m.TS == "" {
			m.TS = raw.MessageTs
		}
		s.Message = &m
	}
	return s
}

// secluded reports whether not everybody may read a channel. Slack calls those that
// are not public "privategroup" and "directmessage" in what people press, or by the
// names of those who talk.
func secluded(c slack.Channel) bool {
	return c.Name == "privategroup" || c.Name == "directmessage" || strings.HasPrefix(c.Name, "mpdm-") || strings.HasPrefix(c.ID, "D")
}
