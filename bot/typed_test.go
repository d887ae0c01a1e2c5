package bot

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/incident"
)

func TestDeclarationsAreReadAsTyped(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]incident.Declaration{
		"":                              {},
		"sev1":                          {Severity: incident.SEV1},
		"sev2 Checkout is down":         {Severity: incident.SEV2, Title: "Checkout is down"},
		"SEV-3\tprivate  Two  words":    {Severity: incident.SEV3, Private: true, Title: "Two  words"},
		"private sev1\nA leak":          {Severity: incident.SEV1, Private: true, Title: "A leak"},
		"PRIVATE leak":                  {Private: true, Title: "leak"},
		"private private parts":         {Private: true, Title: "private parts"},
		"sev1 sev2 is what they say":    {Severity: incident.SEV1, Title: "sev2 is what they say"},
		"S3 is down":                    {Title: "S3 is down"},
		"5 shops are closed":            {Title: "5 shops are closed"},
		"Checkout sev1":                 {Title: "Checkout sev1"},
		"severe trouble with checkouts": {Title: "severe trouble with checkouts"},
		"sev 1 Checkout is down":        {Severity: incident.SEV1, Title: "Checkout is down"},
		"Severity 2: Checkout is down":  {Severity: incident.SEV2, Title: "Checkout is down"},
		"sev - 4 Checkout":              {Severity: incident.SEV4, Title: "Checkout"},
		"p1 Checkout is down":           {Severity: incident.SEV1, Title: "Checkout is down"},
		"P-5, Checkout is ugly":         {Severity: incident.SEV5, Title: "Checkout is ugly"},
		"p2":                            {Severity: incident.SEV2},
		"P9 printers are on fire":       {Title: "P9 printers are on fire"},
		"sev":                           {Title: "sev"},
		"sev one is what they say":      {Title: "sev one is what they say"},
		"sev1st of all":                 {Title: "sev1st of all"},
	} {
		got := readDeclaration(typed)
		if diff := cmp.Diff(want, got.Declaration); diff != "" || got.now || got.doubt != "" {
			t.Errorf("%q, now %t, doubt %q (-want +got):\n%s", typed, got.now, got.doubt, diff)
		}
	}
}

func TestWhatWasNotUnderstoodIsAskedAbout(t *testing.T) {
	t.Parallel()
	services := []pageable{{kindService, "checkout", "Checkout"}, {kindService, "search", "Search engine"}}
	for typed, want := range map[string]struct {
		title, doubt string
		severity     incident.Severity
		service      string
	}{
		"sev9 Checkout":               {title: "Checkout", doubt: "There is no severity “sev9”"},
		"now SEV 0 Checkout":          {title: "Checkout", doubt: "There is no severity “SEV 0”"},
		"p0 private Checkout":         {title: "Checkout", doubt: "There is no severity “p0”"},
		"sev0":                        {doubt: "There is no severity “sev0”"},
		"sev9 on checkout Pay":        {title: "on checkout Pay", doubt: "There is no severity “sev9”"},
		"now sev2 on":                 {doubt: "after “on” the service", severity: incident.SEV2},
		"sev2 on nosuch Insider":      {title: "on nosuch Insider", doubt: "There is no service “nosuch”; name one of: Checkout, Search engine.", severity: incident.SEV2},
		"on chekcout Pay":             {title: "on chekcout Pay", doubt: "There is no service “chekcout”; did you mean checkout?"},
		"on friday the batch fails":   {title: "on friday the batch fails", doubt: "There is no service “friday”"},
		"on checkout sev9 Pay":        {title: "Pay", doubt: "There is no severity “sev9”", service: "checkout"},
		"on search engine sev 1 Slow": {title: "Slow", severity: incident.SEV1, service: "search"},
		"sev1 on Checkout":            {severity: incident.SEV1, service: "checkout"},
		"on-call page is broken":      {title: "on-call page is broken"},
	} {
		got := readDeclarationOn(typed, services)
		if got.Title != want.title || got.Severity != want.severity || got.Service != want.service || !strings.Contains(got.doubt, want.doubt) || (got.doubt == "") != (want.doubt == "") {
			t.Errorf("%q: title %q, %d, service %q, doubt %q; want %+v", typed, got.Title, got.Severity, got.Service, got.doubt, want)
		}
	}
	if d := readDeclarationOn("on friday the batch fails", nil); d.Title != "on friday the batch fails" || d.doubt != "" {
		t.Errorf("without services: title %q, doubt %q; want prose", d.Title, d.doubt)
	}
}

func TestEscapesAreUndoneOnceAtTheEdge(t *testing.T) {
	t.Parallel()
	for delivered, want := range map[string]string{
		"a &amp;amp; b &lt;c&gt;":                       "a &amp; b <c>",
		"R&amp;D &lt;b:c&gt; fails":                     "R&D <b:c> fails",
		"ask <@U0BOB|bob> about &lt;@U0BOB&gt;":         "ask <@U0BOB|bob> about <@U0BOB>",
		"see <https://e.example/?a=1&amp;b=2|the page>": "see the page (https://e.example/?a=1&b=2)",
		"<!channel> in <#C1|general> is <@X1>":          "@channel in #general is @X1",
	} {
		if got := typed(delivered); got != want {
			t.Errorf("%q is %q, want %q", delivered, got, want)
		}
	}
}

func TestNowIsReadOffTheFrontOnly(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]bool{
		"now": true, "now sev1 Checkout is down": true, "sev1 NOW private Checkout is down": true, "now now and then": true,
		"Checkout is down now": false, "sev1 nowhere to go": false, "Checkout now fails": false,
	} {
		if d := readDeclaration(typed); d.now != want || (d.Title != "" && d.Title == typed && d.now) {
			t.Errorf("%q: now is %t with title %q, want %t", typed, d.now, d.Title, want)
		}
	}
	if d := readDeclaration("now now and then"); d.Title != "now and then" {
		t.Errorf("the title is %q: more than one now was taken off", d.Title)
	}
}

func TestWhatSoundsTheSameComesFirst(t *testing.T) {
	t.Parallel()
	var list []*incident.Incident
	for n, title := range []string{"Login is broken", "Search is slow", "Checkout is down", "Оплата не работает", "The checkout is slow"} {
		list = append(list, &incident.Incident{ID: incident.ID(n + 1), Title: title})
	}
	for title, want := range map[string][]incident.ID{
		"":                          {1, 2, 3, 4, 5},
		"Is it up?":                 {1, 2, 3, 4, 5},
		"CHECKOUT, slow!":           {5, 2, 3, 1, 4},
		"Не работает оплата":        {4, 1, 2, 3, 5},
		"login-page login Checkout": {1, 3, 5, 2, 4},
	} {
		var got []incident.ID
		for _, i := range alikeFirst(slices.Clone(list), title) {
			got = append(got, i.ID)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", title, diff)
		}
	}
}

func TestCommandsAreSplitAtTheFirstSpace(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string][2]string{
		"":                          {"", ""},
		"  LIST ":                   {"list", ""},
		"note at  14:05\nTwo":       {"note", "at  14:05\nTwo"},
		"Declare\tSev1 Checkout":    {"declare", "Sev1 Checkout"},
		"note\u00a0with a no-break": {"note", "with a no-break"},
	} {
		if name, args := splitCommand(typed); name != want[0] || args != want[1] {
			t.Errorf("%q is %q with %q, want %q", typed, name, args, want)
		}
	}
}

func TestPersonIsTakenOutOfWords(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]struct {
		person incident.PersonID
		words  string
		code   incident.Code
	}{
		"":                                  {},
		"commander":                         {words: "commander"},
		"<@U0BOB>":                          {person: "U0BOB"},
		"<@U0BOB|bob> ops":                  {person: "U0BOB", words: "ops"},
		"communications <@W0BOB|bob>  lead": {person: "W0BOB", words: "communications lead"},
		"ops <@U0BOB> <@U0EVE>":             {code: incident.Invalid},
		"<@U0BOB> <@U0BOB> ops":             {code: incident.Invalid},
		"ops to <@U0BOB>":                   {person: "U0BOB", words: "ops"},
		"to <@U0BOB|bob>":                   {person: "U0BOB"},
		"ops @zelda":                        {code: incident.NotFound},
		"@zelda":                            {code: incident.NotFound},
		"mail zelda@example.com":            {words: "mail zelda@example.com"},
	} {
		person, words, err := takePerson(typed)
		if person != want.person || words != want.words || incident.CodeOf(err) != want.code {
			t.Errorf("%q gives %q, %q, %v", typed, person, words, err)
		}
	}
}

func TestDutyIsTakenOffATask(t *testing.T) {
	t.Parallel()
	synctest.Test(t, dutyIsTakenOffATask) // today stays the same
}

func dutyIsTakenOffATask(t *testing.T) {
	today := time.Now().UTC()
	day := time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC)
	tomorrow := day.AddDate(0, 0, 1)
	for typed, want := range map[string]struct {
		text  string
		owner incident.PersonID
		due   time.Time
		code  incident.Code
	}{
		"Call the bank":                            {text: "Call the bank"},
		"Call the bank <@U0BOB|bob>":               {text: "Call the bank", owner: "U0BOB"},
		"<@U0BOB> call the bank":                   {text: "call the bank", owner: "U0BOB"},
		"Ask <@U0BOB> about it":                    {text: "Ask <@U0BOB> about it"},
		"Call due tomorrow":                        {text: "Call", due: tomorrow},
		"Call <@U0BOB> due on tomorrow":            {text: "Call", owner: "U0BOB", due: tomorrow},
		"Call due by tomorrow <@U0BOB>":            {text: "Call", owner: "U0BOB", due: tomorrow},
		"Pay what is due to the bank due tomorrow": {text: "Pay what is due to the bank", due: tomorrow},
		"Pay what is due to the bank":              {text: "Pay what is due to the bank"},
		"Call DUE in 1 day":                        {text: "Call", due: tomorrow},
		"Call due fryday":                          {code: incident.Invalid},
		"Call due 1999-12-01":                      {code: incident.Invalid},
		"Call due 2000-02-30 at noon":              {code: incident.Invalid},
		"Call @zelda":                              {code: incident.NotFound},
		"Mail zelda@example.com":                   {text: "Mail zelda@example.com"},
	} {
		text, owner, due, err := takeDuty(typed, time.UTC)
		if text != want.text || owner != want.owner || !due.Equal(want.due) || incident.CodeOf(err) != want.code {
			t.Errorf("%q gives %q, %q, %v, %v", typed, text, owner, due, err)
		}
	}
}

func TestPromiseStandsAtTheEndOfAnUpdate(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"We look. next 30m":                  "30m",
		"We look next update in 2 hours":     "2 hours",
		"We look. Next in 1.5h":              "1.5h",
		"next 30m":                           "30m",
		"We look, next 1h30m.":               "1h30m",
		"We look, next 1 hour and 30 min":    "1 hour and 30 min",
		"All is well next none":              "none",
		"All is well, next never":            "never",
		"What comes next 30m later we see.":  "",
		"We know what is next":               "",
		"The context 30m":                    "",
		"We turn to the next 3 shops later!": "",
	} {
		got := ""
		if m := nextPattern.FindStringSubmatch(typed); m != nil {
			got = m[1]
		}
		if got != want {
			t.Errorf("%q promises %q, want %q", typed, got, want)
		}
	}
}

func TestNearestCommandIsWhatWasMeant(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"delcare": "declare", "sevrity": "severity", "resovle": "resolve", "tsk": "task", "hlep": "help",
		"postmortm": "postmortem", "handof": "handoff", "timelnie": "timeline", "followupp": "action", "pgae": "page", "staus": "status",
		"frobnicate": "", "x": "", "!": "", "bananas": "", strings.Repeat("x", 100_000): "",
	} {
		if got, ok := nearestCommand(typed); got.name != want || ok != (want != "") {
			t.Errorf("%.40q is near %q, %t, want %q", typed, got.name, ok, want)
		}
	}
}

func TestTypingMistakesAreCounted(t *testing.T) {
	t.Parallel()
	for words, want := range map[[2]string]int{
		{"", ""}: 0, {"", "abc"}: 3, {"abc", ""}: 3, {"kitten", "sitting"}: 3, {"help", "hlep"}: 1, {"ab", "ba"}: 1, {"abc", "cab"}: 2, {"tocsin", "tocsin"}: 0, {"é", "e"}: 1,
	} {
		if there, back := typingMistakes(words[0], words[1]), typingMistakes(words[1], words[0]); there != want || back != want {
			t.Errorf("%q: %d and %d mistakes, want %d", words, there, back, want)
		}
	}
}

func TestEveryNameAndAliasFindsItsCommand(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, c := range commands() {
		for _, name := range append([]string{c.name}, c.aliases...) {
			if found, ok := findCommand(name); !ok || found.name != c.name {
				t.Errorf("%q finds %q, want %q", name, found.name, c.name)
			}
			if other := seen[name]; other != "" {
				t.Errorf("%q is both %s and %s", name, other, c.name)
			}
			seen[name] = c.name
		}
	}
}

func TestRoleWords(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]incident.Role{
		"commander": incident.Commander, "IC": incident.Commander, "Incident Commander": incident.Commander, "lead": incident.Commander,
		"ops": incident.Operations, "Operations Lead": incident.Operations, "comms": incident.Comms, "communications lead": incident.Comms,
		" scribe ": incident.Scribe, "sme": incident.Responder, "juggler": "", "": "",
	} {
		if got, err := incident.ParseRole(typed); got != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v", typed, got, err)
		}
	}
}

func TestNumberBeforeAnIdeaIsPartOfIt(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]struct {
		number  int
		outcome string
		settles bool
	}{
		"1 confirmed":                      {1, "confirmed", true},
		"#2 ruled out":                     {2, "ruled out", true},
		"3 perhaps":                        {3, "perhaps", true},
		"4":                                {4, "", true},
		"#5 it was the cat":                {5, "it was the cat", true},
		"500 errors come from the gateway": {500, "errors come from the gateway", false},
		"The certificate expired":          {0, "", false},
		"2038 is here":                     {2038, "is here", false},
		"":                                 {0, "", false},
	} {
		number, outcome, settles := settlement(typed)
		if settles != want.settles || settles && (number != want.number || outcome != want.outcome) {
			t.Errorf("%q gives %d, %q, %v", typed, number, outcome, settles)
		}
	}
}

func TestOnlyATimeDatesANoteBack(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]bool{
		"at 14:05 the phone rang": true, "At yesterday 14:05 it rang": true, "at 10m ago it rang": true,
		"at least three shops call": false, "at nowhere": false, "attention": false, "": false,
	} {
		if got := datedPattern.MatchString(typed); got != want {
			t.Errorf("%q: dated %v, want %v", typed, got, want)
		}
	}
}
