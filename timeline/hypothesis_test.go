package timeline

import (
	"testing"

	"github.com/tocsinhq/tocsin/incident"
)

func TestParseOutcome(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Outcome{"confirm": Confirmed, "Confirmed": Confirmed, " yes": Confirmed, "ruled-out": RuledOut, "rule out": RuledOut, "FALSE": RuledOut} {
		if got, err := ParseOutcome(in); err != nil || got != want {
			t.Errorf("ParseOutcome(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"", "open", "maybe"} {
		if got, err := ParseOutcome(in); incident.CodeOf(err) != incident.Invalid {
			t.Errorf("ParseOutcome(%q) = %q, %v; want a sentence", in, got, err)
		}
	}
}

func TestAnUnknownKindIsItsOwnLabel(t *testing.T) {
	t.Parallel()
	if got := KindLabel("x.from_the_future"); got != "x.from_the_future" {
		t.Errorf("KindLabel = %q", got)
	}
}
