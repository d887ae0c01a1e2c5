package slacksim

import (
	"fmt"
	"strings"
	"testing"
)

func modalJSON(more string) string {
	if more != "" {
		more = "," + more
	}
	return `{"type":"modal","title":` + plainJSON("T") + `,"blocks":[{"type":"divider"}]` + more + `}`
}

func TestViewLimits(t *testing.T) {
	t.Parallel()
	for name, limit := range map[string]struct {
		max int
		of  func(n int) string
	}{
		"title": {24, func(n int) string {
			return `{"type":"modal","title":` + plainJSON(chars(n)) + `,"blocks":[{"type":"divider"}]}`
		}},
		"submit":           {24, func(n int) string { return modalJSON(`"submit":` + plainJSON(chars(n))) }},
		"close":            {24, func(n int) string { return modalJSON(`"close":` + plainJSON(chars(n))) }},
		"private_metadata": {3000, func(n int) string { return modalJSON(`"private_metadata":"` + chars(n) + `"`) }},
		"callback_id":      {255, func(n int) string { return modalJSON(`"callback_id":"` + chars(n) + `"`) }},
		"external_id":      {255, func(n int) string { return modalJSON(`"external_id":"` + chars(n) + `"`) }},
		"blocks":           {100, func(n int) string { return `{"type":"home","blocks":[` + repeated(n, `{"type":"divider"}`) + `]}` }},
		"files": {10, func(n int) string {
			return `{"type":"modal","title":` + plainJSON("T") + `,"submit":` + plainJSON("S") + `,"blocks":[` +
				inputJSON(fmt.Sprintf(`{"type":"file_input","max_files":%d}`, n)) + `]}`
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := ValidateView([]byte(limit.of(limit.max))); err != nil {
				t.Errorf("%d is refused: %v", limit.max, err)
			}
			if ValidateView([]byte(limit.of(limit.max+1))) == nil {
				t.Errorf("%d is accepted", limit.max+1)
			}
		})
	}
}

func TestRefusedViews(t *testing.T) {
	t.Parallel()
	for view, want := range map[string]string{
		`{"blocks":[]}`:                                  "missing required field: type [json-pointer:/view]",
		`{"type":"workflow_step"}`:                       "unsupported type: workflow_step [json-pointer:/view/type]",
		`{"type":"home","blocks":[]}`:                    "must provide at least 1 items [json-pointer:/view/blocks]",
		`{"type":"home"}`:                                "missing required field: blocks [json-pointer:/view]",
		modalJSON(`"submit_disabled":true`):              "invalid additional property: submit_disabled [json-pointer:/view]",
		modalJSON(`"submit":"Go"`):                       "must provide an object [json-pointer:/view/submit]",
		modalJSON(`"notify_on_close":"yes"`):             "must provide a boolean [json-pointer:/view/notify_on_close]",
		`{"type":"modal","blocks":[{"type":"divider"}]}`: "missing required field: title [json-pointer:/view]",
		`{"type":"modal","title":` + plainJSON("T") + `,"blocks":[` + inputJSON(`{"type":"datepicker"}`) + `]}`:    "must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/0/input]",
		`{"type":"modal","title":` + plainJSON("T") + `,"blocks":[{"type":"markdown","text":"m"}]}`:                "unsupported type: markdown [json-pointer:/view/blocks/0/type]",
		`{"type":"home","blocks":[{"type":"alert","text":` + plainJSON("x") + `}]}`:                                "unsupported type: alert [json-pointer:/view/blocks/0/type]",
		`{"type":"home","blocks":[` + actionsJSON(`{"type":"channels_select","response_url_enabled":true}`) + `]}`: "only allowed in modals [json-pointer:/view/blocks/0/elements/0/response_url_enabled]",
	} {
		err := ValidateView([]byte(view))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.90s: %v; want %q", view, err, want)
		}
	}
}

func TestViewTooLarge(t *testing.T) {
	t.Parallel()
	if viewTooLarge(make([]byte, 250_000)) || !viewTooLarge(make([]byte, 250_001)) {
		t.Error("the limit is not at 250,000 bytes")
	}
	if err := ValidateView([]byte(modalJSON(`"x":"` + strings.Repeat("x", 250_000) + `"`))); err == nil || err.Error() != "view_too_large" {
		t.Errorf("ValidateView = %v, want view_too_large", err)
	}
}

func TestValidateMessageTakesBareBlocks(t *testing.T) {
	t.Parallel()
	if err := ValidateMessage([]byte(`[{"type":"divider"}]`)); err != nil {
		t.Error(err)
	}
	if err := ValidateMessage([]byte(`[{"type":"section"}]`)); err == nil {
		t.Error("a section without text is accepted")
	}
}

func TestManifestRules(t *testing.T) {
	t.Parallel()
	good := `
display_information: {name: N}
features:
  slash_commands: [{command: /incident, description: d}]
oauth_config: {scopes: {bot: [commands, groups:read]}}
settings: {event_subscriptions: {bot_events: [app_home_opened, member_joined_channel]}}
`
	if err := ValidateManifest([]byte(good)); err != nil {
		t.Errorf("a good manifest is refused: %v", err)
	}
	for _, c := range []struct{ old, new, want string }{
		{"name: N", "name: " + strings.Repeat("n", 36), "must be less than 36 characters [json-pointer:/display_information/name]"},
		{"name: N", "name: N, description: " + strings.Repeat("n", 141), "must be less than 141 characters"},
		{"name: N", "name: N, background_color: blue", "must be a hex colour"},
		{"/incident", "incident", "must be a slash and a word [json-pointer:/features/slash_commands/0/command]"},
		{"/incident", "/" + strings.Repeat("i", 32), "must be less than 33 characters"},
		{"commands, ", "", "needs the bot scope commands [json-pointer:/features/slash_commands]"},
		{"groups:read", "pins:read", "event member_joined_channel needs the bot scope channels:read or groups:read"},
		{"app_home_opened", "app_home_open", "unsupported event: app_home_open"},
		{"settings:", "surprise: 1\nsettings:", "invalid additional property: surprise"},
	} {
		err := ValidateManifest([]byte(strings.Replace(good, c.old, c.new, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s -> %.20s: %v; want %q", c.old, c.new, err, c.want)
		}
	}
}

// FuzzValidate wants no input to make the validators panic, and every refusal
// to have a code.
func FuzzValidate(f *testing.F) {
	f.Add([]byte(modalJSON("")))
	f.Add([]byte(`{"text":"t","blocks":[{"type":"section","text":null}],"attachments":[{"blocks":[7]}],"metadata":[]}`))
	f.Add([]byte(`[{"type":"actions","elements":[{"type":"static_select","initial_option":{},"options":[{}]}]}]`))
	for _, limit := range blockLimits {
		f.Add([]byte(`[` + limit.of(limit.max) + `]`))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, validate := range []func([]byte) error{ValidateMessage, ValidateView, ValidateManifest} {
			if err := validate(raw); err != nil && err.Error() == "" {
				t.Error("a refusal without a word")
			}
		}
	})
}
