package organisation

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// example is the file that the documentation shows.
func example(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("../../docs/organisation.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func parse(t testing.TB, text string) *Document {
	t.Helper()
	doc, err := Parse("org.yaml", []byte(text), noon)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// mistakes returns what is said about a text, without the headline.
func mistakes(t testing.TB, text string) []string {
	t.Helper()
	_, err := Parse("org.yaml", []byte(text), noon)
	var all *Mistakes
	if err == nil {
		return nil
	}
	if !errors.As(err, &all) {
		t.Fatalf("the error is a %T: %v", err, err)
	}
	lines := strings.Split(err.Error(), "\n  ")
	return lines[1:]
}

func TestExampleIsRight(t *testing.T) {
	t.Parallel()
	doc := parse(t, string(example(t)))
	if got := doc.People["alice"].Contact; !cmp.Equal(got, []Contact{{Email: "alice@example.com"}, {SMS: "+4915100000001"}, {Voice: "+4915100000001"}}) {
		t.Errorf("Alice is reached by %+v", got)
	}
}

func TestPrintedDocumentIsReadAsItWas(t *testing.T) {
	t.Parallel()
	doc := parse(t, string(example(t)))
	text, err := doc.YAML()
	if err != nil {
		t.Fatal(err)
	}
	again := parse(t, string(text))
	if d := cmp.Diff(doc, again); d != "" {
		t.Errorf("(-printed +read)\n%s", d)
	}
}

func TestEmptyFileIsNoMistake(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "# nothing\n", "{}", "people: {}\nteams: {}"} {
		if said := mistakes(t, text); said != nil {
			t.Errorf("%q: %v", text, said)
		}
	}
}

// head is a sound organisation to put mistakes below.
const head = `people:
  ann: {slack: U0ANN, name: Ann, zone: Europe/Berlin}
  ben: {slack: U0BEN, name: Ben, zone: Europe/Berlin}
`

func TestEveryMistakeIsSaidWithItsLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"people: [ann]":                     "org.yaml:1: people is a list where keys with values are expected",
		"peple: {}":                         "org.yaml:1: peple is not a key that belongs here; did you mean people?",
		"people:\n  Ann: {}":                "org.yaml:2: people.Ann is not a name;",
		"people:\n  nobody: {}":             "org.yaml:2: people.nobody cannot be a name",
		"people:\n  ann:\n":                 "org.yaml:2: people.ann has no value",
		"people:\n  ann:\n    slack: U0ANN": "org.yaml:2: people.ann lacks name; add it.",
		"people: &p {a: *p}":                "org.yaml:1: people.a lacks slack",
		"a: 1\n---\nb: 2":                   "A second document begins",
		"people:\n\t- x":                    "org.yaml:2: This is not YAML: found character that cannot start any token.",
		"people:\n  ann: {slack: U0ANN, name: Ann, zone: Europe/Berln}":                                                                                      "org.yaml:2: people.ann.zone is not a time zone; did you mean Europe/Berlin?",
		"people:\n  ann: {slack: U0ANN, name: Ann, zone: Local}":                                                                                             "people.ann.zone is not a time zone",
		"people:\n  ann: {slack: ann, name: Ann, zone: UTC}":                                                                                                 "people.ann.slack is not a Slack member id",
		"people:\n  ann: {slack: U0ANN, name: yes, zone: true}":                                                                                              "people.ann.zone is true or false where text is expected",
		"people:\n  ann: {slack: U0ANN, name: [A], zone: UTC}":                                                                                               "people.ann.name is a list where text is expected",
		"people:\n  ann: {slack: U0ANN, name: \"A\\nB\", zone: UTC}":                                                                                         "people.ann.name holds line breaks",
		head + "  cyd: {slack: U0ANN, name: Cyd, zone: UTC}":                                                                                                 "org.yaml:4: people.cyd.slack is the Slack member of ann as well (line 2)",
		head + "  ann: {slack: U0AN2, name: Ann, zone: UTC}":                                                                                                 "org.yaml:4: people.ann stands here and in line 2; remove one of them.",
		head + "  cyd: {slack: U0CYD, name: Cyd, zone: UTC, contact: [{sms: '0151 12'}]}":                                                                    "people.cyd.contact[1].sms is not a telephone number",
		head + "  cyd: {slack: U0CYD, name: Cyd, zone: UTC, contact: [{email: Cyd <c@example.com>}]}":                                                        "people.cyd.contact[1].email is not an e-mail address",
		head + "  cyd: {slack: U0CYD, name: Cyd, zone: UTC, contact: [{webhook: example.com}]}":                                                              "people.cyd.contact[1].webhook is not a URL",
		head + "  cyd: {slack: U0CYD, name: Cyd, zone: UTC, contact: [{push: a b}]}":                                                                         "people.cyd.contact[1].push is not an ntfy topic",
		head + "  cyd: {slack: U0CYD, name: Cyd, zone: UTC, contact: [{sms: +15550100123, email: c@example.com}]}":                                           "people.cyd.contact[1] says several things at once (sms, email)",
		head + "  cyd: {slack: U0CYD, name: Cyd, zone: UTC, contact: [{}]}":                                                                                  "people.cyd.contact[1] says nothing; give one of sms, voice, email, push, webhook.",
		head + "  cyd: {slack: U0CYD, name: Cyd, zone: UTC, contact: [{sms: +15550100123}, {sms: +1 555-010-0123}]}":                                         "people.cyd.contact[2] stands a second time",
		head + "teams:\n  web: {members: [ann, bne]}":                                                                                                        "org.yaml:5: teams.web.members[2] names the person bne, which is not in the file; did you mean ben?",
		head + "teams:\n  web: {members: [ann, ann]}":                                                                                                        "teams.web.members[2] names ann a second time",
		head + "teams:\n  web: {channel: payments}":                                                                                                          "teams.web.channel is not a Slack channel",
		head + "teams:\n  web: {policy: x}":                                                                                                                  "teams.web.policy names the policy x, which is not in the file; add it, or remove the line.",
		head + "teams:\n  web: {name: Web}\n  net: {name: WEB}":                                                                                              "org.yaml:5: teams.web.name is the name of net as well (line 6)",
		"services:\n  a: {depends_on: [a]}":                                                                                                                  "services.a.depends_on names the service itself",
		"services:\n  a: {team: x}":                                                                                                                          "services.a.team names the team x",
		"services:\n  a: {urgency: {always: loud}}":                                                                                                          "services.a.urgency.always is neither high nor low",
		"services:\n  a: {urgency: {always: low, low: sev2}}":                                                                                                "services.a.urgency.always makes low and hours meaningless",
		"services:\n  a: {urgency: {low: sev0}}":                                                                                                             "services.a.urgency.low is not a severity",
		"services:\n  a: {urgency: {hours: {zone: UTC, days: [mon, mo, mon], start: 9, end: '25:00'}}}":                                                      "services.a.urgency.hours.days[2] is not a day of the week; did you mean mon?",
		"services:\n  a: {urgency: {hours: {zone: UTC, days: [mon, mon], start: '09:00', end: '10:00'}}}":                                                    "services.a.urgency.hours.days[2] names mon a second time",
		"services:\n  a: {urgency: {hours: {zone: UTC, days: [], start: '09:00', end: '10:00'}}}":                                                            "services.a.urgency.hours.days is empty",
		"services:\n  a: {urgency: {hours: {zone: UTC, days: [mon], start: '09:00', end: '24:00'}}}":                                                         "services.a.urgency.hours.end is not a time of day",
		"policies:\n  p: {steps: [{targets: [{channel: '#a'}]}]}":                                                                                            "org.yaml:2: policies.p lacks fallback; add it.",
		"policies:\n  p: {steps: [], fallback: [{channel: '#a'}]}":                                                                                           "policies.p.steps is empty",
		"policies:\n  p: {steps: [{targets: []}], fallback: [{channel: '#a'}]}":                                                                              "policies.p.steps[1].targets is empty, so the step would page nobody",
		"policies:\n  p: {steps: [{targets: [{channel: '#a'}]}], fallback: []}":                                                                              "policies.p.fallback is empty",
		"policies:\n  p: {steps: [{targets: [{channel: '#a'}], delay: 5}], fallback: [{channel: '#a'}]}":                                                     "policies.p.steps[1].delay is not a duration; write it with its unit",
		"policies:\n  p: {steps: [{targets: [{channel: '#a'}], delay: -5m}], fallback: [{channel: '#a'}]}":                                                   "policies.p.steps[1].delay is before nothing",
		"policies:\n  p: {steps: [{targets: [{channel: '#a'}], delay: 1500ms}], fallback: [{channel: '#a'}]}":                                                "policies.p.steps[1].delay is finer than a second",
		"policies:\n  p: {steps: [{targets: [{channel: '#a'}], delay: 367d}], fallback: [{channel: '#a'}]}":                                                  "policies.p.steps[1].delay is longer than a year",
		"policies:\n  p: {steps: [{targets: [{channel: '#a'}], delay: 0}], fallback: [{channel: '#a'}]}":                                                     "policies.p.steps[1].delay is 0, so the policy would begin again in the same second",
		"policies:\n  p: {steps: [{targets: [{channel: '#a'}], delay: 0}, {targets: [{channel: '#a'}]}], fallback: [{channel: '#a'}]}":                       "policies.p.steps[2].targets[1] is paged by the step before, too",
		"policies:\n  p: {steps: [{targets: [{channel: '#a'}, {channel: '#a'}]}], fallback: [{channel: '#a'}]}":                                              "policies.p.steps[1].targets[2] stands a second time",
		"policies:\n  p: {steps: [{targets: [{channel: '#a'}]}], repeat: many, fallback: [{channel: '#a'}]}":                                                 "policies.p.repeat is plain text where a whole number is expected",
		"policies:\n  p: {steps: [{targets: [{channel: '#a'}]}], repeat: 1.5, fallback: [{channel: '#a'}]}":                                                  "policies.p.repeat is a number where a whole number is expected",
		"policies:\n  p: {steps: [{targets: [{channel: '#a'}]}], repeat: -1, fallback: [{channel: '#a'}]}":                                                   "policies.p.repeat is not a number from 0 to a million",
		"policies:\n  p: {steps: [{targets: [{channel: '#a'}]}], repeat: 101, fallback: [{channel: '#a'}]}":                                                  "policies.p.repeat is more than 100",
		"policies:\n  p: {steps: [{targets: [{channel: '#a'}]}], acks: 0, fallback: [{channel: '#a'}]}":                                                      "policies.p.acks is 0, so the paging would never begin",
		"policies:\n  p: {steps: [{targets: [{channel: '#a'}]}], ack_timeout: 1s, fallback: [{channel: '#a'}]}":                                              "policies.p.ack_timeout is 1s, so whoever acknowledges would be paged again before they can look; write at least 1m, or 0 for until the end.",
		head + "policies:\n  p: {steps: [{targets: [{person: ann}]}], acks: 2, fallback: [{person: ann}]}":                                                   "policies.p.acks asks for 2 people, and the steps reach at most 1",
		head + "policies:\n  p: {auto_resolve: 10m, steps: [{targets: [{person: ann}], delay: 10m}, {targets: [{person: ben}]}], fallback: [{person: ann}]}": "policies.p.steps[2] can never run: it begins after 10m, when auto_resolve (10m)",
		"policies:\n  p: {steps: [{targets: [{team: t}]}], fallback: [{channel: '#a'}]}\nteams:\n  t: {}":                                                    "policies.p.steps[1].targets[1].team names the team t, which has no members",
		"policies:\n  p: {steps: [{targets: [{user_group: oncall}]}], fallback: [{channel: '#a'}]}":                                                          "policies.p.steps[1].targets[1].user_group is not the id of a Slack user group",
		"policies:\n  p: {steps: [{targets: [{schedule: s}]}], fallback: [{channel: '#a'}]}\nschedules:\n  s: {zone: UTC, layers: [{rotation: {start: 2026-01-01, unit: day, people: [nobody]}}]}": "policies.p.steps[1].targets[1].schedule names the schedule s, in which nobody is on call for the next 60 days",
		"schedules:\n  s: {zone: UTC, layers: []}":                                                                              "schedules.s.layers is empty",
		"schedules:\n  s: {zone: UTC, layers: [{}]}":                                                                            "schedules.s.layers[1] has nobody",
		head + "schedules:\n  s: {zone: UTC, combine: lowest, layers: [{person: ann}]}":                                         "schedules.s.combine is neither highest nor union",
		head + "schedules:\n  s: {zone: UTC, layers: [{person: ann, rotation: {start: 2026-01-01, unit: day, people: [ann]}}]}": "schedules.s.layers[1] has a person and a rotation",
		head + "schedules:\n  s: {zone: UTC, layers: [{rotation: {start: 2026-13-01, unit: day, people: [ann]}}]}":              "schedules.s.layers[1].rotation.start is not a local time",
		head + "schedules:\n  s: {zone: UTC, layers: [{rotation: {start: 2026-01-01, unit: days, people: [ann]}}]}":             "schedules.s.layers[1].rotation.unit is not a unit of turns; did you mean day?",
		head + "schedules:\n  s: {zone: UTC, layers: [{rotation: {start: 2026-01-01, unit: day, length: 0, people: [ann]}}]}":   "schedules.s.layers[1].rotation.length is 0",
		head + "schedules:\n  s: {zone: UTC, layers: [{person: ann, windows: [{days: [mon], start: '09:00'}]}]}":                "schedules.s.layers[1].windows[1] is incomplete; give days, start and end.",
		head + "schedules:\n  s: {zone: UTC, layers: [{person: ann, windows: [{from: fri 17:00}]}]}":                            "schedules.s.layers[1].windows[1] is incomplete; give from and until.",
		head + "schedules:\n  s: {zone: UTC, layers: [{person: ann, windows: [{from: friday, until: mon 09:00}]}]}":             "schedules.s.layers[1].windows[1].from is not a moment of the week",
		head + "schedules:\n  s: {zone: UTC, layers: [{person: ann, from: 2026-02-01, until: 2026-01-01}]}":                     "schedules.s.layers[1].until is not after from",
		"people:\n  ann: {slack: U0ANN, name: Ann, zone: UTC, contact: [{voice: +15550100123}]}\n" +
			"policies:\n  p: {steps: [{targets: [{person: ann}], delay: 1m}, {targets: [{person: ann}]}], fallback: [{person: ann}]}": "policies.p.steps[2].targets[1] pages ann again after 1m, before the phone call that the first page would make after 3m, which would never come",
	} {
		said := strings.Join(mistakes(t, text), "\n")
		if !strings.Contains(said, want) {
			t.Errorf("%s\nsays\n\t%s\nwant\n\t%s", text, said, want)
		}
		if !strings.HasPrefix(said, "org.yaml:") {
			t.Errorf("%s\nsays nothing about the line:\n\t%s", text, said)
		}
	}
}

func TestAllMistakesAreSaidAtOnce(t *testing.T) {
	t.Parallel()
	text := `people:
  ann: {slack: ann, name: Ann, zone: Mars/Olympus}
teams:
  web: {members: [bob], colour: red}
policies:
  p:
    steps: [{targets: [{person: ana}], delay: soon}]
`
	want := []string{
		`org.yaml:2: people.ann.zone is not a time zone; use an IANA name of the form Europe/Berlin.`,
		`org.yaml:2: people.ann.slack is not a Slack member id; it looks like U02ABCDEF: in Slack, open the profile, then ⋮, then Copy member ID.`,
		`org.yaml:4: teams.web.colour is not a key that belongs here; remove it; the keys here are name, channel, policy, manager, members.`,
		`org.yaml:4: teams.web.members[1] names the person bob, which is not in the file; add it, or remove the line.`,
		`org.yaml:6: policies.p lacks fallback; add it.`,
		`org.yaml:7: policies.p.steps[1].delay is not a duration; write it with its unit, like 90s, 5m, 1h30m or 2d.`,
		`org.yaml:7: policies.p.steps[1].targets[1].person names the person ana, which is not in the file; did you mean ann?`,
	}
	if d := cmp.Diff(want, mistakes(t, text)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// TestAllMistakesOfSchedulesAreSaidAtOnce: none hides another, none is said twice, and
// none is said that only follows from another.
func TestAllMistakesOfSchedulesAreSaidAtOnce(t *testing.T) {
	t.Parallel()
	text := head + `schedules:
  a:
    zone: UTC
    layers:
      - rotation: {start: 2026-01-05T09:00, unit: week, length: 0, people: [ann, ben]}
        from: 2026-03-01
        until: 2026-02-01
      - rotation: {start: 2026-01-05T09:00, unit: day, length: 900, timeline: elapsed, people: [nobody]}
        windows: [{from: friday, until: mon 09:00}]
    temporary:
      - {from: 2026-05-02, until: 2026-05-01, shifts: [{person: ann, from: 2026-05-04, until: 2026-05-03}]}
      - {from: 2026-06-01, until: 2026-06-03, shifts: [{person: bob, from: 2026-06-02, until: 2026-06-04}]}
      - {from: 2026-06-02, until: 2026-06-05, shifts: []}
      - {from: soon, until: 2026-06-04, shifts: [{person: ann, from: 2026-06-02, until: 2026-06-01}]}
  b:
    zone: Mars/Base
    layers: [{person: ann, from: 2026-03-01, until: 2026-02-01}]
    temporary: [{from: 2026-05-02, until: 2026-05-01, shifts: []}]
  c:
    layers: [{rotation: {unit: day, length: 900, people: [ann]}}]
    temporary: [{until: 2026-05-01, shifts: [{person: ann, from: 2026-04-30, until: 2026-04-29}]}]
`
	want := []string{
		"org.yaml:8: schedules.a.layers[1].rotation.length is 0, so no turn would ever end; write 1 or more.",
		"org.yaml:10: schedules.a.layers[1].until is not after from; correct one of them.",
		"org.yaml:11: schedules.a.layers[2].rotation.length is 900; a turn of more than a year is not possible, write at most 366.",
		"org.yaml:11: schedules.a.layers[2].rotation.timeline is elapsed, which only hours can be; leave it out.",
		"org.yaml:11: schedules.a.layers[2].rotation.people has empty turns only; name who takes turns.",
		"org.yaml:12: schedules.a.layers[2].windows[1].from is not a moment of the week; write day and time, like fri 17:00.",
		"org.yaml:14: schedules.a.temporary[1].until is not after from, so it would never hold; correct one of them.",
		"org.yaml:14: schedules.a.temporary[1].shifts[1].until is not after from, so it would never hold; correct one of them.",
		"org.yaml:15: schedules.a.temporary[2].shifts[1].person names the person bob, which is not in the file; add it, or remove the line.",
		"org.yaml:15: schedules.a.temporary[2].shifts[1] reaches beyond its temporary schedule; cut it, or make that longer.",
		"org.yaml:16: schedules.a.temporary[3] overlaps temporary[2]; only one can hold at a time, so cut one of them.",
		"org.yaml:17: schedules.a.temporary[4].from is not a local time; write it like 2026-01-05T09:00, without a zone: that of the schedule holds.",
		"org.yaml:17: schedules.a.temporary[4].shifts[1].until is not after from, so it would never hold; correct one of them.",
		"org.yaml:19: schedules.b.zone is not a time zone; use an IANA name of the form Europe/Berlin.",
		"org.yaml:20: schedules.b.layers[1].until is not after from; correct one of them.",
		"org.yaml:21: schedules.b.temporary[1].until is not after from, so it would never hold; correct one of them.",
		"org.yaml:22: schedules.c lacks zone; add it.",
		"org.yaml:23: schedules.c.layers[1].rotation lacks start; add it.",
		"org.yaml:24: schedules.c.temporary[1] lacks from; add it.",
		"org.yaml:24: schedules.c.temporary[1].shifts[1].until is not after from, so it would never hold; correct one of them.",
	}
	if d := cmp.Diff(want, mistakes(t, text)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestNothingWrittenAndZeroDiffer(t *testing.T) {
	t.Parallel()
	const policy = "policies:\n  p: {steps: [{targets: [{channel: '#a'}]%s}], fallback: [{channel: '#a'}]%s}"
	read := func(step, rest string) Policy {
		return parse(t, strings.Replace(strings.Replace(policy, "%s", step, 1), "%s", rest, 1)).Policies["p"]
	}
	silent, zero := read("", ""), read(", delay: 0", ", repeat: 0")
	if *silent.Repeat != 2 || *silent.Steps[0].Delay != defaultDelay {
		t.Errorf("nothing written: repeat %d, delay %s", *silent.Repeat, silent.Steps[0].Delay)
	}
	if *zero.Repeat != 0 || *zero.Steps[0].Delay != 0 {
		t.Errorf("zero written: repeat %d, delay %s", *zero.Repeat, zero.Steps[0].Delay)
	}
}

func TestHostileDocumentsEndSoon(t *testing.T) {
	t.Parallel()
	var laughs strings.Builder
	laughs.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := range 9 {
		n := string(rune('0' + i))
		next := string(rune('1' + i))
		laughs.WriteString("a" + next + ": &a" + next + " [" + strings.Repeat("*a"+n+", ", 9) + "*a" + n + "]\n")
	}
	laughs.WriteString("teams:\n  t:\n    members: *a9\n")
	for name, text := range map[string]string{
		"aliases of aliases": laughs.String(),
		"nesting":            "people: " + strings.Repeat("[", 9000) + strings.Repeat("]", 9000),
		"flow nesting":       "people: " + strings.Repeat("{a: ", 9000) + strings.Repeat("}", 9000),
		"a long text":        "people: {ann: {name: " + strings.Repeat("x", MaxFile-100) + "}}",
		"too large":          strings.Repeat("#\n", MaxFile),
		"many keys":          strings.Repeat("x: 1\n", 20_000),
		"many mistakes":      "teams: {t: {members: [" + strings.Repeat("x, ", 20_000) + "x]}}",
	} {
		began := time.Now()
		said := mistakes(t, text)
		if len(said) == 0 || len(strings.Join(said, "")) > 200_000 {
			t.Errorf("%s: %d mistakes", name, len(said))
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s took %s", name, took)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(string(example(f)))
	f.Add(head)
	f.Add("people: &p {a: *p}")
	f.Add("policies: {p: {steps: [{targets: [{channel: '#a'}], delay: 0}], fallback: [], repeat: 0}}")
	f.Add("? [a]\n: b\n*x : 1")
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := Parse("org.yaml", []byte(text), noon)
		if err != nil {
			return
		}
		printed, err := doc.YAML()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse("printed.yaml", printed, noon)
		if err != nil {
			t.Fatalf("what was printed is not accepted: %v\n%s", err, printed)
		}
		if d := differences(doc, again); len(d) > 0 {
			t.Fatalf("printed and read again: %+v\n%s", d, printed)
		}
	})
}

func TestHugeFilesEndSoon(t *testing.T) {
	t.Parallel()
	var people, unknown, policies strings.Builder
	people.WriteString("people:\n")
	unknown.WriteString("teams:\n  t:\n    members:\n")
	for i := range 5_000 {
		fmt.Fprintf(&people, "  p%d: {slack: U0%d, name: P, zone: UTC}\n", i, i)
		fmt.Fprintf(&unknown, "      - q%d\n", i)
	}
	policies.WriteString("schedules:\n  s: {zone: UTC, layers: [{rotation: {start: 2200-01-01, unit: hour, people: [p0]}}]}\npolicies:\n")
	for i := range 3_000 {
		fmt.Fprintf(&policies, "  p%d: {steps: [{targets: [{schedule: s}]}], fallback: [{person: p0}]}\n", i)
	}
	for name, c := range map[string]struct {
		text     string
		mistakes int
	}{
		"many people":          {people.String(), 0},
		"many unknown people":  {people.String() + unknown.String(), maxMistakes},
		"many empty schedules": {people.String() + policies.String(), maxMistakes},
		"a great many targets": {head + "policies: {p: {steps: [{targets: [" + strings.Repeat("{person: ann}, ", 10_000) + "]}], fallback: [{person: ann}]}}", 1},
		"a great many days":    {"services: {s: {urgency: {hours: {zone: UTC, start: '09:00', end: '10:00', days: [" + strings.Repeat("mon, ", 20_000) + "]}}}}", maxMistakes},
		"a great many members": {head + "teams: {t: {members: [" + strings.Repeat("ann, ", 20_000) + "]}}", maxMistakes},
	} {
		began := time.Now()
		if said := mistakes(t, c.text); len(said) != c.mistakes {
			t.Errorf("%s: %d mistakes, want %d", name, len(said), c.mistakes)
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s took %s", name, took)
		} else {
			t.Logf("%s took %s", name, took)
		}
	}
}

func FuzzDuration(f *testing.F) {
	for _, s := range []string{"0", "5m", "1h30m", "2d", "1d12h", "-1s", "1e9h", "366d", "0.5h", "d", "1d-1h"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, problem := parseDuration(s)
		if problem != "" {
			return
		}
		if d < 0 || time.Duration(d) > maxDuration || time.Duration(d)%time.Second != 0 {
			t.Fatalf("%q is %d", s, d)
		}
		if again, problem := parseDuration(d.String()); again != d || problem != "" {
			t.Fatalf("%q is printed as %s, which is %d (%s)", s, d, again, problem)
		}
	})
}

func FuzzLocalTime(f *testing.F) {
	for _, s := range []string{"2026-01-05T09:00", "2026-01-05 09:00", "2026-01-05", "2026-10-25T02:30", "2026-10-25T02:30+01:00", "2026-03-29T02:30", "2026-01-05T09:00:00Z"} {
		f.Add(s, "Europe/Berlin")
		f.Add(s, "Australia/Lord_Howe")
	}
	f.Fuzz(func(t *testing.T, s, zone string) {
		if zoneForm(zone) != "" {
			return
		}
		at, problem := parseInstant(s, zone)
		if problem != "" {
			return
		}
		printed := printInstant(at, zone)
		if again, problem := parseInstant(printed, zone); !again.Equal(at) || problem != "" {
			t.Fatalf("%q in %s is %s, printed as %q, which is %s (%s)", s, zone, at, printed, again, problem)
		}
	})
}
