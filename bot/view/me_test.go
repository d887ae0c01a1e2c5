package view

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident/paging"
)

// asMany gives somebody so many contact methods of every kind, and so many rules.
func asMany(contacts, rules int) Me {
	m := Me{Now: noon, Command: "/incident", Own: true, Pages: aPerson().Pages}
	for n := range contacts {
		c := paging.Contact{ID: paging.ContactID(n + 1), Person: alice, Method: paging.Methods()[n%len(paging.Methods())], Address: fmt.Sprintf("<!here>&%d%s", n, strings.Repeat("x", 500))}
		if n%3 > 0 {
			c.VerifiedAt = noon
		}
		if n%4 == 0 {
			c.DisabledAt, c.Reason = noon, "<!channel>"
		}
		m.Contacts = append(m.Contacts, c)
	}
	for n := range rules {
		r := paging.Rule{Position: n + 1, After: time.Duration(n*37) * time.Second, Contact: m.Contacts[n*7%contacts]}
		m.High, m.Low = append(m.High, r), append(m.Low, r)
	}
	return m
}

// TestFormsOfManyContactMethodsFit into what Slack takes. That they begin with the
// present rules is for those to test who read them back.
func TestFormsOfManyContactMethodsFit(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{1, 15}, {2, 2}, {10, 15}, {40, 15}, {200, 15}} {
		m := asMany(size[0], size[1])
		mustBeAccepted(t, MeModal(m))
		mustBeAccepted(t, RulesModal(m))
	}
}

func TestDisablingTheLastWaySaysSo(t *testing.T) {
	t.Parallel()
	m := aPerson()
	if got := whatRemains(m.Contacts[0], m.Contacts); got != "You can still be reached by text message." {
		t.Errorf("Slack's button asks with %q", got)
	}
	if got := whatRemains(m.Contacts[0], m.Contacts[:1]); !strings.Contains(got, "no page will reach you") {
		t.Errorf("the button of the only way asks with %q", got)
	}
}
