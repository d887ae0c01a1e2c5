package postmortem

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/incident"
)

// marks are findings as "where:line rule".
func marks(list []Finding) []string {
	var out []string
	for _, f := range list {
		out = append(out, fmt.Sprintf("%s:%d %s", f.Where, f.Line, f.Rule))
	}
	return out
}

// written is a document whose only section is text by a person.
func written(text string) Document {
	return Document{Incident: &incident.Incident{}, Parts: []Part{{Key: "trigger", Title: "Trigger", Written: text}}}
}

func TestBlamingWordsAreFoundWithTheirLine(t *testing.T) {
	t.Parallel()
	for text, line := range map[string]int{
		"We should have tested it.":             1,
		"One\ntwo\nthey should’ve looked":       3,
		"She could not have known":              1,
		"Bo failed to check":                    1,
		"It was HUMAN ERROR.":                   1,
		"a careless change":                     1,
		"Why didn't anybody look?":              1,
		"Why did nobody see it?":                1,
		"Why did Bo not call?":                  0,
		"The vendor is to blame.":               1,
		"It was her fault.":                     1,
		"The pool was full.":                    0,
		"We hold blameless reviews.":            0,
		"A fault in the disk":                   0,
		"It should fail over within a minute.":  0,
		"The alert could have been louder.":     1,
		"Somebody forgot to renew it.\nfine":    1,
		"The default of the cheque fault line.": 0,
	} {
		var want []string
		if line > 0 {
			want = []string{fmt.Sprintf("Trigger:%d blameless", line)}
		}
		if diff := cmp.Diff(want, marks(LintText(written(text)))); diff != "" {
			t.Errorf("%q (-want +got)\n%s", text, diff)
		}
	}
}

func TestQuotationsOfTheRecordAreNotJudged(t *testing.T) {
	t.Parallel()
	d := written("")
	d.Parts[0].Generated = "“You should have asked”"
	d.Parts[0].Record = true
	if got := LintText(d); len(got) != 0 {
		t.Errorf("the record is judged: %v", got)
	}
	d.Parts[0].Record = false
	if got := marks(LintText(d)); len(got) != 1 {
		t.Errorf("the text is not judged: %v", got)
	}
	d.Parts[0].Record, d.Parts[0].Written = true, "You should have asked"
	if got := marks(LintText(d)); len(got) != 1 {
		t.Errorf("what a person wrote in place of the record is not judged: %v", got)
	}
}

func TestSectionsThatWaitForPeopleAreFoundUntilSomebodyWrites(t *testing.T) {
	t.Parallel()
	d := drafted(richFacts(t))
	want := []string{"Impact:0 section-empty", "Detection:0 section-empty", "Trigger:0 section-empty", "Contributing factors:0 section-empty",
		"Mitigators and luck:0 section-empty", "What went well and what was hard:0 section-empty"}
	if diff := cmp.Diff(want, marks(LintText(d))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, err := d.Write("impact", "About 300 customers.", ann, noon); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want[1:], marks(LintText(d))); diff != "" {
		t.Errorf("after writing (-want +got)\n%s", diff)
	}
}

// nothing is missing from a good incident; each case of the next test spoils one thing.
func goodFacts() Facts {
	f := factsOf(after(15), &record{})
	f.Incident.Status, f.Incident.Cause = incident.StatusResolved, "A deploy."
	f.Incident.Milestones = incident.Milestones{ImpactStarted: after(-3), Detected: noon, Acknowledged: after(1), Mitigated: after(9), Resolved: after(15)}
	f.Tasks = []*incident.Task{{Number: 1, Kind: incident.ActionItem, Text: "Add an alert", Owner: bo, DueOn: after(5000)}}
	return f
}

func TestTheRecordIsLinted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spoil func(*Facts)
		want  []string
	}{
		{"nothing missing", func(*Facts) {}, nil},
		{"impact start unknown", func(f *Facts) { f.Incident.Milestones.ImpactStarted = time.Time{} }, []string{"Milestones:0 milestone"}},
		{"acknowledged before detected", func(f *Facts) { f.Incident.Milestones.Acknowledged = after(-1) }, []string{"Time to acknowledge:0 milestone"}},
		{"no cause", func(f *Facts) { f.Incident.Cause = "" }, []string{"Cause:0 cause"}},
		{"no action item", func(f *Facts) { f.Tasks = nil }, []string{"Action items:0 action-none"}},
		{"tasks are no action items", func(f *Facts) { f.Tasks[0].Kind = incident.Todo }, []string{"Action items:0 action-none"}},
		{"ten action items", func(f *Facts) { repeatTask(f, 10) }, nil},
		{"eleven action items", func(f *Facts) { repeatTask(f, 11) }, []string{"Action items:0 action-many"}},
		{"nobody's", func(f *Facts) { f.Tasks[0].Owner = "" }, []string{"Action item 1:0 action-owner"}},
		{"no date", func(f *Facts) { f.Tasks[0].DueOn = time.Time{} }, []string{"Action item 1:0 action-due"}},
		{"vague", func(f *Facts) { f.Tasks[0].Text = "Investigate the pool" }, []string{"Action item 1:0 action-vague"}},
		{"vague with an end", func(f *Facts) { f.Tasks[0].Text = "Investigate the pool (done when its limits are written down)" }, nil},
		{"wishful", func(f *Facts) { f.Tasks[0].Text = "Be more careful with deploys, done when it is better" }, []string{"Action item 1:0 action-vague"}},
		{"done items are let be", func(f *Facts) { f.Tasks[0].Text, f.Tasks[0].Owner, f.Tasks[0].DoneAt = "Investigate", "", noon }, nil},
		{"a silence", func(f *Facts) { f.Incident.Milestones.Resolved = after(30) }, []string{"Timeline:0 gap"}},
		{"a broken promise", func(f *Facts) {
			f.Lines = append(f.Lines, factsOf(noon, (&record{}).add(1, incident.By(ann), incident.UpdatePosted{Text: "x", NextDue: after(2)})).Lines[1])
		}, []string{"Communications:0 promise"}},
		{"ongoing ones have no end yet", func(f *Facts) {
			f.Incident.Status, f.Incident.Milestones.Mitigated, f.Incident.Milestones.Resolved = incident.StatusActive, time.Time{}, time.Time{}
		}, nil},
		{"cancelled ones owe nothing", func(f *Facts) {
			f.Incident.Status, f.Incident.Cause, f.Incident.Milestones, f.Tasks = incident.StatusCancelled, "", incident.Milestones{}, nil
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := goodFacts()
			c.spoil(&f)
			if diff := cmp.Diff(c.want, marks(LintRecord(f))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func repeatTask(f *Facts, n int) {
	one := f.Tasks[0]
	f.Tasks = nil
	for range n {
		f.Tasks = append(f.Tasks, one)
	}
}

func TestEveryFindingSaysWhatToDo(t *testing.T) {
	t.Parallel()
	list := append(LintRecord(disorderFacts()), LintRecord(richFacts(t))...)
	list = append(list, LintText(drafted(disorderFacts()))...)
	list = append(list, LintText(written("We should have failed to be careless"))...)
	for _, f := range list {
		if f.Where == "" || f.Rule == "" || f.Says == "" || !strings.HasSuffix(f.Fix, ".") && !strings.HasSuffix(f.Fix, "?") {
			t.Errorf("incomplete finding %+v", f)
		}
	}
}
