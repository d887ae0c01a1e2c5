package bot

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// noteCommand puts a note on the timeline; "at 14:05 …" dates it back.
func (b *Bot) noteCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	text, when, err := b.backdated(ctx, c)
	if err != nil {
		return Reply{}, err
	}
	if err := b.Timeline.AddNote(ctx, i.ID, b.named(ctx, text), when.At, c.Actor()); err != nil {
		return Reply{}, err
	}
	return done(i, "has your note%s. %s", at(when.At), when.Note)
}

func (b *Bot) decisionCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	text, when, err := b.backdated(ctx, c)
	if err != nil {
		return Reply{}, err
	}
	if err := b.Timeline.AddDecision(ctx, i.ID, b.named(ctx, text), when.At, c.Actor()); err != nil {
		return Reply{}, err
	}
	return done(i, "has the decision on record%s. %s", at(when.At), when.Note)
}

// datedPattern is what only a time begins with: "at least three" is text.
var datedPattern = regexp.MustCompile(`(?i)^at\s+(?:\d|today\b|yesterday\b|now\b)`)

// backdated reads "at <time>" from the front of what was typed, in the writer's
// own time zone unless another is named.
func (b *Bot) backdated(ctx context.Context, c Command) (text string, when timeline.When, err error) {
	if !datedPattern.MatchString(c.Args) {
		return c.Args, timeline.When{}, nil
	}
	_, rest := splitWord(c.Args)
	when, err = timeline.ReadWhen(rest, incident.Now(), b.zoneOf(ctx, c.User))
	return when.Rest, when, err
}

func at(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return ", for " + view.Date(t, "")
}

// hypothesisCommand raises an idea of what is wrong, or settles one by number.
func (b *Bot) hypothesisCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	number, rest, settles := settlement(c.Args)
	if !settles {
		h, err := b.Timeline.RaiseHypothesis(ctx, i.ID, b.named(ctx, c.Args), c.Actor())
		if err != nil {
			return Reply{}, err
		}
		return done(i, "has hypothesis %d. Settle it with `%s hypothesis %d confirmed` or `ruled-out`.", h.Number, b.Settings.Command, h.Number)
	}
	outcome, err := timeline.ParseOutcome(rest)
	if err != nil {
		return Reply{}, err
	}
	if err := b.Timeline.SettleHypothesis(ctx, i.ID, number, outcome, c.Actor()); err != nil {
		return Reply{}, err
	}
	return done(i, "has hypothesis %d %s.", number, outcome)
}

// settlement reads "2 confirmed". A number before several words that are no
// outcome, as in "500 errors come from the gateway", begins an idea.
func settlement(args string) (number int, outcome string, ok bool) {
	first, rest := splitWord(args)
	number, err := strconv.Atoi(strings.TrimPrefix(first, "#"))
	if err != nil {
		return 0, "", false
	}
	_, err = timeline.ParseOutcome(rest)
	return number, rest, err == nil || strings.HasPrefix(first, "#") || len(strings.Fields(rest)) < 2
}

// How many of the latest lines one look at the timeline shows.
const timelineLimit = 30

// timelineCommand shows the latest of the timeline, or exports all of it.
func (b *Bot) timelineCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	name, format := splitCommand(c.Args)
	switch name {
	case "":
		return b.showTimeline(ctx, i)
	case "export":
		return b.exportTimeline(ctx, c, i, format)
	}
	return Reply{}, incident.Errorf(incident.Invalid, "Type `%s timeline` to read it, or `%s timeline export markdown`, `json` or `csv`.", b.Settings.Command, b.Settings.Command)
}

func (b *Bot) showTimeline(ctx context.Context, i *incident.Incident) (Reply, error) {
	lines, err := b.Timeline.Lines(ctx, i.ID)
	if err != nil {
		return Reply{}, err
	}
	var loud []timeline.Line
	for _, l := range lines {
		if !l.Quiet {
			loud = append(loud, l)
		}
	}
	more := max(0, len(loud)-timelineLimit)
	return replyWith(view.Timeline(i, loud[more:], more)), nil
}

func (b *Bot) showTimelineClick(ctx context.Context, _ Click, i *incident.Incident, _ string) (Reply, error) {
	return b.showTimeline(ctx, i)
}

// exportTimeline enqueues the file for the person's direct messages: making and
// uploading it can take longer than Slack waits for a command.
func (b *Bot) exportTimeline(ctx context.Context, c Command, i *incident.Incident, word string) (Reply, error) {
	format, err := timeline.ParseFormat(word)
	if err != nil {
		return Reply{}, err
	}
	if _, err := b.Jobs.Insert(ctx, ExportTimeline{Incident: i.ID, Format: string(format), Person: c.User}, nil); err != nil {
		return Reply{}, fmt.Errorf("enqueue export: %w", err)
	}
	return done(i, "is being exported; the file comes to your direct messages in a moment.")
}

// sendExport writes the export and uploads it to the person who asked.
func (b *Bot) sendExport(ctx context.Context, a ExportTimeline) error {
	i, err := b.Incidents.Get(ctx, a.Incident)
	if err != nil {
		return err
	}
	entries, err := b.Timeline.Entries(ctx, i.ID)
	if err != nil {
		return err
	}
	format := timeline.Format(a.Format)
	var file bytes.Buffer
	x := timeline.ExportData{Incident: i, Entries: entries, Zone: b.zoneOf(ctx, a.Person), At: incident.Now(),
		Name: func(p incident.PersonID) string { name, _ := b.nameOf(ctx, p); return name }}
	if err := timeline.Export(&file, format, x); err != nil {
		return err
	}
	channel, err := b.API.OpenDM(ctx, string(a.Person))
	if err != nil {
		return err
	}
	return b.API.UploadFile(ctx, channel, fmt.Sprintf("%s-timeline.%s", i.ID, format.Extension()), file.Bytes())
}

// milestoneCommand corrects a time that was noted wrongly, in the writer's zone.
func (b *Bot) milestoneCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	if c.Args == "" {
		return Open(view.MilestonesModal(i, c.Channel)), nil
	}
	name, rest := splitCommand(c.Args)
	m, err := incident.ParseMilestone(name)
	if err != nil {
		return Reply{}, err
	}
	when, err := timeline.ReadWhen(rest, incident.Now(), b.zoneOf(ctx, c.User))
	if err != nil {
		return Reply{}, err
	}
	reason := strings.TrimSpace(strings.TrimPrefix(when.Rest, "because"))
	if i, err = b.Incidents.CorrectMilestone(ctx, i.ID, m, when.At, b.named(ctx, reason), c.Actor()); err != nil {
		return Reply{}, understood(err, when.At, b.zoneOf(ctx, c.User))
	}
	return done(i, "has “%s” at %s now. %s", m, view.Date(when.At, ""), when.Note)
}

// understood adds to a refusal which instant was read, in the zone of whoever typed it.
func understood(err error, at time.Time, zone *time.Location) error {
	if incident.CodeOf(err) != incident.Invalid {
		return err
	}
	shown, utc := at.In(zone).Format("2006-01-02 15:04 MST"), at.UTC().Format("2006-01-02 15:04 UTC")
	if shown != utc {
		shown += " (" + utc + ")"
	}
	return incident.Errorf(incident.Invalid, "%s The time was read as %s.", err, shown)
}

func (b *Bot) openMilestonesClick(_ context.Context, c Click, i *incident.Incident, _ string) (Reply, error) {
	return Open(view.MilestonesModal(i, c.Channel)), nil
}

func (b *Bot) milestonesSubmission(ctx context.Context, s Submission, i *incident.Incident) (Reply, error) {
	for _, m := range incident.MilestoneNames() {
		block := strings.ReplaceAll(string(m), " ", "_")
		to := s.Values.Time(block)
		// The picker knows whole minutes; a time within the same minute was not touched.
		if to.IsZero() || to.Equal(i.Milestones.At(m).Truncate(time.Minute)) {
			continue
		}
		if _, err := b.Incidents.CorrectMilestone(ctx, i.ID, m, to, b.named(ctx, s.Values.Text("reason")), s.Actor()); err != nil {
			return inField(block, err)
		}
	}
	return Reply{}, nil
}
