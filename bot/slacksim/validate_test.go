package slacksim

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// parsed decodes JSON written in a test.
func parsed[T any](t testing.TB, text string) T {
	t.Helper()
	var x T
	if err := json.Unmarshal([]byte(text), &x); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return x
}

func repeated(n int, item string) string {
	return strings.TrimSuffix(strings.Repeat(item+",", n), ",")
}

func numberedJSON(n int, item string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = strings.ReplaceAll(item, "#", fmt.Sprint(i))
	}
	return strings.Join(items, ",")
}

const (
	optionJSON  = `{"text":{"type":"plain_text","text":"a"},"value":"v#"}`
	buttonJSON  = `{"type":"button","action_id":"a#","text":{"type":"plain_text","text":"Go"}}`
	plainFormat = `{"type":"plain_text","text":"%s"}`
)

func plainJSON(s string) string   { return fmt.Sprintf(plainFormat, s) }
func actionsJSON(e string) string { return `{"type":"actions","elements":[` + e + `]}` }
func inputJSON(e string) string {
	return `{"type":"input","label":` + plainJSON("L") + `,"element":` + e + `}`
}
func optionsJSON(n int) string { return `[` + numberedJSON(n, optionJSON) + `]` }
func chars(n int) string       { return strings.Repeat("ä", n) } // two bytes, one character
func confirmJSON(a, b string) string {
	parts := map[string]string{"title": "T", "text": "X", "confirm": "Y", "deny": "N"}
	parts[a] = b
	return fmt.Sprintf(`{"type":"button","text":%s,"confirm":{"title":%s,"text":%s,"confirm":%s,"deny":%s}}`, plainJSON("Go"),
		plainJSON(parts["title"]), plainJSON(parts["text"]), plainJSON(parts["confirm"]), plainJSON(parts["deny"]))
}

// blockLimits makes, for a size n, a block that is fine up to max and not above.
var blockLimits = map[string]struct {
	max int
	of  func(n int) string
}{
	"section text":       {3000, func(n int) string { return `{"type":"section","text":` + plainJSON(chars(n)) + `}` }},
	"section fields":     {10, func(n int) string { return `{"type":"section","fields":[` + repeated(n, plainJSON("f")) + `]}` }},
	"section field text": {2000, func(n int) string { return `{"type":"section","fields":[` + plainJSON(chars(n)) + `]}` }},
	"block_id":           {255, func(n int) string { return `{"type":"divider","block_id":"` + chars(n) + `"}` }},
	"header text":        {150, func(n int) string { return `{"type":"header","text":` + plainJSON(chars(n)) + `}` }},
	"header level":       {4, func(n int) string { return fmt.Sprintf(`{"type":"header","text":%s,"level":%d}`, plainJSON("h"), n) }},
	"context elements":   {10, func(n int) string { return `{"type":"context","elements":[` + repeated(n, plainJSON("c")) + `]}` }},
	"actions elements":   {25, func(n int) string { return actionsJSON(numberedJSON(n, buttonJSON)) }},
	"input label": {2000, func(n int) string {
		return `{"type":"input","label":` + plainJSON(chars(n)) + `,"element":{"type":"datepicker"}}`
	}},
	"input hint": {2000, func(n int) string {
		return `{"type":"input","label":` + plainJSON("L") + `,"hint":` + plainJSON(chars(n)) + `,"element":{"type":"datepicker"}}`
	}},
	"image url": {3000, func(n int) string {
		return `{"type":"image","alt_text":"a","image_url":"https://a/` + strings.Repeat("x", n-10) + `"}`
	}},
	"image alt_text": {2000, func(n int) string { return `{"type":"image","alt_text":"` + chars(n) + `","image_url":"https://a/b"}` }},
	"image title": {2000, func(n int) string {
		return `{"type":"image","alt_text":"a","image_url":"https://a/b","title":` + plainJSON(chars(n)) + `}`
	}},
	"video author": {49, func(n int) string { return videoJSON(`"author_name":"` + chars(n) + `"`) }},
	"table rows": {100, func(n int) string {
		return `{"type":"table","rows":[` + repeated(n, `[{"type":"raw_text","text":"x"}]`) + `]}`
	}},
	"table cells": {20, func(n int) string {
		return `{"type":"table","rows":[[` + repeated(n, `{"type":"raw_text","text":"x"}`) + `]]}`
	}},
	"markdown text": {12000, func(n int) string { return `{"type":"markdown","text":"` + chars(n) + `"}` }},
	"context_actions": {5, func(n int) string {
		return `{"type":"context_actions","elements":[` + numberedJSON(n, `{"type":"icon_button","icon":"trash","action_id":"a#","text":`+plainJSON("x")+`}`) + `]}`
	}},
	"button text": {75, func(n int) string { return actionsJSON(`{"type":"button","text":` + plainJSON(chars(n)) + `}`) }},
	"button value": {2000, func(n int) string {
		return actionsJSON(`{"type":"button","text":` + plainJSON("b") + `,"value":"` + chars(n) + `"}`)
	}},
	"button label": {75, func(n int) string {
		return actionsJSON(`{"type":"button","text":` + plainJSON("b") + `,"accessibility_label":"` + chars(n) + `"}`)
	}},
	"button url": {3000, func(n int) string {
		return actionsJSON(`{"type":"button","text":` + plainJSON("b") + `,"url":"https://a/` + strings.Repeat("x", n-10) + `"}`)
	}},
	"action_id":       {255, func(n int) string { return actionsJSON(`{"type":"datepicker","action_id":"` + chars(n) + `"}`) }},
	"confirm title":   {100, func(n int) string { return actionsJSON(confirmJSON("title", chars(n))) }},
	"confirm text":    {300, func(n int) string { return actionsJSON(confirmJSON("text", chars(n))) }},
	"confirm confirm": {30, func(n int) string { return actionsJSON(confirmJSON("confirm", chars(n))) }},
	"confirm deny":    {30, func(n int) string { return actionsJSON(confirmJSON("deny", chars(n))) }},
	"select options":  {100, func(n int) string { return actionsJSON(`{"type":"static_select","options":` + optionsJSON(n) + `}`) }},
	"option groups": {100, func(n int) string {
		return actionsJSON(`{"type":"static_select","option_groups":[` + repeated(n, `{"label":`+plainJSON("g")+`,"options":`+optionsJSON(1)+`}`) + `]}`)
	}},
	"option group label": {75, func(n int) string {
		return actionsJSON(`{"type":"static_select","option_groups":[{"label":` + plainJSON(chars(n)) + `,"options":` + optionsJSON(1) + `}]}`)
	}},
	"option text": {75, func(n int) string {
		return actionsJSON(`{"type":"static_select","options":[{"text":` + plainJSON(chars(n)) + `,"value":"v"}]}`)
	}},
	"option value": {150, func(n int) string {
		return actionsJSON(`{"type":"static_select","options":[{"text":` + plainJSON("t") + `,"value":"` + chars(n) + `"}]}`)
	}},
	"option description": {75, func(n int) string {
		return actionsJSON(`{"type":"static_select","options":[{"text":` + plainJSON("t") + `,"value":"v","description":` + plainJSON(chars(n)) + `}]}`)
	}},
	"placeholder": {150, func(n int) string {
		return actionsJSON(`{"type":"users_select","placeholder":` + plainJSON(chars(n)) + `}`)
	}},
	"checkboxes":            {10, func(n int) string { return actionsJSON(`{"type":"checkboxes","options":` + optionsJSON(n) + `}`) }},
	"radio buttons":         {10, func(n int) string { return actionsJSON(`{"type":"radio_buttons","options":` + optionsJSON(n) + `}`) }},
	"overflow":              {5, func(n int) string { return actionsJSON(`{"type":"overflow","options":` + optionsJSON(n) + `}`) }},
	"text input max_length": {3000, func(n int) string { return inputJSON(fmt.Sprintf(`{"type":"plain_text_input","max_length":%d}`, n)) }},
	"text input min_length": {3000, func(n int) string { return inputJSON(fmt.Sprintf(`{"type":"plain_text_input","min_length":%d}`, n)) }},
	"text input initial": {20, func(n int) string {
		return inputJSON(`{"type":"plain_text_input","max_length":20,"initial_value":"` + chars(n) + `"}`)
	}},
	"number input": {9, func(n int) string {
		return inputJSON(fmt.Sprintf(`{"type":"number_input","is_decimal_allowed":false,"max_value":"9","initial_value":"%d"}`, n))
	}},
}

func videoJSON(more string) string {
	return `{"type":"video","alt_text":"a","title":` + plainJSON("t") + `,"thumbnail_url":"https://a/b","video_url":"https://a/c",` + more + `}`
}

func TestBlockLimits(t *testing.T) {
	t.Parallel()
	for name, limit := range blockLimits {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fits := problemsIn(surfaceMessage, parsed[[]any](t, `[`+limit.of(limit.max)+`]`))
			if len(fits) > 0 {
				t.Errorf("%d is refused: %v", limit.max, fits)
			}
			if len(problemsIn(surfaceMessage, parsed[[]any](t, `[`+limit.of(limit.max+1)+`]`))) == 0 {
				t.Errorf("%d is accepted", limit.max+1)
			}
		})
	}
}

func TestEmptyTextsAndListsAreRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"section text", "section fields", "header text", "context elements", "actions elements", "button text",
		"option value", "select options", "overflow", "placeholder", "markdown text", "table rows", "action_id", "block_id",
	} {
		if len(problemsIn(surfaceMessage, parsed[[]any](t, `[`+blockLimits[name].of(0)+`]`))) == 0 {
			t.Errorf("empty %s is accepted", name)
		}
	}
}

// TestWordings holds what Slack was seen to answer, word for word.
func TestWordings(t *testing.T) {
	t.Parallel()
	for blocks, want := range map[string][]string{
		`[{"type":"section","text":{"type":"mrkdwn","text":"` + chars(3001) + `"}}]`: {
			"failed to match all allowed schemas [json-pointer:/blocks/0/text]",
			"must be less than 3001 characters [json-pointer:/blocks/0/text/text]"},
		`[{"type":"divider"},` + actionsJSON(numberedJSON(26, buttonJSON)) + `]`: {"no more than 25 items allowed [json-pointer:/blocks/1/elements]"},
		`[{"type":"section"}]`:                              {"must define either `text` or `fields` [json-pointer:/blocks/0/type]"},
		`[{"type":"mystery"}]`:                              {"unsupported type: mystery [json-pointer:/blocks/0/type]"},
		`[{"type":"header","text":"bare"}]`:                 {"must provide an object [json-pointer:/blocks/0/text]"},
		`[{"type":"input","label":` + plainJSON("L") + `}]`: {"missing required field: element [json-pointer:/blocks/0]"},
		`[` + actionsJSON(buttonJSON+`,`+buttonJSON) + `]`:  {"`action_id` \"a#\" already exists [json-pointer:/blocks/0/elements/1/action_id]"},
		`[{"type":"divider","page_size":3}]`:                {"invalid additional property: page_size [json-pointer:/blocks/0]"},
		`[` + actionsJSON(`{"type":"static_select","options":[]}`) + `]`: {
			"must provide at least 1 items [json-pointer:/blocks/0/elements/0/options]"},
		`[` + repeated(51, `{"type":"divider"}`) + `]`: {"no more than 50 items allowed [json-pointer:/blocks]"},
	} {
		code, problems := validateMessage(map[string]any{"blocks": blocks})
		var got []string
		for _, p := range problems {
			got = append(got, p.String())
		}
		if diff := cmp.Diff(want, got); diff != "" || code != "invalid_blocks" {
			t.Errorf("%.80s: %s, problems (-want +got):\n%s", blocks, code, diff)
		}
	}
}

// TestEveryShapeHasAnAcceptedExample wants the smallest example of each block
// and element to pass here and in the schema, so that no shape asks too much.
func TestEveryShapeHasAnAcceptedExample(t *testing.T) {
	t.Parallel()
	label := plainJSON("x")
	one := `[` + strings.ReplaceAll(optionJSON, "#", "1") + `]`
	section := func(accessory string) string {
		return `{"type":"section","text":` + label + `,"accessory":` + accessory + `}`
	}
	examples := map[string]string{
		"block/actions":         actionsJSON(`{"type":"datepicker"}`),
		"block/alert":           `{"type":"alert","text":` + label + `}`,
		"block/container":       `{"type":"container","title":` + label + `,"child_blocks":[{"type":"divider"}]}`,
		"block/context":         `{"type":"context","elements":[` + label + `]}`,
		"block/context_actions": `{"type":"context_actions","elements":[{"type":"icon_button","icon":"trash","text":` + label + `}]}`,
		"block/data_table":      `{"type":"data_table","caption":"c","rows":[[{"type":"raw_text","text":"h"}],[{"type":"raw_number","value":1.5}]]}`,
		"block/divider":         `{"type":"divider"}`,
		"block/file":            `{"type":"file","external_id":"e","source":"remote"}`,
		"block/header":          `{"type":"header","text":` + label + `}`,
		"block/image":           `{"type":"image","alt_text":"a","slack_file":{"id":"F1"}}`,
		"block/input":           inputJSON(`{"type":"plain_text_input"}`),
		"block/markdown":        `{"type":"markdown","text":"m"}`,
		"block/rich_text":       `{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"t"}]}]}`,
		"block/section":         `{"type":"section","fields":[` + label + `]}`,
		"block/table":           `{"type":"table","rows":[[{"type":"raw_text","text":"x"}]],"column_settings":[null,{"align":"right"}]}`,
		"block/video":           videoJSON(`"author_name":"a"`),

		"element/button":           section(`{"type":"button","text":` + label + `}`),
		"element/workflow_button":  section(`{"type":"workflow_button","action_id":"a","text":` + label + `,"workflow":{"trigger":{"url":"https://a/b"}}}`),
		"element/image":            section(`{"type":"image","alt_text":"a","image_url":"https://a/b"}`),
		"element/icon_button":      `{"type":"context_actions","elements":[{"type":"icon_button","icon":"trash","text":` + label + `}]}`,
		"element/feedback_buttons": `{"type":"context_actions","elements":[{"type":"feedback_buttons","positive_button":{"text":` + label + `,"value":"1"},"negative_button":{"text":` + label + `,"value":"0"}}]}`,
		"element/datetimepicker":   actionsJSON(`{"type":"datetimepicker","initial_date_time":1700000000}`),
		"element/rich_text_input":  inputJSON(`{"type":"rich_text_input","action_id":"a"}`),
		"element/number_input":     inputJSON(`{"type":"number_input","is_decimal_allowed":true,"initial_value":"-1.5"}`),
	}
	for _, kind := range []string{"checkboxes", "radio_buttons", "overflow", "static_select", "multi_static_select"} {
		examples["element/"+kind] = section(`{"type":"` + kind + `","options":` + one + `}`)
	}
	for _, kind := range []string{
		"datepicker", "timepicker", "external_select", "users_select", "conversations_select", "channels_select", "multi_external_select",
		"multi_users_select", "multi_conversations_select", "multi_channels_select",
	} {
		examples["element/"+kind] = section(`{"type":"` + kind + `"}`)
	}
	for _, kind := range []string{"plain_text_input", "email_text_input", "url_text_input", "file_input"} {
		examples["element/"+kind] = inputJSON(`{"type":"` + kind + `"}`)
	}
	schema := blockKit(t, "")
	for name := range blockShapes {
		example, ok := examples[name]
		if !ok && (strings.HasPrefix(name, "block/") || strings.HasPrefix(name, "element/")) {
			t.Errorf("%s has no example", name)
		}
		if !ok {
			continue
		}
		blocks := parsed[[]any](t, `[`+example+`]`)
		if here, there := problemsIn(surfaceMessage, blocks), problemsIn(surfaceModal, blocks); len(here) > 0 && len(there) > 0 {
			t.Errorf("%s: %v; %v", name, here, there)
		}
		if err := schema.Validate(blocks); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRefusedBlocks(t *testing.T) {
	t.Parallel()
	for name, b := range map[string]string{
		"repeated block_id":           `{"type":"divider","block_id":"x"},{"type":"divider","block_id":"x"}`,
		"alert outside a modal":       `{"type":"alert","text":` + plainJSON("x") + `}`,
		"file input outside a modal":  inputJSON(`{"type":"file_input"}`),
		"text input in actions":       actionsJSON(`{"type":"plain_text_input"}`),
		"options and groups":          actionsJSON(`{"type":"static_select","options":` + optionsJSON(1) + `,"option_groups":[]}`),
		"neither options nor groups":  actionsJSON(`{"type":"static_select"}`),
		"initial option not offered":  actionsJSON(`{"type":"static_select","options":` + optionsJSON(1) + `,"initial_option":` + strings.ReplaceAll(optionJSON, "#", "9") + `}`),
		"initial tick not offered":    actionsJSON(`{"type":"checkboxes","options":` + optionsJSON(1) + `,"initial_options":[` + strings.ReplaceAll(optionJSON, "#", "9") + `]}`),
		"too many chosen at first":    actionsJSON(`{"type":"multi_users_select","max_selected_items":1,"initial_users":["U1","U2"]}`),
		"confirm without deny":        actionsJSON(`{"type":"button","text":` + plainJSON("b") + `,"confirm":{"title":` + plainJSON("t") + `,"text":` + plainJSON("t") + `,"confirm":` + plainJSON("c") + `}}`),
		"mrkdwn on a button":          actionsJSON(`{"type":"button","text":{"type":"mrkdwn","text":"b"}}`),
		"unknown style":               actionsJSON(`{"type":"button","style":"green","text":` + plainJSON("b") + `}`),
		"date that does not exist":    actionsJSON(`{"type":"datepicker","initial_date":"2026-02-30"}`),
		"time with one digit":         actionsJSON(`{"type":"timepicker","initial_time":"9:00"}`),
		"second focus":                inputJSON(`{"type":"plain_text_input","focus_on_load":true}`) + `,` + inputJSON(`{"type":"plain_text_input","focus_on_load":true}`),
		"lengths out of order":        inputJSON(`{"type":"plain_text_input","min_length":5,"max_length":4}`),
		"numbers out of order":        inputJSON(`{"type":"number_input","is_decimal_allowed":true,"min_value":"2","max_value":"1.5"}`),
		"two tables":                  repeated(2, `{"type":"table","rows":[[{"type":"raw_text","text":"x"}]]}`),
		"image without a picture":     `{"type":"image","alt_text":"x"}`,
		"image with two":              `{"type":"image","alt_text":"x","image_url":"https://a/b","slack_file":{"id":"F1"}}`,
		"relative url":                `{"type":"image","alt_text":"x","image_url":"/b"}`,
		"collapsed, not collapsible":  `{"type":"container","title":` + plainJSON("t") + `,"default_collapsed":true,"child_blocks":[{"type":"divider"}]}`,
		"container in a container":    `{"type":"container","title":` + plainJSON("t") + `,"child_blocks":[{"type":"container"}]}`,
		"block that is not an object": `7`,
	} {
		if problems := problemsIn(surfaceMessage, parsed[[]any](t, `[`+b+`]`)); len(problems) == 0 {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestMessageCodes(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("x", n) }
	section := `{"type":"section","text":` + plainJSON(long(3000)) + `}`
	for name, c := range map[string]struct{ arguments, want string }{
		"text":                {`{"text":"hi"}`, ""},
		"nothing":             {`{"channel":"C1"}`, "no_text"},
		"empty blocks":        {`{"blocks":"[]"}`, "no_text"},
		"blocks in a string":  {`{"blocks":"[{\"type\":\"divider\"}]"}`, ""},
		"blocks not JSON":     {`{"blocks":"[{"}`, "invalid_blocks_format"},
		"blocks an object":    {`{"blocks":{}}`, "invalid_blocks_format"},
		"long post":           {`{"text":"` + long(5000) + `"}`, ""},
		"update at the limit": {`{"ts":"1.2","text":"` + long(4000) + `"}`, ""},
		"update above":        {`{"ts":"1.2","text":"` + long(4001) + `"}`, "msg_too_long"},
		"much text in blocks": {`{"blocks":[` + repeated(4, section) + `]}`, ""},
		"too much":            {`{"blocks":[` + repeated(5, section) + `]}`, "msg_blocks_too_long"},
		"markdown adds up":    {`{"blocks":[` + repeated(2, `{"type":"markdown","text":"`+long(6001)+`"}`) + `]}`, "msg_blocks_too_long"},
		"100 attachments":     {`{"attachments":[` + repeated(100, `{"text":"a"}`) + `]}`, ""},
		"101 attachments":     {`{"attachments":[` + repeated(101, `{"text":"a"}`) + `]}`, "too_many_attachments"},
		"blocks attached":     {`{"attachments":[{"blocks":[{"type":"section"}]}]}`, "invalid_attachments"},
		"attachments broken":  {`{"attachments":"{"}`, "invalid_attachments"},
		"metadata":            {`{"text":"t","metadata":"{\"event_type\":\"e\",\"event_payload\":{}}"}`, ""},
		"metadata no payload": {`{"text":"t","metadata":{"event_type":"e"}}`, "invalid_metadata_format"},
		"metadata not JSON":   {`{"text":"t","metadata":"{"}`, "invalid_metadata_format"},
		"metadata large":      {`{"text":"t","metadata":{"event_type":"e","event_payload":{"a":"` + long(17000) + `"}}}`, "metadata_too_large"},
		"markdown text":       {`{"markdown_text":"` + long(12000) + `"}`, ""},
		"markdown too long":   {`{"markdown_text":"` + long(12001) + `"}`, "msg_too_long"},
		"markdown and text":   {`{"markdown_text":"m","text":"t"}`, "markdown_text_conflict"},
	} {
		if code, problems := validateMessage(parsed[map[string]any](t, c.arguments)); code != c.want {
			t.Errorf("%s: %q %v, want %q", name, code, problems, c.want)
		}
	}
}
