package bot

import (
	"context"
	"fmt"
	"strings"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/postmortem"
)

// postmortemCommand says where the review document is, makes a fresh draft, opens
// the form to write in it, or moves it on.
func (b *Bot) postmortemCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	switch name, _ := splitCommand(c.Args); name {
	case "":
		return b.wherePostmortem(ctx, i)
	case "refresh", "draft":
		if _, err := b.Postmortems.Draft(ctx, i.ID, c.Actor()); err != nil {
			return Reply{}, err
		}
		return b.wherePostmortem(ctx, i)
	case "write", "edit":
		return b.postmortemForm(ctx, i, c.Channel, c.Actor())
	case "review":
		return b.advance(ctx, i, postmortem.InReview, c.Actor())
	case "publish":
		return b.advance(ctx, i, postmortem.Published, c.Actor())
	}
	return Reply{}, incident.Errorf(incident.Invalid, "Type `%s postmortem`, or add refresh, write, review or publish.", b.Settings.Command)
}

func (b *Bot) wherePostmortem(ctx context.Context, i *incident.Incident) (Reply, error) {
	url, err := b.postmortemURL(ctx, i)
	if err != nil {
		return Reply{}, err
	}
	if url == "" {
		return done(i, "has no postmortem yet. It is drafted when the incident is resolved, or now with `%s postmortem refresh`.", b.Settings.Command)
	}
	doc, err := b.Postmortems.Read(ctx, i.ID)
	if err != nil {
		return Reply{}, err
	}
	if doc.State == postmortem.Published {
		return replyWith(view.PostmortemPublished(i, url, unfinished(doc), b.Settings.Command)), nil
	}
	return replyWith(view.PostmortemReady(i, url, unfinished(doc))), nil
}

// postmortemForm opens the form to write a section, and makes the first draft if
// nobody did. It refuses at once what the form could only refuse after it was filled.
func (b *Bot) postmortemForm(ctx context.Context, i *incident.Incident, channel string, by incident.Actor) (Reply, error) {
	doc, err := b.Postmortems.Read(ctx, i.ID)
	if incident.CodeOf(err) == incident.NotFound {
		doc, err = b.Postmortems.Draft(ctx, i.ID, by)
	}
	if err != nil {
		return Reply{}, err
	}
	if doc.State == postmortem.Published {
		return Reply{}, incident.Errorf(incident.Conflict, "The postmortem of %s is published; take it back with `%s postmortem %s review` to change it.", i.ID, b.Settings.Command, i.ID)
	}
	var choices []view.SectionChoice
	for _, p := range doc.Parts {
		choices = append(choices, view.SectionChoice{Key: p.Key, Title: p.Title})
	}
	return Open(view.PostmortemModal(i, channel, choices, "", "")), nil
}

func (b *Bot) openPostmortemClick(ctx context.Context, c Click, i *incident.Incident, _ string) (Reply, error) {
	return b.postmortemForm(ctx, i, c.Channel, c.Actor())
}

func (b *Bot) postmortemSubmission(ctx context.Context, s Submission, i *incident.Incident) (Reply, error) {
	err := b.Postmortems.Write(ctx, i.ID, s.Values.Text("section"), b.named(ctx, s.Values.Text("text")), s.Actor())
	return inField("text", err)
}

func (b *Bot) advance(ctx context.Context, i *incident.Incident, to postmortem.State, by incident.Actor) (Reply, error) {
	if err := b.Postmortems.Advance(ctx, i.ID, to, by); err != nil {
		return Reply{}, err
	}
	if to != postmortem.Published {
		return done(i, "has its postmortem %s.", to)
	}
	doc, err := b.Postmortems.Read(ctx, i.ID)
	if err != nil {
		return Reply{}, err
	}
	return done(i, "has its postmortem %s. It stays as it is now. %s", to, b.openGaps(doc))
}

// postmortemURL is the page of the draft, or "" while there is none. The key in
// it is what keeps it from people who were not given the link.
func (b *Bot) postmortemURL(ctx context.Context, i *incident.Incident) (string, error) {
	key, err := b.Postmortems.ReadKey(ctx, i.ID)
	if incident.CodeOf(err) == incident.NotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return b.Settings.PublicURL + "/postmortems/" + key, nil
}

// unfinished counts what a person still has to see to in a document: sections that
// wait for somebody, and wordings.
func unfinished(doc postmortem.Document) int { return len(postmortem.LintText(doc)) }

// How many gaps are named when a postmortem is published all the same.
const namedGaps = 3

// openGaps says how many gaps a published document has, and the first of them.
func (b *Bot) openGaps(doc postmortem.Document) string {
	open := unfinished(doc)
	if open == 0 {
		return ""
	}
	var names []string
	for _, p := range doc.Parts {
		if p.Waits() && len(names) < namedGaps {
			names = append(names, "“"+view.Escape(p.Title)+"”")
		}
	}
	text := fmt.Sprintf(":warning: *%d gaps* in it are still open", open)
	if open == 1 {
		text = ":warning: *1 gap* in it is still open"
	}
	if len(names) > 0 {
		text += ", first in " + strings.Join(names, ", ")
	}
	return text + fmt.Sprintf(". To fill them: `%s postmortem review` takes it back.", b.Settings.Command)
}
