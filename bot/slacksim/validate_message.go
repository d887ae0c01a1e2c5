package slacksim

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// validateMessage judges the decoded arguments of chat.postMessage, .update or
// .postEphemeral; blocks, attachments and metadata may be JSON in a string. It
// returns Slack's error code and the problems behind it, or "" when all is well.
// Arguments with a ts are an update, which takes less text.
func validateMessage(m map[string]any) (code string, problems []problem) {
	if code := checkMarkdownText(m); code != "" {
		return code, nil
	}
	blocks, ok := jsonList(m["blocks"])
	if !ok {
		return "invalid_blocks_format", nil
	}
	attachments, ok := jsonList(m["attachments"])
	if !ok {
		return "invalid_attachments", nil
	}
	if code := checkMessageText(m, len(blocks)+len(attachments)); code != "" {
		return code, nil
	}
	if code, problems := checkBlocks(blocks); code != "" {
		return code, problems
	}
	if code, problems := checkAttachments(attachments); code != "" {
		return code, problems
	}
	return checkMetadata(m["metadata"]), nil
}

// jsonList reads an array that may be JSON in a string. Nothing is an empty one.
func jsonList(x any) ([]any, bool) {
	switch x := x.(type) {
	case nil:
		return nil, true
	case []any:
		return x, true
	case string:
		var list []any
		err := json.Unmarshal([]byte(x), &list)
		return list, x == "" || err == nil
	}
	return nil, false
}

func checkMarkdownText(m map[string]any) string {
	markdown, _ := m["markdown_text"].(string)
	switch {
	case markdown == "":
		return ""
	case isGiven(m["text"]) || isGiven(m["blocks"]):
		return "markdown_text_conflict"
	case utf8.RuneCountInString(markdown) > maxMarkdownText:
		return "msg_too_long"
	}
	return ""
}

func isGiven(x any) bool { return x != nil && x != "" }

func checkMessageText(m map[string]any, parts int) string {
	text, _ := m["text"].(string)
	_, isUpdate := m["ts"]
	switch {
	case isUpdate && utf8.RuneCountInString(text) > maxUpdateText:
		return "msg_too_long"
	case text == "" && parts == 0 && !isGiven(m["markdown_text"]):
		return "no_text"
	}
	return ""
}

func checkBlocks(blocks []any) (string, []problem) {
	v := newValidation(surfaceMessage)
	mustList(0, maxMessageBlocks, mustBlock)(v, "/blocks", blocks)
	switch {
	case len(v.problems) > 0:
		return "invalid_blocks", v.problems
	case v.text > maxBlocksText || v.markdown > maxMarkdownText:
		return "msg_blocks_too_long", nil
	}
	return "", nil
}

func checkAttachments(attachments []any) (string, []problem) {
	if len(attachments) > maxAttachments {
		return "too_many_attachments", nil
	}
	v := newValidation(surfaceMessage)
	for i, each := range attachments {
		at := fmt.Sprintf("/attachments/%d", i)
		m, ok := each.(map[string]any)
		if !ok {
			v.say(at, "must provide an object")
			continue
		}
		if blocks, ok := m["blocks"]; ok {
			mustList(0, maxMessageBlocks, mustBlock)(v, at+"/blocks", blocks)
		}
	}
	if len(v.problems) > 0 {
		return "invalid_attachments", v.problems
	}
	return "", nil
}

// checkMetadata wants an object with event_type and event_payload.
func checkMetadata(x any) string {
	if !isGiven(x) {
		return ""
	}
	if s, ok := x.(string); ok && json.Unmarshal([]byte(s), &x) != nil {
		return "invalid_metadata_format"
	}
	m, ok := x.(map[string]any)
	kind, _ := m["event_type"].(string)
	_, isObject := m["event_payload"].(map[string]any)
	if !ok || kind == "" || !isObject {
		return "invalid_metadata_format"
	}
	if raw, err := json.Marshal(m); err != nil || len(raw) > maxMetadataBytes {
		return "metadata_too_large"
	}
	return ""
}
