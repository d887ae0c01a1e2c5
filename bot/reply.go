package bot

import (
	"strings"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/bot/view"
)

// Reply is what a handler wants shown to the person who asked, as data. The
// zero Reply shows nothing.
type Reply struct {
	Text   string                  // mrkdwn; also the fallback of Blocks
	Blocks []slack.Block           // shown instead of Text where possible
	Modal  *slack.ModalViewRequest // opened (commands, clicks, shortcuts) or put in the place of the submitted one
	Fields map[string]string       // what is wrong with a submission, by block id

	replaces bool // it takes the place of the message that was clicked in

	unopened string // mrkdwn: said as well when Slack does not open Modal

	refused bool // Text says why nothing was done
	trouble bool // and that is our fault: the same may be tried again
}

// Say is a reply of one text.
func Say(text string) Reply { return Reply{Text: text} }

func refuse(text string) Reply { return Reply{Text: text, refused: true} }

// Open is a reply that opens a modal.
func Open(modal slack.ModalViewRequest) Reply { return Reply{Modal: &modal} }

// message is the reply as Slack wants it in an ack payload or at a response_url.
func (r Reply) message() slack.WebhookMessage {
	m := slack.WebhookMessage{Text: r.Text, ResponseType: slack.ResponseTypeEphemeral, ReplaceOriginal: r.replaces}
	if len(r.Blocks) > 0 {
		m.Blocks = &slack.Blocks{BlockSet: r.Blocks}
	}
	return m
}

// notice is the reply as a modal, for where there is no channel to answer in: what
// its sections say, since buttons there would have nowhere to answer either.
func (r Reply) notice() slack.ModalViewRequest {
	var texts []string
	for _, block := range r.Blocks {
		if s, ok := block.(*slack.SectionBlock); ok && s.Text != nil {
			texts = append(texts, s.Text.Text)
		}
	}
	if len(texts) == 0 {
		texts = []string{r.Text}
	}
	return view.Notice(strings.Join(texts, "\n"))
}

func (r Reply) says() bool { return r.Text != "" || len(r.Blocks) > 0 }
