package bot

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// redrawPages makes messages say what became of their pages: those that tell a page
// of an escalation, a digest among them, or the one that was delivered only after it
// was answered. One that cannot be altered any more is left.
func (b *Bot) redrawPages(ctx context.Context, a RedrawPage) error {
	posted, err := b.Paging.Posted(ctx, paging.MethodSlack, a.Escalation, a.Delivery)
	if err != nil {
		return err
	}
	var failed []error
	for _, p := range posted {
		failed = append(failed, b.redrawPage(ctx, p))
	}
	return firstToWait(failed)
}

// redrawPage alters one message unless it says already what it has to. What it says is
// kept as the reason of its step. Of several who redraw it at once, each reads how
// things stand while it holds the step, so that the last to draw knows all.
func (b *Bot) redrawPage(ctx context.Context, p paging.Posted) error {
	name := fmt.Sprintf("page-%d", p.Delivery)
	drawing, err := b.answered(ctx, p)
	if err != nil || drawing.says == "" {
		return err
	}
	known, found, err := readStep(ctx, b.Pool, p.Incident, name)
	if err != nil || found && known.Reason == drawing.says {
		return err
	}
	s, err := b.begin(ctx, p.Incident, name)
	if err != nil {
		return err
	}
	if err := b.drawAnswered(ctx, p, s); err != nil {
		return errors.Join(err, releaseStep(context.WithoutCancel(ctx), b.Pool, s, true))
	}
	return saveStep(ctx, b.Pool, s, time.Now())
}

// drawAnswered alters a message whose step is held, and notes in the step what it says.
func (b *Bot) drawAnswered(ctx context.Context, p paging.Posted, s *step) error {
	drawing, err := b.answered(ctx, p)
	if err != nil || drawing.says == "" || drawing.says == s.Reason {
		return err
	}
	channel, ts, ok := splitSlackID(p.VendorID)
	if !ok {
		return nil
	}
	err = b.API.UpdateMessage(ctx, Post{Channel: channel, Text: drawing.Text, Blocks: drawing.Blocks}, ts)
	if gone, isGone := errors.AsType[*Gone](err); err != nil && !(isGone && gone.Permanent()) {
		return err
	}
	s.Channel, s.Remote, s.Reason = channel, ts, drawing.says
	return nil
}

// answeredPage is what a message has to say. Says stands for it, to tell whether it says
// it already; "" while the message asks for an answer as it did when it was sent.
type answeredPage struct {
	view.Message
	says string
}

// answered draws a message as things stand now.
func (b *Bot) answered(ctx context.Context, p paging.Posted) (answeredPage, error) {
	m, pages, err := b.Paging.PostedPages(ctx, p.Delivery)
	if err != nil {
		return answeredPage{}, err
	}
	lines := make([]view.PageLine, 0, len(pages))
	for _, page := range pages {
		lines = append(lines, view.PageLine{Page: page.Demand, Became: becameOf(page, p)})
	}
	if !slices.ContainsFunc(lines, func(l view.PageLine) bool { return !l.Waits() }) {
		return answeredPage{}, nil
	}
	if p.Kind == paging.MessageDigest {
		return answeredDigest(view.DigestAnswered(m, lines))
	}
	i, err := b.Incidents.Get(ctx, lines[0].Page.Incident)
	if err != nil {
		return answeredPage{}, err
	}
	shown := view.PageAnswered(view.PageAnswer{Incident: i, Subject: lines[0].Page.Subject, Became: lines[0].Became})
	return answeredPage{shown, shown.Text}, nil
}

// answeredDigest says more than its first line does: the sum stands for all of it.
func answeredDigest(m view.Message) (answeredPage, error) {
	raw, err := json.Marshal(m)
	if err != nil {
		return answeredPage{}, fmt.Errorf("encode digest: %w", err)
	}
	return answeredPage{m, fmt.Sprintf("%x", sha256.Sum256(raw))}, nil
}

// becameOf is what became of a page, for whoever reads the message.
func becameOf(page paging.PostedPage, p paging.Posted) view.Became {
	now := page.Now
	switch {
	case page.Run < now.Run:
		return view.Became{Said: ":heavy_minus_sign: It is paged anew; this page asks for nothing any more.", Open: true}
	case now.State == escalation.Resolved:
		return view.Became{Said: ":checkered_flag: Nobody is paged for it any more."}
	case now.State == escalation.Acknowledged && now.Snoozed:
		return view.Became{Said: ":zzz: Put off until " + view.Date(now.Until, "")}
	case now.State == escalation.Acknowledged && len(now.AckedBy) > 0:
		return view.Became{By: now.AckedBy[0]}
	case slices.Contains(now.AckedBy, p.Person) && p.Person != "":
		return view.Became{Said: ":white_check_mark: You have acknowledged it; more people have to.", Open: true}
	}
	return view.Became{}
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
