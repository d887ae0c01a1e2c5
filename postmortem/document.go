package postmortem

import (
	"slices"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// State is how far the review of a postmortem is.
type State string

// The states of a postmortem.
const (
	Draft     State = "draft"
	InReview  State = "in review"
	Published State = "published"
)

// MaxText bounds what a person may write into one section, in code points.
const MaxText = 50_000

// Document is one postmortem: what the machine wrote and what people wrote,
// side by side. Version grows with every draft that differs from the last.
type Document struct {
	Incident  *incident.Incident
	Version   int // 0: never drafted
	State     State
	Owner     incident.PersonID
	DraftedAt time.Time
	Parts     []Part // in reading order
	Names     map[incident.PersonID]string
	Zone      *time.Location
}

// Part is one section of a document.
type Part struct {
	Key       string
	Title     string
	Record    bool // it quotes the record
	Generated string
	Written   string // empty: the machine's text stands
	WrittenBy incident.PersonID
	WrittenAt time.Time
	BasedOn   string // what the machine had written when the person wrote
}

// Text is what a reader sees: a person's words, else the machine's.
func (p Part) Text() string {
	if p.Written != "" {
		return p.Written
	}
	return p.Generated
}

// Waits reports whether only a person can finish the section, and nobody has.
func (p Part) Waits() bool { return p.Written == "" && strings.Contains(p.Generated, askMark) }

// Outdated reports whether the machine has something else to say than what the
// person had before them when writing.
func (p Part) Outdated() bool { return p.Written != "" && p.BasedOn != p.Generated }

// News lists the lines that the machine has added since the person wrote.
func (p Part) News() []string {
	if !p.Outdated() {
		return nil
	}
	old := map[string]int{}
	for line := range strings.SplitSeq(p.BasedOn, "\n") {
		old[line]++
	}
	var news []string
	for line := range strings.SplitSeq(p.Generated, "\n") {
		if old[line] > 0 {
			old[line]--
			continue
		}
		if strings.Trim(line, " |-#>") != "" {
			news = append(news, line)
		}
	}
	return news
}

// part finds a section by key, nil when there is none.
func (d *Document) part(key string) *Part {
	at := slices.IndexFunc(d.Parts, func(p Part) bool { return p.Key == key })
	if at < 0 {
		return nil
	}
	return &d.Parts[at]
}

// Regenerate puts new machine text beside what people wrote and leaves theirs
// alone. A published document stays as it was published: what was recorded since is
// taken in when it is taken back to review. The same text again changes nothing and is no new version. A section
// that the machine no longer writes keeps a person's words, at the end.
func (d *Document) Regenerate(sections []Section, now time.Time) []incident.Event {
	if d.State == Published {
		return nil
	}
	parts := make([]Part, 0, len(sections))
	changed := d.Version == 0
	for _, s := range sections {
		p, old := Part{Key: s.Key}, d.part(s.Key)
		if old != nil {
			p = *old
		}
		changed = changed || old == nil || p.Generated != s.Text
		p.Title, p.Record, p.Generated = s.Title, s.Record, s.Text
		parts = append(parts, p)
	}
	for _, p := range d.Parts {
		if p.Written != "" && !slices.ContainsFunc(sections, func(s Section) bool { return s.Key == p.Key }) {
			p.Generated = ""
			parts = append(parts, p)
		}
	}
	d.Parts = parts
	if !changed {
		return nil
	}
	d.Version++
	d.DraftedAt = now
	return []incident.Event{incident.PostmortemDrafted{Version: d.Version}}
}

// Write puts a person's words in place of the machine's; an empty text gives
// the section back to the machine. The same text again changes nothing.
func (d *Document) Write(key, text string, by incident.PersonID, now time.Time) ([]incident.Event, error) {
	p := d.part(key)
	text = clean(text)
	switch {
	case d.State == Published:
		return nil, incident.Errorf(incident.Conflict, "The postmortem of %s is published; take it back to review to change it.", d.Incident.ID)
	case p == nil:
		return nil, incident.Errorf(incident.NotFound, "A postmortem has no section %q; the sections are %s.", key, strings.Join(Keys(), ", "))
	case len([]rune(text)) > MaxText:
		return nil, incident.Errorf(incident.Invalid, "That section has %d characters; keep it to %d and link to the rest.", len([]rune(text)), MaxText)
	case text == p.Written:
		return nil, nil
	}
	p.Written, p.WrittenBy, p.WrittenAt, p.BasedOn = text, by, now, p.Generated
	if text == "" {
		p.WrittenBy, p.WrittenAt, p.BasedOn = "", time.Time{}, ""
	}
	return []incident.Event{incident.PostmortemWritten{Section: key}}, nil
}

// clean brings what a form sends to what is stored: valid UTF-8, plain line
// ends, and no NUL, which Postgres cannot hold.
func clean(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "").Replace(strings.ToValidUTF8(text, "\uFFFD"))
	return strings.Trim(text, "\n\t ")
}

// Advance moves the review on, or back. The present state again changes nothing.
func (d *Document) Advance(to State) ([]incident.Event, error) {
	if to == d.State {
		return nil, nil
	}
	next := map[State][]State{
		Draft:     {InReview},
		InReview:  {Draft, Published},
		Published: {InReview},
	}
	switch {
	case next[to] == nil:
		return nil, incident.Errorf(incident.Invalid, "%q is no state of a postmortem; use draft, in review or published.", to)
	case !slices.Contains(next[d.State], to):
		return nil, incident.Errorf(incident.Conflict, "The postmortem of %s is %s; take it to review before it becomes %s.", d.Incident.ID, d.State, to)
	}
	e := incident.PostmortemAdvanced{From: string(d.State), To: string(to)}
	d.State = to
	return []incident.Event{e}, nil
}

// ParseState reads "draft", "review", "in-review" or "published".
func ParseState(s string) (State, error) {
	switch strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), "-", " ") {
	case "draft":
		return Draft, nil
	case "review", "in review":
		return InReview, nil
	case "published", "publish":
		return Published, nil
	}
	return "", incident.Errorf(incident.Invalid, "%q is no state of a postmortem; use draft, in-review or published.", s)
}

// copy is a document whose parts can be altered without touching d's.
func (d Document) copy() Document {
	d.Parts = slices.Clone(d.Parts)
	return d
}

// people lists everybody a reader will see named.
func (d Document) people() []incident.PersonID {
	list := []incident.PersonID{d.Owner}
	for _, p := range d.Parts {
		list = append(list, p.WrittenBy)
	}
	return distinct(list)
}
