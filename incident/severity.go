package incident

import (
	"strconv"
	"strings"
)

// Severity grades the impact; people set it. 1 is the worst, 5 the mildest.
type Severity int

// The five grades. DefaultSeverity is taken when nobody says.
const (
	SEV1 Severity = iota + 1
	SEV2
	SEV3
	SEV4
	SEV5
	DefaultSeverity = SEV3
)

// Severities lists all grades, worst first.
func Severities() []Severity { return []Severity{SEV1, SEV2, SEV3, SEV4, SEV5} }

// Valid reports whether s is one of the five grades.
func (s Severity) Valid() bool { return s >= SEV1 && s <= SEV5 }

// WorseThan reports whether s has more impact than o.
func (s Severity) WorseThan(o Severity) bool { return s < o }

// String returns the grade as people say it: SEV1.
func (s Severity) String() string { return "SEV" + strconv.Itoa(int(s)) }

// Meaning says in a few words what the grade stands for.
func (s Severity) Meaning() string {
	switch s {
	case SEV1:
		return "critical: most customers cannot work"
	case SEV2:
		return "major: an important part is down for many"
	case SEV3:
		return "moderate: some are affected, or there is a way around"
	case SEV4:
		return "minor: few notice"
	case SEV5:
		return "cosmetic or precautionary"
	}
	return ""
}

// ParseSeverity reads "sev1", "SEV-1", "s1" or "1".
func ParseSeverity(s string) (Severity, error) {
	word := strings.ToLower(strings.TrimSpace(s))
	for _, prefix := range []string{"sev-", "sev", "s"} {
		if rest, ok := strings.CutPrefix(word, prefix); ok {
			word = rest
			break
		}
	}
	n, err := strconv.Atoi(word)
	if err != nil || !Severity(n).Valid() || strings.ContainsAny(word, "+-") {
		return 0, Errorf(Invalid, "%q is not a severity; use sev1 (worst) to sev5.", s)
	}
	return Severity(n), nil
}
