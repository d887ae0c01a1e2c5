package paging

import (
	"strings"
	"testing"
)

func TestSMSKeepsLinkAndCodesWhole(t *testing.T) {
	t.Parallel()
	for name, title := range map[string]string{
		"long":  strings.Repeat("Checkout returns errors ", 200),
		"emoji": strings.Repeat("🔥", 500), "Polish": strings.Repeat("Zażółć gęślą ", 50),
		"brackets": strings.Repeat("[{€}]", 300), "empty": "", "invalid": "\xff\xfe" + strings.Repeat("a", 400),
	} {
		m := Message{Incident: 42, Severity: 2, Title: title, Link: "https://tocsin.example/p/abcdefghijklmnop", Actions: []Action{{Name: ActionAck, Code: "12a"}, {Name: ActionEscalate, Code: "12e"}}}
		got := SMS(m, 2)
		if parts, units, _ := Segments(got); parts > 2 {
			t.Errorf("%s: %d parts, %d units", name, parts, units)
		}
		for _, want := range []string{"INC-42 SEV2", "12a ack", "12e escalate", m.Link} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q is cut out of %q", name, want, got)
			}
		}
	}
}

func TestSMSUsesWhatFits(t *testing.T) {
	t.Parallel()
	got := FitSMS("", strings.Repeat("a", 500), "", 1)
	if parts, units, _ := Segments(got); parts != 1 || units < 158 {
		t.Errorf("%d units in %d parts; want a full part", units, parts)
	}
	if got := FitSMS("", "It’s down – “really”", "", 1); got != `It's down - "really"` {
		t.Errorf("typographic characters stay: %q", got)
	}
}
