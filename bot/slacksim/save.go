package slacksim

import (
	"encoding/json"
	"fmt"
	"io"
)

// Save writes everything the workspace remembers as JSON: people, channels,
// messages, files, Home views. What is in flight is not part of it: sockets,
// open modals, triggers, response URLs, undelivered events.
func (w *Workspace) Save(out io.Writer) error {
	w.mu.Lock()
	raw, err := json.Marshal(w.state)
	w.mu.Unlock()
	if err == nil {
		_, err = out.Write(raw)
	}
	if err != nil {
		return fmt.Errorf("save workspace: %w", err)
	}
	return nil
}

// Load replaces what the workspace remembers by what Save wrote. Messages that
// were to be posted meanwhile are posted now.
func (w *Workspace) Load(in io.Reader) error {
	var s state
	if err := json.NewDecoder(in).Decode(&s); err != nil {
		return fmt.Errorf("load workspace: %w", err)
	}
	if len(s.People) == 0 || len(s.Channels) == 0 {
		return fmt.Errorf("load workspace: it has no people or no channels")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state = s
	w.views = map[string]*view{}
	for _, p := range w.persons {
		p.stack = nil
	}
	for _, c := range s.Channels {
		if c.Ephemerals == nil {
			c.Ephemerals = map[string][]*Message{}
		}
	}
	if w.state.Files == nil {
		w.state.Files = map[string]*file{}
	}
	if w.state.Scheduled == nil {
		w.state.Scheduled = map[string]*scheduled{}
	}
	if w.state.Homes == nil {
		w.state.Homes = map[string]*view{}
	}
	for _, m := range w.state.Scheduled {
		w.plan(m)
	}
	w.changed()
	return nil
}
