package bot

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// somebodyReached has a contact method of each kind, so many in all.
func somebodyReached(contacts int) view.Me {
	m := view.Me{Command: "/incident"}
	for n := range contacts {
		method := paging.Methods()[n%len(paging.Methods())]
		m.Contacts = append(m.Contacts, paging.Contact{ID: paging.ContactID(n + 1), Person: "U0ALICE", Method: method, Address: fmt.Sprintf("address%d", n)})
	}
	return m
}

// asItCame is what Slack sends when a form is saved as it was opened.
func asItCame(t *testing.T, form slack.ModalViewRequest) Values {
	t.Helper()
	raw, err := json.Marshal(form)
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Blocks []struct {
			ID      string `json:"block_id"`
			Element struct {
				Initial slack.OptionBlockObject `json:"initial_option"`
			}
		}
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	values := Values{}
	for _, b := range v.Blocks {
		if strings.Contains(b.ID, ":") {
			values[b.ID] = slack.BlockAction{SelectedOption: b.Element.Initial}
		}
	}
	return values
}

func choose(v Values, field, value string) {
	v[field] = slack.BlockAction{SelectedOption: slack.OptionBlockObject{Value: value}}
}

// chosenIn reads what a form has chosen for one urgency. An order that is read from it
// does not show that: what was not asked about stays as it is.
func chosenIn(t *testing.T, v Values, urgency string) []use {
	t.Helper()
	var rules []paging.Rule
	for field := range v {
		rest, ours := strings.CutPrefix(field, urgency+":")
		if !ours || v.Text(field) == view.Never {
			continue
		}
		id, _, _ := strings.Cut(rest, ":")
		contact, err := strconv.Atoi(id)
		if err != nil {
			t.Fatalf("field %s: %v", field, err)
		}
		after, err := time.ParseDuration(v.Text(field))
		if err != nil {
			t.Fatalf("field %s: %v", field, err)
		}
		rules = append(rules, paging.Rule{After: after, Contact: paging.Contact{ID: paging.ContactID(contact)}})
	}
	return uses(rules)
}

// TestSavingTheFormAsItCameChangesNothing whatever the present rules are: each is chosen
// in a field of its own, of more contact methods than the form has room for, too.
func TestSavingTheFormAsItCameChangesNothing(t *testing.T) {
	t.Parallel()
	d := rand.New(rand.NewPCG(3, 5))
	for n := range 300 {
		m := somebodyReached(1 + d.IntN(60))
		if n%30 == 0 {
			m = somebodyReached(200)
		}
		for range d.IntN(16) {
			m.High = append(m.High, anyRule(d, m.Contacts))
		}
		for range d.IntN(16) {
			m.Low = append(m.Low, anyRule(d, m.Contacts))
		}
		v := asItCame(t, view.RulesModal(m))
		for urgency, rules := range map[string][]paging.Rule{paging.UrgencyHigh: m.High, paging.UrgencyLow: m.Low} {
			if got := chosenIn(t, v, urgency); !slices.Equal(got, uses(rules)) {
				t.Fatalf("%s: the form begins with %v, want %v", urgency, got, uses(rules))
			}
			o, err := readOrder(v, urgency, m.Contacts, rules)
			if len(rules) > 0 && (err != nil || !o.asBefore) {
				t.Fatalf("%s: of %v it makes %v, %v", urgency, uses(rules), uses(o.rules), err)
			}
		}
	}
}

func anyRule(d *rand.Rand, contacts []paging.Contact) paging.Rule {
	return paging.Rule{After: time.Duration(d.IntN(86_401)) * time.Second, Contact: contacts[d.IntN(len(contacts))]}
}

func TestAChangedFormKeepsWhatItShows(t *testing.T) {
	t.Parallel()
	m := somebodyReached(3) // Slack, a text, a call
	m.High = []paging.Rule{{Contact: m.Contacts[0]}, {After: time.Minute, Contact: m.Contacts[1]}, {After: 7 * time.Minute, Contact: m.Contacts[1]}}
	v := asItCame(t, view.RulesModal(m))
	choose(v, "high:1:0", view.Never)
	choose(v, "high:2:0", "5m0s")
	choose(v, "high:3:0", "0s")
	o, err := readOrder(v, paging.UrgencyHigh, m.Contacts, m.High)
	if want := []use{{2, 5 * time.Minute}, {2, 7 * time.Minute}, {3, 0}}; err != nil || o.asBefore || !slices.Equal(uses(o.rules), want) {
		t.Errorf("it makes %v, %v; want %v", uses(o.rules), err, want)
	}
	if o.rules[0].Contact.ID != 3 {
		t.Errorf("contact method %d is first, want the one that is used at once", o.rules[0].Contact.ID)
	}
}

// TestAContactMethodThatCameMeanwhileKeepsItsPlace since the form did not ask about it.
func TestAContactMethodThatCameMeanwhileKeepsItsPlace(t *testing.T) {
	t.Parallel()
	opened := somebodyReached(1)
	opened.High = paging.DefaultRules(paging.UrgencyHigh, opened.Contacts)
	now := somebodyReached(2)
	usual := paging.DefaultRules(paging.UrgencyHigh, now.Contacts)
	o, err := readOrder(asItCame(t, view.RulesModal(opened)), paging.UrgencyHigh, now.Contacts, usual)
	if err != nil || !o.asBefore {
		t.Errorf("it makes %v of %v, %v", uses(o.rules), uses(usual), err)
	}
}

func TestRefusedChoicesNameTheirField(t *testing.T) {
	t.Parallel()
	all := somebodyReached(20)
	for _, c := range all.Contacts {
		all.High = append(all.High, paging.Rule{Contact: c}) // more than CheckRules allows
	}
	few := somebodyReached(2)
	few.High = paging.DefaultRules(paging.UrgencyHigh, few.Contacts)
	for name, c := range map[string]struct {
		of          view.Me
		chosen      map[string]string
		field, says string
	}{
		"too many":  {all, nil, "high:16:0", "At most 15 notification rules"},
		"too late":  {few, map[string]string{"high:2:0": "25h"}, "high:2:0", "between no time and 24 hours"},
		"backwards": {few, map[string]string{"high:1:0": "-1m"}, "high:1:0", "between no time and 24 hours"},
		"forged":    {few, map[string]string{"high:2:1": "soon"}, "high:2:1", "is not a time to wait"},
		"nothing":   {few, map[string]string{"high:1:0": view.Never, "high:2:0": view.Never}, "high:1:0", "No page would reach you"},
	} {
		v := asItCame(t, view.RulesModal(c.of))
		for field, value := range c.chosen {
			choose(v, field, value)
		}
		o, err := readOrder(v, paging.UrgencyHigh, c.of.Contacts, c.of.High)
		if incident.CodeOf(err) != incident.Invalid || o.field != c.field || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: refused at %q with %v", name, o.field, err)
		}
	}
}
