package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/postmortem"
	"github.com/tocsinhq/tocsin/timeline"
)

func (s *stage) incident(ctx context.Context, word string) (*incident.Incident, error) {
	id, err := incident.ParseID(word)
	if err != nil {
		return nil, err
	}
	return s.app().Incidents.Get(ctx, id)
}

func (s *stage) incidentIs(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		i, err := s.incident(ctx, a[0])
		if err != nil {
			return err
		}
		if !strings.EqualFold(string(i.Status), a[1]) && !strings.EqualFold(i.Severity.String(), a[1]) {
			return fmt.Errorf("%s is %s and %s", i.ID, i.Status, i.Severity)
		}
		return nil
	})
}

func (s *stage) incidentHas(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		i, err := s.incident(ctx, a[0])
		if err != nil {
			return err
		}
		p, err := s.person(a[1])
		if err != nil {
			return err
		}
		role, err := incident.ParseRole(a[2])
		if err != nil {
			return err
		}
		for _, holder := range i.Roles[role] {
			if string(holder) == p.ID {
				return nil
			}
		}
		return fmt.Errorf("the roles of %s are %v", i.ID, i.Roles)
	})
}

// record is the timeline of an incident as a reader sees it, one line each.
func (s *stage) record(ctx context.Context, word string) ([]string, error) {
	i, err := s.incident(ctx, word)
	if err != nil {
		return nil, err
	}
	lines, err := s.app().Timeline.Lines(ctx, i.ID)
	if err != nil {
		return nil, err
	}
	name := func(p incident.PersonID) string { return s.readable("<@" + string(p) + ">") }
	var told []string
	for _, l := range lines {
		line := name(incident.PersonID(l.By.ID)) + ": " + timeline.Describe(l.Event, name) + " " + l.Text
		if l.Starred {
			line += " (key event)"
		}
		for _, e := range l.Edits {
			line += " (edited from: " + e.From + ")"
		}
		if !l.Deleted.IsZero() {
			line += " (deleted)"
		}
		for _, f := range l.Files {
			line += fmt.Sprintf(" (file %s, copy %t)", f.Name, f.Copy != 0)
		}
		told = append(told, line)
	}
	return told, nil
}

func (s *stage) timelineShows(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		lines, err := s.record(ctx, a[0])
		if err != nil {
			return err
		}
		if find(lines, a[1]) < 0 {
			return fmt.Errorf("it shows:\n%s", strings.Join(lines, "\n"))
		}
		return nil
	})
}

func (s *stage) timelineLacks(ctx context.Context, a []string) error {
	s.rests(ctx)
	return s.until(ctx, func() error {
		lines, err := s.record(ctx, a[0])
		if err != nil {
			return err
		}
		if n := find(lines, a[1]); n >= 0 {
			return fmt.Errorf("it does: %s", lines[n])
		}
		return nil
	})
}

func (s *stage) timelineOrder(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		lines, err := s.record(ctx, a[0])
		if err != nil {
			return err
		}
		first, second := find(lines, a[1]), find(lines, a[2])
		if first < 0 || second < 0 || first >= second {
			return fmt.Errorf("it shows:\n%s", strings.Join(lines, "\n"))
		}
		return nil
	})
}

// find is the number of the first line that says something, or -1.
func find(lines []string, wanted string) int {
	for n, line := range lines {
		if contains(line, wanted) {
			return n
		}
	}
	return -1
}

func (s *stage) postmortemText(ctx context.Context, word string) (string, error) {
	i, err := s.incident(ctx, word)
	if err != nil {
		return "", err
	}
	doc, err := s.app().Postmortems.Read(ctx, i.ID)
	if err != nil {
		return "", err
	}
	return postmortem.Render(doc), nil
}

func (s *stage) postmortemSays(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		text, err := s.postmortemText(ctx, a[0])
		if err == nil && !contains(text, a[1]) {
			err = fmt.Errorf("it says:\n%s", text)
		}
		return err
	})
}

func (s *stage) postmortemLacks(ctx context.Context, a []string) error {
	s.rests(ctx)
	text, err := s.postmortemText(ctx, a[0])
	if err == nil && contains(text, a[1]) {
		err = errors.New("it does")
	}
	return err
}

func (s *stage) countIncidents(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		list, err := s.app().Incidents.Recent(ctx, 0, 1000)
		if err != nil {
			return err
		}
		var seen []string
		for _, i := range list {
			seen = append(seen, i.ID.String()+" "+i.Title)
		}
		return same(a[0], len(list), strings.Join(seen, "; "))
	})
}
