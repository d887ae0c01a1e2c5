package email_test

import (
	"strings"
	"testing"

	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/integrations/email/mailsim"
)

func TestMailWithoutLinksSaysWhereToAnswer(t *testing.T) {
	t.Parallel()
	const says = "Answer in Slack: this mail has no buttons"
	for name, change := range map[string]func(*paging.Message){
		"links":             func(*paging.Message) {},
		"no public URL":     func(m *paging.Message) { m.Actions = []paging.Action{{Name: "ack", Label: "Acknowledge", Code: "12a"}} },
		"nothing to answer": func(m *paging.Message) { m.Actions = nil },
		"one link is missing": func(m *paging.Message) {
			m.Actions = append(m.Actions, paging.Action{Name: "escalate", Label: "Escalate"})
		},
	} {
		sim, n := opened(t, mailsim.Options{})
		m := page("k")
		change(&m)
		mail := sent(t, sim, n, m)
		if want := name == "no public URL"; strings.Contains(mail.Plain, says) != want || strings.Contains(mail.HTML, says) != want {
			t.Errorf("%s: it says where to answer: %v\n%s\n%s", name, !want, mail.Plain, mail.HTML)
		}
	}
}
