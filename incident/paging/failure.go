package paging

import (
	"fmt"
	"time"
)

// Refused means that a message will never be taken as it is: its address is wrong, or
// the settings are. The delivery ends, since trying again is pointless until somebody
// changes something.
type Refused struct{ Reason string }

// Refusedf words a refusal in a sentence for people.
func Refusedf(format string, args ...any) *Refused { return &Refused{fmt.Sprintf(format, args...)} }

// Error is the reason.
func (e *Refused) Error() string { return e.Reason }

// Permanent reports true.
func (e *Refused) Permanent() bool { return true }

// Limited means that whoever was to take a message wants to be left alone for a while,
// and took nothing.
type Limited struct {
	Reason string
	Pause  time.Duration
}

// Limitedf words in a sentence for people why nothing is sent for a while.
func Limitedf(pause time.Duration, format string, args ...any) *Limited {
	return &Limited{fmt.Sprintf(format, args...), pause}
}

// Error is the reason.
func (e *Limited) Error() string { return e.Reason }

// Wait is the pause.
func (e *Limited) Wait() time.Duration { return e.Pause }

// Unavailable means that whoever was to take a message cannot be reached, broke off or
// has trouble of its own. It is tried again soon: whether the message was taken may be
// unknown.
type Unavailable struct {
	Reason string
	Cause  error // for the log; nil where there is no more to say
}

// Unavailablef words trouble in a sentence for people; the cause is for the log.
func Unavailablef(cause error, format string, args ...any) *Unavailable {
	return &Unavailable{fmt.Sprintf(format, args...), cause}
}

// Error is the reason.
func (e *Unavailable) Error() string { return e.Reason }

// Unwrap returns the cause.
func (e *Unavailable) Unwrap() error { return e.Cause }
