package ntfysim

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// Press presses the button with this label on a notification, as the app does: it makes
// the request by itself, opens no page, and clears the notification when the answer is
// a success and the button says so. It returns what the answer said, which the app does
// not show.
func (s *Sim) Press(ctx context.Context, client *http.Client, id, label string) (said string, err error) {
	b, err := s.button(id, label)
	if err != nil {
		return "", err
	}
	method := strings.ToUpper(b.Method)
	if method == "" {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(ctx, method, b.URL, strings.NewReader(b.Body))
	if err != nil {
		return "", fmt.Errorf("press %s: %w", label, err)
	}
	for name, value := range b.Headers {
		r.Header.Set(name, value)
	}
	r.Header.Set("User-Agent", "ntfy/1.22 (play; Android 15; SDK 35)")
	answer, err := client.Do(r)
	if err != nil {
		return "", fmt.Errorf("press %s: %w", label, err)
	}
	defer func() { _ = answer.Body.Close() }() // read as far as it matters
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<16))
	if err != nil {
		return "", fmt.Errorf("press %s: %w", label, err)
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return string(text), fmt.Errorf("press %s: the app shows a failure (%d): %s", label, answer.StatusCode, text)
	}
	if b.Clear {
		s.clear(id)
	}
	return strings.TrimSpace(string(text)), nil
}

func (s *Sim) button(id, label string) (Button, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.shown {
		if m.ID != id {
			continue
		}
		for _, b := range m.Buttons {
			if b.Label == label && b.Action == "http" {
				return b, nil
			}
		}
		return Button{}, fmt.Errorf("the notification %q has no button %q", m.Title, label)
	}
	return Button{}, fmt.Errorf("there is no notification %s", id)
}

func (s *Sim) clear(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown = slices.DeleteFunc(s.shown, func(m Message) bool { return m.ID == id })
	s.tell()
}
