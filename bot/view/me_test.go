package view

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
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

func TestFormsOfManyContactMethodsFit(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{1, 15}, {2, 2}, {10, 15}, {40, 15}, {200, 15}} {
		m := asMany(size[0], size[1])
		mustBeAccepted(t, MeModal(m))
		form := RulesModal(m)
		mustBeAccepted(t, form)
		for urgency, rules := range map[string][]paging.Rule{paging.UrgencyHigh: m.High, paging.UrgencyLow: m.Low} {
			if got, want := chosenIn(t, form, urgency), usesOf(rules); !slices.Equal(got, want) {
				t.Errorf("%d contact methods, %s: the form begins with %v, want %v", size[0], urgency, got, want)
			}
		}
	}
}

// TestTheFormBeginsWithThePresentRules whatever they are: each is chosen in a field of
// its own, so that saving the form as it came loses none.
func TestTheFormBeginsWithThePresentRules(t *testing.T) {
	t.Parallel()
	d := rand.New(rand.NewPCG(7, 11))
	for range 300 {
		m := asMany(1+d.IntN(10), 0)
		for range d.IntN(16) {
			m.High = append(m.High, paging.Rule{After: time.Duration(d.IntN(86_401)) * time.Second, Contact: m.Contacts[d.IntN(len(m.Contacts))]})
		}
		if got, want := chosenIn(t, RulesModal(m), paging.UrgencyHigh), usesOf(m.High); !slices.Equal(got, want) {
			t.Fatalf("the form begins with %v, want %v", got, want)
		}
	}
}

func usesOf(rules []paging.Rule) []string {
	var all []string
	for _, r := range rules {
		all = append(all, fmt.Sprintf("%d %s", r.Contact.ID, r.After))
	}
	slices.Sort(all)
	return all
}

// chosenIn reads what a form of rules begins with, as Slack would send it back.
func chosenIn(t *testing.T, form any, urgency string) []string {
	t.Helper()
	var v struct {
		Blocks []struct {
			ID      string `json:"block_id"`
			Element struct {
				Initial struct{ Value string } `json:"initial_option"`
			}
		}
	}
	if err := json.Unmarshal(encode(t, form), &v); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, b := range v.Blocks {
		rest, ok := strings.CutPrefix(b.ID, urgency+":")
		if !ok || b.Element.Initial.Value == Never {
			continue
		}
		id, _, _ := strings.Cut(rest, ":")
		all = append(all, id+" "+b.Element.Initial.Value)
	}
	slices.Sort(all)
	return all
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
