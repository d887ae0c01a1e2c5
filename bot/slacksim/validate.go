package slacksim

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Limits of whole messages and views (Slack's method definitions unless said
// otherwise).
const (
	maxMessageBlocks = 50
	maxViewBlocks    = 100
	maxViewBytes     = 250_000 // "250 KB": the stricter reading
	maxAttachments   = 100
	maxUpdateText    = 4000
	maxMarkdownText  = 12000     // over all markdown blocks, and of markdown_text
	maxBlocksText    = 13000     // observed, undocumented: 12,000 and some overhead
	maxMetadataBytes = 16 * 1024 // observed, undocumented
)

// problem is one thing Slack dislikes about what an app sent.
type problem struct {
	Pointer string // JSON pointer; empty when it is about the whole
	Message string
}

// String is the form in which Slack lists it in `errors`.
func (p problem) String() string {
	if p.Pointer == "" {
		return p.Message
	}
	return p.Message + " [json-pointer:" + p.Pointer + "]"
}

// ValidateMessage judges the JSON arguments of chat.postMessage, or a bare
// array of blocks, as Slack would. The error names every problem with its
// JSON pointer; nil means Slack would post it.
func ValidateMessage(raw []byte) error {
	var m map[string]any
	var blocks []any
	if json.Unmarshal(raw, &blocks) == nil {
		m = map[string]any{"blocks": blocks}
	} else if err := json.Unmarshal(raw, &m); err != nil {
		return fmt.Errorf("read message: %w", err)
	}
	code, problems := validateMessage(m)
	if code == "" {
		return nil
	}
	return refusal(code, problems)
}

// ValidateView judges the JSON of one modal or App Home view as Slack would.
// The error names every problem with its JSON pointer.
func ValidateView(raw []byte) error {
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		return fmt.Errorf("read view: %w", err)
	}
	if viewTooLarge(raw) {
		return refusal("view_too_large", nil)
	}
	if problems := validateView(m); len(problems) > 0 {
		return refusal("invalid_arguments", problems)
	}
	return nil
}

func refusal(code string, problems []problem) error {
	lines := []string{code}
	for _, p := range problems {
		lines = append(lines, p.String())
	}
	return errors.New(strings.Join(lines, "\n\t"))
}
