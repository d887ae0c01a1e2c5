package webhooksim

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Press answers a message with one of its actions, as a receiver's own button does: a
// POST without a body. It returns what the answer said.
func (m Message) Press(ctx context.Context, client *http.Client, action string) (said string, err error) {
	for _, a := range m.Actions {
		if a.Name != action {
			continue
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.URL, nil)
		if err != nil {
			return "", fmt.Errorf("press %s: %w", action, err)
		}
		answer, err := client.Do(r)
		if err != nil {
			return "", fmt.Errorf("press %s: %w", action, err)
		}
		defer func() { _ = answer.Body.Close() }() // read as far as it matters
		text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<16))
		if err != nil || answer.StatusCode != http.StatusOK {
			return string(text), fmt.Errorf("press %s: %d, %w", action, answer.StatusCode, err)
		}
		return strings.TrimSpace(string(text)), nil
	}
	return "", fmt.Errorf("the message %q has no action %s", m.Title, action)
}
