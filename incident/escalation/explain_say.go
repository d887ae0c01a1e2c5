package escalation

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// sayer puts explanations into words.
type sayer struct{ timeline.Words }

func (s sayer) name(p incident.PersonID) string {
	if s.Name == nil {
		return string(p)
	}
	return s.Name(p)
}

func (s sayer) text(text string) string {
	if s.Text == nil {
		return text
	}
	return s.Text(text)
}

func (s sayer) at(t time.Time) string {
	if s.When == nil {
		return t.UTC().Format("2006-01-02 15:04:05 UTC")
	}
	return s.When(t)
}

// who lists people and places; nobody is said, too.
func (s sayer) who(r Reached) string {
	var all []string
	for _, p := range r.People {
		all = append(all, s.name(p))
	}
	for _, p := range r.Places {
		all = append(all, s.target(Target{Kind: TargetKind(p.Kind), ID: p.Name}))
	}
	if len(all) == 0 {
		return "nobody"
	}
	return strings.Join(all, ", ")
}

// target names what a step aims at. Of a webhook only the host is said: its address
// may be a secret.
func (s sayer) target(t Target) string {
	switch t.Kind {
	case TargetPerson:
		return s.name(incident.PersonID(t.ID))
	case TargetNext:
		return "whoever is next in the schedule " + s.text(t.ID)
	case TargetGroup:
		return "the user group " + s.text(t.ID)
	case TargetWebhook:
		u, err := url.Parse(t.ID)
		if err != nil || u.Host == "" {
			return "a webhook"
		}
		return "the webhook at " + s.text(u.Host)
	}
	return "the " + string(t.Kind) + " " + s.text(t.ID)
}

// aims says what each target means: "the schedule primary (bob)".
func (s sayer) aims(all []Aim) string {
	var said []string
	for _, a := range all {
		text := s.target(a.Target)
		if a.Kind != TargetPerson && len(a.Places) == 0 {
			text += " (" + s.who(a.Reached) + ")"
		} else if a.Kind == TargetPerson && a.nobody() {
			text += " (nobody)"
		}
		if a.Note != "" {
			text += ": " + strings.TrimSuffix(s.text(a.Note), ".")
		}
		said = append(said, text)
	}
	if len(said) == 0 {
		return "names nobody"
	}
	return strings.Join(said, "; ")
}

func stepName(step, pass int) string {
	name := "Step " + fmt.Sprint(step)
	if step == 0 {
		name = "The fallback"
	}
	if pass > 0 {
		name += fmt.Sprintf(" (pass %d)", pass+1)
	}
	return name
}

// Sentences says the forecast line by line: what is paged and how urgently, then every
// rung as it would fire, then how it ends. Nil words are said as timeline.Say does.
func (f *Forecast) Sentences(w timeline.Words) []string {
	s := sayer{w}
	lines := []string{s.head(f)}
	if f.Refused != "" {
		return append(lines, s.text(f.Refused))
	}
	for _, h := range f.Holds {
		lines = append(lines, "Maintenance holds the page from "+s.at(h.From)+s.until(h.Until)+".")
	}
	for _, r := range f.Rungs {
		for _, skipped := range r.Skipped {
			lines = append(lines, fmt.Sprintf("%s, %s, has nobody and takes no time: %s.", stepName(skipped.Step, r.Pass), s.at(r.At), s.aims(skipped.Aims)))
		}
		lines = append(lines, s.rung(r))
	}
	return append(lines, s.ending(f))
}

func (s sayer) head(f *Forecast) string {
	by := "people without a policy"
	if f.Plan.ID != "" {
		by = "the policy " + s.text(cmp.Or(f.Plan.Name, f.Plan.ID))
	}
	why := map[UrgencyCause]string{
		UrgencyAlways:   "the service always pages so",
		UrgencySeverity: "by the severity " + f.Severity.String(),
		UrgencyHours:    "it is outside the service's hours",
		UrgencyAsked:    "a policy that is asked for by itself pages so",
	}[f.Because]
	if f.assumed && f.Because == UrgencySeverity {
		why += ", which is assumed"
	}
	return fmt.Sprintf("Paging %s, %s, goes by %s, with %s urgency: %s.", s.text(f.Subject), s.at(f.At), by, f.Urgency, why)
}

func (s sayer) until(t time.Time) string {
	if t.IsZero() {
		return " until somebody ends it"
	}
	return " until " + s.at(t)
}

func (s sayer) rung(r Rung) string {
	does := "pages"
	if r.nobody() {
		does = "has nobody to page:"
	}
	line := fmt.Sprintf("%s, %s, %s %s", stepName(r.Step, r.Pass), s.at(r.At), does, s.aims(r.Aims))
	if r.Delay > 0 {
		line += "; then it waits " + timeline.SpanInFull(r.Delay)
	}
	return line + "."
}

func (s sayer) ending(f *Forecast) string {
	switch f.End {
	case EndLow:
		return "Low urgency climbs no further."
	case EndAge:
		if f.Urgency == Low {
			return "Low urgency climbs no further; it resolves itself at " + s.at(f.Ends) + ", by its age."
		}
		return "It resolves itself at " + s.at(f.Ends) + ", by its age."
	case EndHeld:
		return "It waits until the maintenance is ended."
	case EndCut:
		return "There is more; this is as far as a forecast looks."
	}
	if f.Nobody() {
		return "Nobody at all is paged."
	}
	return "If nobody has answered by " + s.at(f.Ends) + ", everybody was asked and it climbs no further."
}

// Sentences says the account line by line: of the person first, if one was asked for,
// then everything that happened. ofPage, which may be nil, gives further lines about a
// page of the person, such as its messages. Nil words are said as timeline.Say does.
func (a *Account) Sentences(w timeline.Words, ofPage func(*Escalation, PersonPage) []string) (lines []string) {
	s := sayer{w}
	if len(a.Courses) == 0 {
		lines = append(lines, s.nothing(a))
	}
	for _, entry := range a.Refused {
		lines = append(lines, s.at(entry.OccurredAt)+": "+timeline.Say(entry.Event, w)+".")
	}
	if len(a.Courses) == 0 {
		return lines
	}
	if a.Person != "" {
		lines = append(lines, s.verdict(a))
		for _, c := range a.Courses {
			lines = append(lines, s.person(a, c, ofPage)...)
		}
	}
	for _, c := range a.Courses {
		lines = append(lines, fmt.Sprintf("Paging %s, which is %s now:", s.text(c.Escalation.Subject), c.Escalation.State))
		for _, entry := range c.Record {
			lines = append(lines, "  "+s.at(entry.OccurredAt)+": "+timeline.Say(entry.Event, w)+".")
		}
	}
	return lines
}

func (s sayer) nothing(a *Account) string {
	if a.Service == "" {
		return fmt.Sprintf("Nobody was paged for %s: it was declared for no service, and nobody asked for anybody.", a.Incident)
	}
	return fmt.Sprintf("Nobody was paged for %s, although it was declared for the service %s.", a.Incident, s.text(a.Service))
}

// verdict answers the question in one sentence. Nobody is called paged who was only
// tried: whoever knows the messages says how far they have come.
func (s sayer) verdict(a *Account) string {
	pages, far := 0, "."
	if a.Far != "" {
		far = "; " + a.Far + "."
	}
	for _, c := range a.Courses {
		pages += len(c.Pages)
	}
	switch pages {
	case 0:
		return fmt.Sprintf("%s was not asked for %s.", s.name(a.Person), a.Incident)
	case 1:
		return fmt.Sprintf("%s was asked once for %s%s", s.name(a.Person), a.Incident, far)
	}
	return fmt.Sprintf("%s was asked %d times for %s%s", s.name(a.Person), pages, a.Incident, far)
}

func (s sayer) person(a *Account, c Course, ofPage func(*Escalation, PersonPage) []string) (lines []string) {
	subject := s.text(c.Escalation.Subject)
	for _, p := range c.Pages {
		lines = append(lines, fmt.Sprintf("%s of %s asked %s at %s.", stepName(p.Step, p.Pass), subject, s.name(a.Person), s.at(p.At)))
		if ofPage != nil {
			lines = append(lines, ofPage(c.Escalation, p)...)
		}
	}
	for _, r := range c.Reasons {
		lines = append(lines, s.reason(a.Person, subject, r))
	}
	return lines
}

// reason says why a step left somebody out.
func (s sayer) reason(p incident.PersonID, subject string, r Reason) string {
	step, who, at, others := stepName(r.Step, 0)+" of "+subject, s.name(p), s.at(r.At), s.who(Reached{People: r.Others})
	switch r.Kind {
	case ReasonRemoved:
		return who + " was removed from the organisation and is left out of every page."
	case ReasonAcknowledged:
		return fmt.Sprintf("%s at %s left %s out, who had acknowledged already.", step, at, who)
	case ReasonAltered:
		return fmt.Sprintf("%s at %s did not mean %s; %s does by today's plan, which was altered since.", step, at, who, s.target(r.Target))
	case ReasonUnnamed:
		return fmt.Sprintf("%s at %s names %s.", step, at, s.target(r.Target))
	case ReasonNotReached:
		return fmt.Sprintf("%s would page %s, through %s, and has not fired: %s.", step, who, s.through(r.Target), s.stop(r.Stop))
	}
	switch r.Target.Kind {
	case TargetSchedule:
		return fmt.Sprintf("%s at %s: not on call in the schedule %s; %s was.", step, at, s.text(r.Target.ID), others)
	case TargetNext:
		return fmt.Sprintf("%s at %s: not next on call in the schedule %s; %s was.", step, at, s.text(r.Target.ID), others)
	}
	return fmt.Sprintf("%s at %s: not in %s; that is %s.", step, at, s.target(r.Target), others)
}

func (s sayer) through(t Target) string {
	if t.Kind == TargetPerson {
		return "their name"
	}
	return s.target(t)
}

func (s sayer) stop(stop Stop) string {
	by := ""
	if stop.Person != "" {
		by = " by " + s.name(stop.Person)
	}
	switch stop.Kind {
	case StopAcknowledged:
		return "it was acknowledged" + by + " at " + s.at(stop.At)
	case StopSnoozed:
		return "it was snoozed" + by + " at " + s.at(stop.At)
	case StopResolved:
		if by != "" {
			return "it was stopped" + by + " at " + s.at(stop.At)
		}
		return "paging was over at " + s.at(stop.At)
	case StopLow:
		return "low urgency pages only the first step that has somebody"
	case StopHeld:
		return "maintenance holds the page since " + s.at(stop.At)
	case StopExhausted:
		return "the ladder was used up at " + s.at(stop.At)
	}
	return "the next step is due at " + s.at(stop.At) + ", unless somebody acknowledges before"
}
