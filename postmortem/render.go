package postmortem

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"reflect"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/util"
)

// Render writes the whole document as Markdown.
func Render(d Document) string {
	var b strings.Builder
	b.WriteString("# " + d.title() + "\n\n" + d.standing() + "\n")
	for _, p := range d.Parts {
		b.WriteString("\n## " + escape(p.Title) + "\n\n" + d.body(p) + "\n")
	}
	return b.String()
}

// title is the document's heading, unique because the incident's number is.
func (d Document) title() string {
	return "Postmortem of " + d.Incident.ID.String() + ": " + escape(d.Incident.Title)
}

// standing says how far the review is and who owns it.
func (d Document) standing() string {
	state := string(d.State)
	s := fmt.Sprintf("**%s**, version %d, %s.", strings.ToUpper(state[:min(1, len(state))])+state[min(1, len(state)):], d.Version, d.facts().when(d.DraftedAt))
	if d.Owner != "" {
		s += " Owner: " + escape(d.facts().name(d.Owner)) + "."
	}
	if d.State == Published && d.Incident.Status.Ongoing() {
		s += " **The incident was reopened since: this is how it was published.**"
	}
	return s
}

// facts lends the ways to show names and times.
func (d Document) facts() Facts { return Facts{Names: d.Names, Zone: d.Zone}.complete() }

// body is a section as a reader sees it: the text, who wrote it, and what the
// machine would add.
func (d Document) body(p Part) string {
	parts := []string{p.Generated}
	if p.Written != "" {
		parts = append([]string{closed(p.Written)}, "*Written by "+escape(d.facts().name(p.WrittenBy))+", "+d.facts().when(p.WrittenAt)+".*", news(p))
	}
	if p.Key == "questions" {
		parts = append(parts, textFindings(d))
	}
	return blocks(parts...)
}

// maxNews bounds how many new lines are shown under a section.
const maxNews = 10

// news is the note under a section that the record has outrun.
func news(p Part) string {
	if !p.Outdated() {
		return ""
	}
	lines := p.News()
	if len(lines) == 0 {
		return "> **The record has changed since this was written;** nothing was added."
	}
	note := "> **The record has changed since this was written.** New is:\n>"
	for _, line := range lines[:min(maxNews, len(lines))] {
		note += "\n> - " + flat(line)
	}
	if more := len(lines) - maxNews; more > 0 {
		note += "\n> - and " + count(more, "more line")
	}
	return note
}

// flat takes a line out of its table, list or quotation.
func flat(line string) string {
	if row, ok := strings.CutPrefix(line, "| "); ok {
		return strings.ReplaceAll(strings.TrimSuffix(row, " |"), " | ", " · ")
	}
	return strings.TrimSuffix(strings.TrimLeft(line, " >-#"), "\\")
}

// textFindings are the lint's words about the text: which sections wait for a
// person, and which wordings judge people.
func textFindings(d Document) string {
	var waiting, items []string
	for _, f := range LintText(d) {
		if f.Rule == RuleSectionEmpty {
			waiting = append(waiting, "“"+escape(f.Where)+"”")
			continue
		}
		items = append(items, fmt.Sprintf("**%s, line %d:** %s %s", escape(f.Where), f.Line, escape(f.Says), escape(f.Fix)))
	}
	if len(waiting) > 0 {
		waiting = []string{"Waiting for a person to write: " + and(waiting) + "."}
	}
	if len(items) > 0 {
		items = []string{"Wordings to think about:", bullets(items)}
	}
	return blocks(append(waiting, items...)...)
}

//go:embed page.html
var page string

var pageTemplate = template.Must(template.New("page").Parse(page))

// markdown knows no raw HTML: what looks like it is text, so that nothing a
// person wrote is lost. goldmark drops javascript: links itself.
var markdown = goldmark.New(
	goldmark.WithParser(parser.NewParser(
		parser.WithBlockParsers(without(parser.DefaultBlockParsers(), parser.NewHTMLBlockParser())...),
		parser.WithInlineParsers(without(parser.DefaultInlineParsers(), parser.NewRawHTMLParser())...),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...))),
	goldmark.WithExtensions(extension.Table, extension.Strikethrough))

// without leaves out the parsers of the same type as unwanted.
func without(parsers []util.PrioritizedValue, unwanted any) []util.PrioritizedValue {
	return slices.DeleteFunc(parsers, func(v util.PrioritizedValue) bool {
		return reflect.TypeOf(v.Value) == reflect.TypeOf(unwanted)
	})
}

// pageSection is a section on the page.
type pageSection struct {
	Key, Title string
	Badge      string
	Body       template.HTML
}

// HTML draws the document as one self-contained page: own style, no script, no
// request to anywhere. Serve it with a policy that forbids scripts.
func HTML(d Document) (template.HTML, error) {
	standing, err := convert(d.standing())
	if err != nil {
		return "", err
	}
	view := struct {
		Title    string
		Standing template.HTML
		Private  bool
		Sections []pageSection
	}{Title: fold(d.Incident.Title), Standing: standing, Private: d.Incident.Private}
	view.Title = "Postmortem of " + d.Incident.ID.String() + ": " + view.Title
	for _, p := range d.Parts {
		body, err := convert(d.body(p))
		if err != nil {
			return "", err
		}
		view.Sections = append(view.Sections, pageSection{Key: p.Key, Title: p.Title, Badge: badge(p), Body: body})
	}
	var b strings.Builder
	if err := pageTemplate.Execute(&b, view); err != nil {
		return "", fmt.Errorf("draw postmortem: %w", err)
	}
	return template.HTML(b.String()), nil
}

// convert is safe because goldmark leaves raw HTML and dangerous addresses out.
func convert(text string) (template.HTML, error) {
	var b bytes.Buffer
	if err := markdown.Convert([]byte(text), &b); err != nil {
		return "", fmt.Errorf("draw Markdown: %w", err)
	}
	return template.HTML(b.String()), nil
}

func badge(p Part) string {
	switch {
	case p.Outdated():
		return "record has changed"
	case p.Waits():
		return "to be written"
	}
	return ""
}
