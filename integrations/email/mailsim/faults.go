package mailsim

import (
	"fmt"

	"github.com/emersion/go-smtp"
)

// Stage is a step of the dialogue at which the server can fail.
type Stage string

// The stages.
const (
	StageLogin     Stage = "login"     // AUTH
	StageSender    Stage = "sender"    // MAIL FROM
	StageRecipient Stage = "recipient" // RCPT TO
	StageText      Stage = "text"      // the end of DATA
)

// faults are the knobs, as they stand.
type faults struct {
	answers map[Stage]*smtp.SMTPError
	hang    Stage
	drops   int
	dropAll bool
}

// Fail answers every visit of a stage with a reply such as 451 "4.3.0" "queue file
// write error", until it is told otherwise; code 0 ends it. An empty enhanced code is
// the code's own class.
func (s *Sim) Fail(at Stage, code int, enhanced, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.answers == nil {
		s.faults.answers = map[Stage]*smtp.SMTPError{}
	}
	if code == 0 {
		delete(s.faults.answers, at)
		return
	}
	e := smtp.EnhancedCode{code / 100, 0, 0}
	if enhanced != "" {
		if _, err := fmt.Sscanf(enhanced, "%d.%d.%d", &e[0], &e[1], &e[2]); err != nil {
			panic("mailsim: " + enhanced + " is no enhanced code")
		}
	}
	s.faults.answers[at] = &smtp.SMTPError{Code: code, EnhancedCode: e, Message: text}
}

// Hang makes the server fall silent at a stage, until Heal or Close.
func (s *Sim) Hang(at Stage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.hang = at
}

// DropAnswer takes the next n messages and cuts their connections before it says so;
// a negative n does it to all until Heal.
func (s *Sim) DropAnswer(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.drops, s.faults.dropAll = n, n < 0
}

// Heal turns every fault off. What hangs goes on hanging until its client leaves.
func (s *Sim) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = faults{}
}

// strike applies what is wrong at a stage.
func (s *Sim) strike(at Stage) error {
	s.mu.Lock()
	answer, hang := s.faults.answers[at], s.faults.hang == at
	s.mu.Unlock()
	if hang {
		<-s.released
		return smtp.ErrServerClosed
	}
	if answer == nil {
		return nil
	}
	return answer
}

// drop reports whether the answer to a message gets lost.
func (s *Sim) drop() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.dropAll {
		return true
	}
	if s.faults.drops == 0 {
		return false
	}
	s.faults.drops--
	return true
}
