package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tocsinhq/tocsin/bot/slacksim"
	"github.com/tocsinhq/tocsin/integrations/jira/jirasim"
	"github.com/tocsinhq/tocsin/integrations/webhook/webhooksim"
)

// stage plays a script of plain sentences on the whole product: people who type,
// click and look, a Slack and a Jira that may fail, and time that passes. The
// scenarios of the tests and the demo in the terminal are such scripts. docs/scenarios.md
// lists the sentences.
type stage struct {
	slack    *slacksim.Workspace
	jira     *jirasim.Sim
	app      func() *App // the App as it is now; it may have been started again
	patience time.Duration
	out      io.Writer // where the play is told; nil: nowhere

	browse       func(path string) (page string, err error) // reads one of our pages; nil where that cannot be
	organisation func(name string) (text string, err error) // reads an organisation file of the plays; nil: there are none
	power        power                                      // switches of the world; zero where there are none
	used         func(kind, name string)                    // is told what was made use of; nil: nobody asks

	others *simulated      // telephones and mailboxes; nil where there are none
	hooks  *webhooksim.Sim // takes webhooks; nil where nobody does
	client *http.Client    // opens links

	place map[string]string // where each person is: a channel's name
	last  map[string]string // what each person was answered last
}

func newStage(slack *slacksim.Workspace, jira *jirasim.Sim, app func() *App, patience time.Duration, out io.Writer) *stage {
	return &stage{slack: slack, jira: jira, app: app, patience: patience, out: out, place: map[string]string{}, last: map[string]string{}}
}

// sentence is one form of line that a stage understands.
type sentence struct {
	form *regexp.Regexp
	do   func(*stage, context.Context, []string) error
}

// allSentences are tried in this order.
var allSentences = sync.OnceValue(func() []sentence { return slices.Concat(faultSentences(), phoneSentences(), sentences()) })

func form(pattern string) *regexp.Regexp {
	p := strings.NewReplacer(
		"PERSON", `([a-z]+)`, "CHANNEL", `(#\S+)`, "TEXT", `(.+)`, "QUOTED", `"([^"]*)"`, "WORD", `(\S+)`, "ID", `(INC-\d+)`,
	).Replace(pattern)
	return regexp.MustCompile(`^` + strings.ReplaceAll(p, " ", `\s+`) + `$`)
}

// play performs a script: blank lines and lines that begin with # and a space are
// told as they are, everything else must be a sentence. The error names the line.
func (s *stage) play(ctx context.Context, script string) error {
	for n, line := range strings.Split(script, "\n") {
		line = strings.TrimSpace(line)
		s.tell(line)
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		if err := s.perform(ctx, line); err != nil {
			return fmt.Errorf("line %d: %s\n\t%w", n+1, line, err)
		}
	}
	return nil
}

func (s *stage) tell(line string) {
	if s.out == nil {
		return
	}
	if rest, ok := strings.CutPrefix(line, "# "); ok {
		line = rest
	} else if line != "" {
		line = "    " + line
	}
	_, _ = fmt.Fprintln(s.out, line) // narration; the exit code tells how it went
}

func (s *stage) perform(ctx context.Context, line string) error {
	for _, known := range allSentences() {
		if m := known.form.FindStringSubmatch(line); m != nil {
			return known.do(s, ctx, m[1:])
		}
	}
	return errors.New("nobody understands this sentence")
}

// until asks again and again until look is content or patience ends; the error is
// what look saw last.
func (s *stage) until(ctx context.Context, look func() error) error {
	deadline := time.Now().Add(s.patience)
	for {
		err := look()
		if err == nil || time.Now().After(deadline) || ctx.Err() != nil {
			return err
		}
		pause(ctx, 50*time.Millisecond)
	}
}

// at is the channel a person is in: where they went last, else #general.
func (s *stage) at(person string) string {
	if c, ok := s.place[person]; ok {
		return c
	}
	return "general"
}

func (s *stage) person(name string) (*slacksim.Person, error) {
	if p := s.slack.Person(name); p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("nobody is called %s", name)
}

// contains is the one way in which texts are looked for: anywhere, in any case,
// white space folded, people's mentions shown as @name.
func contains(text, wanted string) bool {
	return strings.Contains(strings.ToLower(folded(text)), strings.ToLower(folded(wanted)))
}

func folded(s string) string { return strings.Join(strings.Fields(s), " ") }

var mention = regexp.MustCompile(`<@(U[A-Z0-9]+)(\|[^>]*)?>`)
var channelLink = regexp.MustCompile(`<#(C[A-Z0-9]+)(\|[^>]*)?>`)
var dateToken = regexp.MustCompile(`<!date\^[^|>]*\|([^>]*)>`)
var link = regexp.MustCompile(`<(https?://[^|>]*)\|([^>]*)>`)

// readable shows Slack's markup as a person reads it.
func (s *stage) readable(text string) string {
	text = mention.ReplaceAllStringFunc(text, func(m string) string {
		id := mention.FindStringSubmatch(m)[1]
		for _, p := range s.slack.People() {
			if p.ID == id {
				return "@" + p.Name
			}
		}
		return m
	})
	text = channelLink.ReplaceAllStringFunc(text, func(m string) string {
		if c, ok := s.slack.Channel(channelLink.FindStringSubmatch(m)[1]); ok {
			return "#" + c.Name
		}
		return m
	})
	text = dateToken.ReplaceAllString(text, "$1")
	text = link.ReplaceAllString(text, "$2")
	return letters.Replace(text)
}

// letters are what is left of Slack's escapes and marks for a reader. A mark that stands
// between spaces without width is a letter, and so is an accent there.
var letters = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&",
	"\u200b*", "*", "\u200bˋ", "`", "\u200b_", "_", "\u200b~", "~", "\u200b", "", "*", "", "`", "")

// textOf is everything a message or view says, blocks and fallback together.
func textOf(text string, blocks []any) string {
	var b strings.Builder
	b.WriteString(text)
	for _, block := range blocks {
		collectText(&b, block)
	}
	return b.String()
}

// asIs escapes texts of a view that Slack shows as they are.
var asIs = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// collectText gathers the values of all "text" fields, labels of buttons included.
// What Slack shows as it is, is escaped first, so that readable gives it back as it was.
func collectText(b *strings.Builder, v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			collectText(b, item)
		}
	case map[string]any:
		if text, ok := v["text"].(string); ok {
			if v["type"] == "plain_text" {
				text = asIs.Replace(text)
			}
			b.WriteString("\n" + text)
		}
		for _, key := range []string{"text", "fields", "elements", "accessory", "label", "hint", "title", "blocks", "initial_value", "placeholder", "options", "element"} {
			if child, ok := v[key]; ok {
				if text, isText := child.(string); isText && key != "text" {
					b.WriteString("\n" + asIs.Replace(text))
					continue
				}
				collectText(b, child)
			}
		}
	}
}
