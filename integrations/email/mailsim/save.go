package mailsim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// state is what Save keeps.
type state struct {
	Mails []Mail // in the order in which they came
}

// Save writes what lies in the mailboxes as JSON. Knobs, and mails that are being
// handed over, are not kept.
func (s *Sim) Save(w io.Writer) error {
	raw, err := json.Marshal(state{append([]Mail{}, s.All()...)})
	if err == nil {
		_, err = w.Write(raw)
	}
	if err != nil {
		return fmt.Errorf("save mailboxes: %w", err)
	}
	return nil
}

// Load replaces what lies in the mailboxes by what Save wrote. On an error nothing
// changes.
func (s *Sim) Load(r io.Reader) error {
	var kept state
	raw, err := io.ReadAll(r)
	if err == nil {
		err = json.Unmarshal(raw, &kept)
	}
	if err == nil && kept.Mails == nil {
		err = errors.New("there is no list of mails")
	}
	if err == nil && slices.ContainsFunc(kept.Mails, func(m Mail) bool { return m.To == "" || m.MessageID == "" }) {
		err = errors.New("a mail has no mailbox or no Message-ID")
	}
	if err != nil {
		return fmt.Errorf("load mailboxes: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = kept.Mails
	s.tell()
	return nil
}
