package bot

import (
	"context"
	"maps"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
)

func (b *Bot) severityCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	if c.Args == "" {
		return Reply{}, incident.Errorf(incident.Invalid, "%s is %s. To change it: `%s severity sev1` (worst) to `sev5`.", i.ID, i.Severity, b.Settings.Command)
	}
	to, err := incident.ParseSeverity(c.Args)
	if err != nil {
		return Reply{}, err
	}
	return b.regrade(ctx, i, to, c.Actor())
}

func (b *Bot) chooseSeverityClick(ctx context.Context, c Click, i *incident.Incident, chosen string) (Reply, error) {
	to, err := incident.ParseSeverity(chosen)
	if err != nil {
		return Reply{}, err
	}
	return b.regrade(ctx, i, to, c.Actor())
}

func (b *Bot) regrade(ctx context.Context, i *incident.Incident, to incident.Severity, by incident.Actor) (Reply, error) {
	i, err := b.Incidents.SetSeverity(ctx, i.ID, to, by)
	if err != nil {
		return Reply{}, err
	}
	return done(i, "is %s now: %s.", i.Severity, i.Severity.Meaning())
}

func (b *Bot) titleCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	i, err := b.Incidents.SetTitle(ctx, i.ID, b.named(ctx, c.Args), c.Actor())
	if err != nil {
		return Reply{}, err
	}
	return done(i, "is called “%s” now. The channel keeps its name, so that links stay good.", view.Literal(i.Title))
}

func (b *Bot) summaryCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	if c.Args == "" {
		return Open(view.SummaryModal(i, c.Channel)), nil
	}
	return b.summarise(ctx, i, b.named(ctx, c.Args), c.Actor())
}

func (b *Bot) summarySubmission(ctx context.Context, s Submission, i *incident.Incident) (Reply, error) {
	_, err := b.summarise(ctx, i, b.named(ctx, s.Values.Text("summary")), s.Actor())
	return inField("summary", err)
}

func (b *Bot) summarise(ctx context.Context, i *incident.Incident, text string, by incident.Actor) (Reply, error) {
	i, err := b.Incidents.SetSummary(ctx, i.ID, text, by)
	if err != nil {
		return Reply{}, err
	}
	return done(i, "has a new summary; the card and the announcement show it.")
}

func (b *Bot) mitigateCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	i, err := b.Incidents.Mitigate(ctx, i.ID, c.Actor())
	if err != nil {
		return Reply{}, err
	}
	return done(i, "is mitigated: the impact is contained. Resolve it when the impact is over.")
}

func (b *Bot) mitigateClick(ctx context.Context, c Click, i *incident.Incident, _ string) (Reply, error) {
	return b.mitigateCommand(ctx, Command{User: c.User}, i)
}

func (b *Bot) activateCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	i, err := b.Incidents.Activate(ctx, i.ID, c.Actor())
	if err != nil {
		return Reply{}, err
	}
	return done(i, "is active.")
}

// resolveCommand opens the form that asks for times and cause; with a cause typed
// it resolves at once, the impact ending now.
func (b *Bot) resolveCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	if c.Args == "" {
		return b.resolveForm(i, c.Channel)
	}
	r := incident.Resolution{ImpactStart: impactStart(i), Cause: b.named(ctx, c.Args)}
	i, err := b.resolve(ctx, i, r, c.Actor())
	if err != nil {
		return Reply{}, err
	}
	return done(i, "is resolved. The postmortem draft is being written; correct times with `%s milestone`.", b.Settings.Command)
}

func (b *Bot) openResolveClick(_ context.Context, c Click, i *incident.Incident, _ string) (Reply, error) {
	return b.resolveForm(i, c.Channel)
}

// resolve refuses what somebody else resolved meanwhile, since the cause and times
// of the second would be lost without a word.
func (b *Bot) resolve(ctx context.Context, i *incident.Incident, r incident.Resolution, by incident.Actor) (*incident.Incident, error) {
	return b.Incidents.Change(ctx, i.ID, by, func(_ context.Context, _ pgx.Tx, i *incident.Incident, now time.Time) ([]incident.Event, error) {
		if !i.Status.Ongoing() {
			return nil, b.overAlready(i)
		}
		return i.Resolve(r, now)
	})
}

func (b *Bot) overAlready(i *incident.Incident) error {
	return incident.Errorf(incident.Conflict, "%s is %s already; nothing of yours was applied. Correct its times with `%s milestone %s`, put what you know on record with `%s note %s`.",
		i.ID, i.Status, b.Settings.Command, i.ID, b.Settings.Command, i.ID)
}

// resolveForm refuses at once what the form could only refuse after it was filled.
func (b *Bot) resolveForm(i *incident.Incident, channel string) (Reply, error) {
	if !i.Status.Ongoing() {
		return Reply{}, b.overAlready(i)
	}
	return Open(view.ResolveModal(i, channel, incident.Now())), nil
}

func (b *Bot) resolveSubmission(ctx context.Context, s Submission, i *incident.Incident) (Reply, error) {
	r := incident.Resolution{ImpactStart: s.Values.Time("impact_start"), ImpactEnd: s.Values.Time("impact_end"), Cause: b.named(ctx, s.Values.Text("cause"))}
	ahead := r.ImpactStart.After(incident.Now().Add(time.Minute)) // which is told about the start
	if !ahead && !r.ImpactStart.IsZero() && !r.ImpactEnd.IsZero() && r.ImpactEnd.Before(r.ImpactStart) {
		return Reply{Fields: map[string]string{"impact_end": "The impact cannot end before it started; check the two times."}}, nil
	}
	_, err := b.resolve(ctx, i, r, s.Actor())
	if incident.CodeOf(err) == incident.Conflict {
		return inField("cause", err) // the form stays, and with it what was typed
	}
	if r.ImpactEnd.After(incident.Now()) {
		return inField("impact_end", err)
	}
	return inField("impact_start", err)
}

// impactStart is the best that is known when nobody is asked: what was noted, else
// the moment it was detected.
func impactStart(i *incident.Incident) time.Time {
	if !i.Milestones.ImpactStarted.IsZero() {
		return i.Milestones.ImpactStarted
	}
	return i.Milestones.Detected
}

// notOver refuses to reopen what was never over, or is open again already.
func notOver(i *incident.Incident) error {
	if i.Status.Ongoing() {
		return incident.Errorf(incident.Conflict, "%s is %s already; there is nothing to reopen.", i.ID, i.Status)
	}
	return nil
}

func (b *Bot) reopenCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	if err := notOver(i); err != nil {
		return Reply{}, err
	}
	i, err := b.Incidents.Reopen(ctx, i.ID, b.named(ctx, c.Args), c.Actor())
	if err != nil {
		return Reply{}, err
	}
	return done(i, "is active again.")
}

func (b *Bot) openReopenClick(_ context.Context, c Click, i *incident.Incident, _ string) (Reply, error) {
	if err := notOver(i); err != nil {
		return Reply{}, err
	}
	return Open(view.ReopenModal(i, c.Channel)), nil
}

func (b *Bot) reopenSubmission(ctx context.Context, s Submission, i *incident.Incident) (Reply, error) {
	if err := notOver(i); err != nil {
		return inField("reason", err)
	}
	_, err := b.Incidents.Reopen(ctx, i.ID, b.named(ctx, s.Values.Text("reason")), s.Actor())
	return inField("reason", err)
}

func (b *Bot) cancelCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	if c.Args == "" && i.Status.Ongoing() {
		return Open(view.CancelModal(i, c.Channel)), nil
	}
	i, err := b.Incidents.Cancel(ctx, i.ID, b.named(ctx, c.Args), c.Actor())
	if err != nil {
		return Reply{}, err
	}
	return done(i, "is cancelled. If it was real after all: `%s reopen`.", b.Settings.Command)
}

func (b *Bot) cancelSubmission(ctx context.Context, s Submission, i *incident.Incident) (Reply, error) {
	_, err := b.Incidents.Cancel(ctx, i.ID, b.named(ctx, s.Values.Text("reason")), s.Actor())
	return inField("reason", err)
}

// closeCommand shows what is still open before the paperwork ends; it warns and
// never blocks.
func (b *Bot) closeCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	if i.Status != incident.StatusResolved {
		i, err := b.Incidents.Close(ctx, i.ID, c.Actor())
		if err != nil {
			return Reply{}, err
		}
		return done(i, "is closed.")
	}
	s, err := b.situation(ctx, i)
	if err != nil {
		return Reply{}, err
	}
	return Open(view.CloseModal(s, c.Channel)), nil
}

func (b *Bot) openCloseClick(ctx context.Context, c Click, i *incident.Incident, _ string) (Reply, error) {
	return b.closeCommand(ctx, Command{User: c.User, Channel: c.Channel}, i)
}

func (b *Bot) closeSubmission(ctx context.Context, s Submission, i *incident.Incident) (Reply, error) {
	if _, err := b.Incidents.Close(ctx, i.ID, s.Actor()); err != nil {
		return Reply{}, err
	}
	return Reply{}, nil
}

// inFields is inField for all inputs of a form: every mistake is shown at once.
func inFields(mistakes map[string]error) (Reply, error) {
	all := Reply{Fields: map[string]string{}}
	for block, mistake := range mistakes {
		one, err := inField(block, mistake)
		if err != nil {
			return Reply{}, err
		}
		maps.Copy(all.Fields, one.Fields)
	}
	return all, nil
}

// inField shows an error for people below the input it is about; a modal is then
// kept open with everything that was typed.
func inField(block string, err error) (Reply, error) {
	if incident.CodeOf(err) == "" {
		return Reply{}, err
	}
	return Reply{Fields: map[string]string{block: strings.ReplaceAll(personal(err), "`", "")}}, nil
}
