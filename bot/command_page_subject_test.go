package bot

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident/oncall"
	"github.com/tocsinhq/tocsin/incident/roster"
)

func TestWhomToPageIsReadOffTheFront(t *testing.T) {
	t.Parallel()
	list := []pageable{{kindService, "checkout", "Checkout"}, {kindTeam, "payments", "Payments"}, {kindSchedule, "payments-primary", "Payments primary"},
		{kindPolicy, "payments", "Payments ladder"}, {kindGroup, "S0DB", "@db-team"}}
	for typed, want := range map[string]string{
		"checkout is down":               "service:checkout|is down",
		"Payments primary, please":       "schedule:payments-primary|please",
		"payments primary the queue":     "schedule:payments-primary|the queue",
		"PAYMENTS money is lost":         "team:payments|money is lost",
		"policy:payments money":          "policy:payments|money",
		"“Payments ladder” now":          "policy:payments|now",
		"@db-team the disk is full":      "group:S0DB|the disk is full",
		"checkouts are down":             "",
		"":                               "",
		"schedule:payments-primary":      "schedule:payments-primary|",
		"payments-primary payments-prim": "schedule:payments-primary|payments-prim",
	} {
		found, rest, ok := matchPageable(typed, list)
		got := ""
		if ok {
			got = found.String() + "|" + rest
		}
		if got != want {
			t.Errorf("%q is %q, want %q", typed, got, want)
		}
	}
	people, rest := leadingMentions("<@U0BOB|bob>, <@U0ALICE> <@U0BOB> wake up <@U0CAROL>")
	if len(people) != 2 || people[0] != "U0BOB" || people[1] != "U0ALICE" || rest != "wake up <@U0CAROL>" {
		t.Errorf("people are %v, the rest %q", people, rest)
	}
}

func TestASlipIsAnsweredWithWhatWasMeant(t *testing.T) {
	t.Parallel()
	list := []pageable{{kindService, "checkout", "Checkout"}, {kindService, "db", ""}, {kindTeam, "payments", "Payments"}, {kindSchedule, "nw-1", "Night watch"}}
	for typed, want := range map[string]string{
		"chekout is down":       "did you mean checkout?",
		"CHEKOUT":               "did you mean checkout?",
		"nigth watch the queue": "did you mean nw-1?",
		"pyaments":              "did you mean payments?",
		"the":                   "name one of: Checkout, db, Payments, Night watch.",
		"d":                     "did you mean db?",
		"checks are failing":    "name one of: Checkout, db, Payments, Night watch.",
		"":                      "name one of: Checkout, db, Payments, Night watch.",
	} {
		if got := meantOrAll(typed, list); got != want {
			t.Errorf("%q is answered %q, want %q", typed, got, want)
		}
	}
	many := slices.Repeat(list, 4)
	if got := meantOrAll("nothing", many); strings.Count(got, ", ") != 12 || !strings.HasSuffix(got, ", …") {
		t.Errorf("of %d names it names %q", len(many), got)
	}
	for want, list := range map[string][]pageable{
		`Nobody can be paged by the name "chekout"; did you mean checkout? Or mention a person with @.`: list,
		`Nobody can be paged by the name "chekout"; name one of: Storage. Or mention a person with @.`:  {{kindPolicy, "checkout", ""}, {kindTeam, "storage", "Storage"}},
		`Nobody can be paged by the name "chekout"; mention a person with @.`:                           {{kindGroup, "S0CHECKOUT", "@checkout"}},
	} {
		if got := noPageable("chekout is down", list).Error(); got != want {
			t.Errorf("whom to page is asked with %q, want %q", got, want)
		}
	}
	if _, _, err := readService("storage 2h", []roster.Service{{ID: "checkout", Name: "Checkout"}}); err == nil || err.Error() != "There is no service \"storage\"; name one of: Checkout. `all` holds back every page." {
		t.Errorf("a service that there is not is answered %v", err)
	}
}

func TestOverridesAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for typed, want := range map[string]struct {
		action oncall.Action
		until  string
		reason string
	}{
		"<@U0BOB> until 18:00": {oncall.Set, "2026-11-21T18:00:00Z", ""},
		"<@U0BOB> from tomorrow 22:00 until 06:00 because of a concert":        {oncall.Set, "2026-11-23T06:00:00Z", "of a concert"},
		"<@U0BOB> from 13:00 until 14:00 as well":                              {oncall.Add, "2026-11-21T14:00:00Z", ""},
		"<@U0BOB> until mon 09:00 instead of <@U0ALICE> because she is away":   {oncall.Replace, "2026-11-23T09:00:00Z", "she is away"},
		"<@U0BOB> until in 2h the train is late":                               {oncall.Set, "2026-11-21T14:00:00Z", "the train is late"},
		"<@U0BOB> From now Until 2026-11-24 08:00 Instead of <@U0ALICE> lunch": {oncall.Replace, "2026-11-24T08:00:00Z", "lunch"},
	} {
		p, err := readOverride(typed, now, time.UTC)
		if err != nil || p.Action != want.action || p.Until.Format(time.RFC3339) != want.until || p.Reason != want.reason || p.Person != "U0BOB" {
			t.Errorf("%q is %+v, %v; want %+v", typed, p, err, want)
		}
	}
	for _, typed := range []string{"", "until 18:00", "<@U0BOB>", "<@U0BOB> <@U0ALICE> until 18:00", "<@U0BOB> from 18:00", "<@U0BOB> until 18:00 instead of her"} {
		if p, err := readOverride(typed, now, time.UTC); err == nil {
			t.Errorf("%q is taken as %+v", typed, p)
		}
	}
}
