package timeline

import (
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// Hypothesis is an idea of what is wrong, and what came of it.
type Hypothesis struct {
	Number    int
	Text      string
	Outcome   Outcome
	RaisedBy  incident.PersonID
	RaisedAt  time.Time
	SettledAt time.Time
}

// Outcome is what came of a hypothesis.
type Outcome string

// The outcomes of a hypothesis.
const (
	Untested  Outcome = "open"
	Confirmed Outcome = "confirmed"
	RuledOut  Outcome = "ruled out"
)

// ParseOutcome reads "confirm", "confirmed", "true", "ruled out", "rule-out" or "false".
func ParseOutcome(s string) (Outcome, error) {
	switch strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), "-", " ") {
	case "confirm", "confirmed", "true", "yes":
		return Confirmed, nil
	case "rule out", "ruled out", "false", "no", "disproved":
		return RuledOut, nil
	}
	if strings.TrimSpace(s) == "" {
		return "", incident.Errorf(incident.Invalid, "Say what came of it: confirmed or ruled-out.")
	}
	return "", incident.Errorf(incident.Invalid, "%q is not an outcome; use confirmed or ruled-out.", s)
}
