package bot

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/oncall"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// coverCommand asks others to stand in: "<schedule> [from …] until … [because …]".
// Without a span it opens a form on the person's next shift.
func (b *Bot) coverCommand(ctx context.Context, c Command, _ *incident.Incident) (Reply, error) {
	found, rest, ok, err := b.schedule(ctx, c.Args)
	if err != nil {
		return Reply{}, err
	}
	if !ok || rest == "" {
		return b.coverForm(ctx, c.User, found)
	}
	from, until, reason, err := readSpan(rest, incident.Now(), b.zoneOf(ctx, c.User))
	if err != nil {
		return Reply{}, err
	}
	if reason, err = readReason(reason); err != nil {
		return Reply{}, err
	}
	return b.askCover(ctx, found.id, c.User, from, until, b.named(ctx, reason))
}

// coverForm begins with the person's next shift, in a schedule if one was named.
func (b *Bot) coverForm(ctx context.Context, p incident.PersonID, in pageable) (Reply, error) {
	shifts, err := b.OnCall.NextShifts(ctx, p, incident.Now(), 10)
	if err != nil {
		return Reply{}, err
	}
	for _, s := range shifts {
		if in.id == "" || s.Schedule == in.id {
			return Open(view.CoverModal(view.Choice{Text: s.Name, Value: s.Schedule}, s.From, s.Until)), nil
		}
	}
	return Reply{}, incident.Errorf(incident.NotFound, "You have no shift within the next year, so nobody needs to stand in for you.")
}

func (b *Bot) askCover(ctx context.Context, schedule string, p incident.PersonID, from, until time.Time, reason string) (Reply, error) {
	cover, err := b.OnCall.AskCover(ctx, schedule, p, from, until, reason)
	if err != nil {
		return Reply{}, err
	}
	stored, err := b.OnCall.Schedule(ctx, schedule)
	if err != nil {
		return Reply{}, err
	}
	return Say("Your colleagues are asked for cover in *" + view.Literal(titleOf(stored)) + "* " + view.Spanning(cover.From, cover.Until, zoneOfSchedule(stored)) +
		". You stay on call until somebody takes it."), nil
}

func (b *Bot) coverSubmission(ctx context.Context, s Submission, _ *incident.Incident) (Reply, error) {
	reply, err := b.askCover(ctx, s.Values.Text("schedule"), s.User, s.Values.Time("from"), s.Values.Time("until"), b.named(ctx, s.Values.Text("reason")))
	if err != nil {
		return inField("until", err)
	}
	return reply, nil
}

func (b *Bot) takeCoverClick(ctx context.Context, c Click, _ *incident.Incident, number string) (Reply, error) {
	return b.settleCover(ctx, number, func(id int64) (oncall.Cover, error) { return b.OnCall.TakeCover(ctx, id, c.User) }, "Thank you: you are on call from %s until %s.")
}

func (b *Bot) withdrawCoverClick(ctx context.Context, c Click, _ *incident.Incident, number string) (Reply, error) {
	return b.settleCover(ctx, number, func(id int64) (oncall.Cover, error) { return b.OnCall.WithdrawCover(ctx, id, c.User) }, "Nobody is asked any more; you are on call from %s until %s.")
}

func (b *Bot) settleCover(ctx context.Context, number string, settle func(int64) (oncall.Cover, error), said string) (Reply, error) {
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return Reply{}, incident.Errorf(incident.Invalid, "This button belongs to an older version; ask for cover again.")
	}
	cover, err := settle(id)
	if err != nil {
		return Reply{}, err
	}
	return sayf(said, view.Date(cover.Holds(), ""), view.Date(cover.Until, "")), nil
}

// showCover posts a request for cover, once, where the team of whoever asks reads,
// and keeps the post true. It draws until nothing has changed meanwhile, so that of
// two at once none leaves what was.
func (b *Bot) showCover(ctx context.Context, a ShowCover) error {
	var drawn oncall.CoverState
	for {
		cover, err := b.OnCall.Cover(ctx, a.Cover)
		if err != nil || cover.State == drawn {
			return err
		}
		if err := b.drawCover(ctx, cover); err != nil {
			return err
		}
		drawn = cover.State
	}
}

func (b *Bot) drawCover(ctx context.Context, cover oncall.Cover) error {
	stored, err := b.OnCall.Schedule(ctx, cover.Schedule)
	if err != nil {
		return err
	}
	m := view.Cover(cover, titleOf(stored), zoneOfSchedule(stored))
	if cover.MessageTS == "" {
		return b.postCover(ctx, cover, m)
	}
	return b.API.UpdateMessage(ctx, Post{Channel: cover.Channel, Text: m.Text, Blocks: m.Blocks}, cover.MessageTS)
}

// postCover posts it, or finds it posted: then it may say what was.
func (b *Bot) postCover(ctx context.Context, cover oncall.Cover, m view.Message) error {
	channel, err := b.coverChannel(ctx, cover.Person)
	if err != nil || channel == "" {
		return err
	}
	ts, found, err := b.postOrFind(ctx, channel, "cover-"+strconv.FormatInt(cover.ID, 10), cover.CreatedAt, m)
	if err != nil {
		return err
	}
	if err := b.OnCall.CoverPosted(ctx, cover.ID, channel, ts); err != nil || !found {
		return err
	}
	return b.API.UpdateMessage(ctx, Post{Channel: channel, Text: m.Text, Blocks: m.Blocks}, ts)
}

// postKeyed posts a message unless one with its key was posted since an instant.
func (b *Bot) postKeyed(ctx context.Context, channel, key string, since time.Time, m view.Message) (ts string, err error) {
	ts, _, err = b.postOrFind(ctx, channel, key, since, m)
	return ts, err
}

// postOrFind is postKeyed, and tells whether it was posted before.
func (b *Bot) postOrFind(ctx context.Context, channel, key string, since time.Time, m view.Message) (ts string, found bool, err error) {
	ts, found, err = b.API.FindPosted(ctx, channel, since.Add(-time.Minute), key)
	if err != nil && !isGone(err, "not_in_channel") || found {
		return ts, found, err
	}
	ts, err = b.API.PostMessage(ctx, Post{Channel: channel, Text: m.Text, Blocks: m.Blocks, Key: key})
	return ts, false, err
}

// coverChannel is that of a team that the person is in, else where incidents are announced.
func (b *Bot) coverChannel(ctx context.Context, p incident.PersonID) (string, error) {
	teams, err := roster.Teams(ctx, b.Pool)
	if err != nil {
		return "", err
	}
	for _, t := range teams {
		for _, member := range t.Members {
			if member == p && t.Channel != "" {
				return b.channelOf(ctx, t.Channel)
			}
		}
	}
	return b.announceChannel(ctx)
}

// channelOf is the id of a channel that is given by id or #name. One that we cannot
// find is where incidents are announced, since somebody has to read it.
func (b *Bot) channelOf(ctx context.Context, channel string) (string, error) {
	name := trimHash(channel)
	if channelID.MatchString(name) {
		return name, nil
	}
	id, member, err := b.API.FindChannel(ctx, name)
	if err != nil {
		return "", err
	}
	if id == "" {
		return b.announceChannel(ctx)
	}
	if !member {
		return id, b.API.JoinChannel(ctx, id)
	}
	return id, nil
}

// tellHandoffs tells whose shift has begun or ended within the last hour, each once:
// a message that was sent is found by its key, and noted afterwards. One person who
// cannot be told keeps nobody else waiting.
func (b *Bot) tellHandoffs(ctx context.Context) error {
	now := incident.Now()
	notices, err := b.OnCall.Notices(ctx, now.Add(-time.Hour), now.Add(time.Second))
	if err != nil || len(notices) == 0 {
		return err
	}
	var failed []error
	for _, n := range notices {
		failed = append(failed, b.tellHandoff(ctx, n))
	}
	return firstToWait(failed)
}

func (b *Bot) tellHandoff(ctx context.Context, n oncall.Notice) error {
	open, err := b.Incidents.Open(ctx, listLimit)
	if err != nil {
		return err
	}
	kept, err := b.keptBy(ctx, n)
	if err != nil {
		return err
	}
	channel, err := b.API.OpenDM(ctx, string(n.Person))
	if err == nil {
		key := "handoff-" + n.Schedule + "-" + string(n.Kind) + "-" + strconv.FormatInt(n.At.Unix(), 10)
		_, err = b.postKeyed(ctx, channel, key, n.At, view.Handoff(n, b.visibleTo(ctx, open, n.Person), kept, b.Settings.Command))
	}
	if err != nil && !isForGood(err) {
		return err
	}
	return pgx.BeginFunc(ctx, b.Pool, func(tx pgx.Tx) error {
		_, err := b.OnCall.ClaimNotice(ctx, tx, n, incident.Now())
		return err
	})
}
