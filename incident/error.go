package incident

import (
	"errors"
	"fmt"
)

// Code classifies an Error.
type Code string

// The classes of errors that people see.
const (
	Invalid   Code = "invalid"   // what was given cannot be used
	NotFound  Code = "not found" // it does not exist
	Conflict  Code = "conflict"  // it is in a state that does not allow it
	Forbidden Code = "forbidden" // this person may not
)

// Error is for people: one sentence that says what is wrong and what to do next.
// Every other error is internal and shown to people as a reference only.
type Error struct {
	Code    Code
	Message string
}

// Error returns the sentence.
func (e *Error) Error() string { return e.Message }

// Errorf makes an Error for people.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// CodeOf returns the code of an Error for people anywhere in err's chain, else "".
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}
