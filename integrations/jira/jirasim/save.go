package jirasim

import (
	"encoding/json"
	"fmt"
	"io"
)

// Save writes the board and the accounts as JSON. Knobs, recorded requests and webhooks
// under way are not kept.
func (s *Sim) Save(w io.Writer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := json.NewEncoder(w).Encode(s.state); err != nil {
		return fmt.Errorf("save jira: %w", err)
	}
	return nil
}

// Load replaces the board and the accounts with what Save wrote. Accounts of Options
// that were not there when it was saved are kept. On an error nothing changes.
func (s *Sim) Load(r io.Reader) error {
	var saved state
	if err := json.NewDecoder(r).Decode(&saved); err != nil {
		return fmt.Errorf("load jira: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	known := map[string]bool{}
	for _, u := range saved.Users {
		known[u.ID] = true
	}
	for _, u := range s.state.Users {
		if !known[u.ID] {
			saved.Users = append(saved.Users, u)
		}
	}
	s.state = saved
	s.changed()
	return nil
}
