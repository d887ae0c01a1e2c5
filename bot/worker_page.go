package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// redrawPages makes the messages of pages say what became of them: those of an
// escalation, or the one that was delivered only after it was answered. One that
// cannot be altered any more is left.
func (b *Bot) redrawPages(ctx context.Context, a RedrawPage) error {
	posted, err := b.Paging.Posted(ctx, paging.MethodSlack, a.Escalation, a.Delivery)
	if err != nil || len(posted) == 0 {
		return err
	}
	e, err := b.Escalations.Get(ctx, posted[0].Escalation)
	if err != nil {
		return err
	}
	i, err := b.Incidents.Get(ctx, posted[0].Incident)
	if err != nil {
		return err
	}
	var failed []error
	for _, p := range posted {
		if answer, ok := answerOf(i, e, p); ok {
			failed = append(failed, b.redrawPage(ctx, p, answer))
		}
	}
	return firstToWait(failed)
}

// answerOf is what a message of a page has to say now; ok is false while it still
// asks for an answer.
func answerOf(i *incident.Incident, e *escalation.Escalation, p paging.Posted) (answer view.PageAnswer, ok bool) {
	answer = view.PageAnswer{Incident: i, Subject: e.Subject}
	switch {
	case p.Run < e.Run:
		answer.Said = ":heavy_minus_sign: It is paged anew; this message asks for nothing any more."
	case e.State == escalation.Resolved:
		answer.Said = ":checkered_flag: Nobody is paged for it any more."
	case e.State == escalation.Acknowledged && e.Snoozed:
		answer.Said = ":zzz: Put off until " + view.Date(e.AckDue, "")
	case e.State == escalation.Acknowledged && len(e.AckedBy) > 0:
		answer.By = e.AckedBy[0]
	case slices.Contains(e.AckedBy, p.Person) && p.Person != "":
		answer.Said = ":white_check_mark: You have acknowledged it; more people have to."
	default:
		return answer, false
	}
	return answer, true
}

// redrawPage alters one message unless it says that already. What it says is kept
// as the reason of its step.
func (b *Bot) redrawPage(ctx context.Context, p paging.Posted, answer view.PageAnswer) error {
	channel, ts, ok := splitSlackID(p.VendorID)
	if !ok {
		return nil
	}
	name, m := fmt.Sprintf("page-%d", p.Delivery), view.PageAnswered(answer)
	known, found, err := readStep(ctx, b.Pool, p.Incident, name)
	if err != nil || found && known.Reason == m.Text {
		return err
	}
	s, err := b.begin(ctx, p.Incident, name)
	if err != nil {
		return err
	}
	err = b.API.UpdateMessage(ctx, Post{Channel: channel, Text: m.Text, Blocks: m.Blocks}, ts)
	if gone, isGone := errors.AsType[*Gone](err); err != nil && !(isGone && gone.Permanent()) {
		return errors.Join(err, releaseStep(context.WithoutCancel(ctx), b.Pool, s, true))
	}
	s.Channel, s.Remote, s.Reason = channel, ts, m.Text
	return saveStep(ctx, b.Pool, s, time.Now())
}

// firstToWait joins errors; one that only asks to wait gives way to one that does not.
func firstToWait(all []error) error {
	var limited error
	for _, err := range all {
		if _, waits := errors.AsType[*RateLimited](err); waits {
			limited = err
			continue
		}
		if err != nil {
			return errors.Join(all...)
		}
	}
	return limited
}
