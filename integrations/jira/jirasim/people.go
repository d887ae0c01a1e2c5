package jirasim

import "fmt"

// Move drags an issue to the column named, as the user with id by. Moving it to where
// it is does nothing.
func (s *Sim) Move(key, statusName, by string) error {
	return s.act(key, by, func(i *issue) error {
		to, ok := statusNamed(statusName)
		if !ok {
			return fmt.Errorf("there is no column %q", statusName)
		}
		if s.forbid[[2]string{i.Status, to.Name}] {
			return fmt.Errorf("the workflow has no way from %s to %s", i.Status, to.Name)
		}
		s.move(i, to, "", by)
		return nil
	})
}

// Edit changes fields, given by id in the shape that Jira's API has, as the user with id by.
func (s *Sim) Edit(key string, fields map[string]any, by string) error {
	return s.act(key, by, func(i *issue) error {
		for id, complaint := range s.checkFields(fields, false) {
			return fmt.Errorf("%s: %s", id, complaint)
		}
		s.change(i, by, fields)
		return nil
	})
}

// Assign gives an issue to a user, or with "" to nobody, as the user with id by.
func (s *Sim) Assign(key, to, by string) error {
	fields := map[string]any{"assignee": nil}
	if to != "" {
		fields["assignee"] = map[string]any{s.userKey(): to}
	}
	return s.Edit(key, fields, by)
}

// Comment writes a comment, as the user with id by.
func (s *Sim) Comment(key, text, by string) error {
	return s.act(key, by, func(i *issue) error {
		s.comment(i, text, by)
		return nil
	})
}

// Delete throws an issue away, as the user with id by.
func (s *Sim) Delete(key, by string) error {
	return s.act(key, by, func(i *issue) error {
		s.remove(i, by)
		return nil
	})
}

func (s *Sim) act(key, by string, do func(*issue) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.user(by); !ok {
		return fmt.Errorf("jirasim: there is no user %q", by)
	}
	i := s.find(key)
	if i == nil {
		return fmt.Errorf("jirasim: there is no issue %q", key)
	}
	if err := do(i); err != nil {
		return fmt.Errorf("jirasim: %s: %w", key, err)
	}
	return nil
}
