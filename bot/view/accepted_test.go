package view

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tocsinhq/tocsin/bot/slacksim"
)

// blockKit compiles the published schema of Block Kit, once. It is nil when the
// file is not there, which only a developer's machine may get away with.
var blockKit = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	folder := os.Getenv("TOCSIN_SHARED")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared")
	}
	raw, err := os.ReadFile(filepath.Join(folder, "slack", "blockkit", "slack-block-kit.schema.json"))
	if err != nil {
		return nil, err
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("blockkit.json", document); err != nil {
		return nil, err
	}
	entries := map[string]*jsonschema.Schema{}
	for kind, entry := range map[string]string{"message": "", "modal": "#/$defs/modal_view", "home": "#/$defs/home_view"} {
		if entries[kind], err = c.Compile("blockkit.json" + entry); err != nil {
			return nil, err
		}
	}
	return entries, nil
})

func TestSchemaIsThere(t *testing.T) {
	t.Parallel()
	if _, err := blockKit(); os.IsNotExist(err) && os.Getenv("CI") != "true" {
		t.Skipf("views are judged without the Block Kit schema (set TOCSIN_SHARED): %v", err)
	} else if err != nil {
		t.Fatal(err)
	}
}

// mustBeAccepted judges a view as Slack would, and by our own promises.
func mustBeAccepted(t testing.TB, v any) {
	t.Helper()
	raw := encode(t, v)
	var decoded map[string]any
	if err := json.Unmarshal(raw, &decoded); err != nil {
		t.Fatal(err)
	}
	kind, judge, document := "message", slacksim.ValidateMessage, decoded["blocks"]
	if _, isMessage := v.(Message); !isMessage {
		kind, judge, document = decoded["type"].(string), slacksim.ValidateView, any(decoded)
	}
	if err := judge(raw); err != nil {
		t.Errorf("Slack would refuse it: %v\n%s", err, raw)
	}
	if schemas, err := blockKit(); err == nil {
		if err := schemas[kind].Validate(document); err != nil {
			t.Errorf("the schema refuses it: %v", err)
		}
	}
	if kind == "message" {
		mustHaveText(t, decoded)
	}
	mustBeHarmless(t, "", decoded)
}

func mustHaveText(t testing.TB, message map[string]any) {
	t.Helper()
	text, _ := message["text"].(string)
	if n := utf8.RuneCountInString(text); n == 0 || n > MaxMessageText {
		t.Errorf("the text for notifications has %d characters", n)
	}
}

var (
	specials = regexp.MustCompile(`<!([^d]|d[^a]|da[^t])|(?i:@(channel|here|everyone))`)
	forged   = regexp.MustCompile(`<@U0FORGED|<https?://evil`)
)

// mustBeHarmless walks all texts that are rendered: none wakes a channel, and no
// mention or link comes from what somebody wrote.
func mustBeHarmless(t testing.TB, key string, x any) {
	t.Helper()
	switch x := x.(type) {
	case map[string]any:
		for k, v := range x {
			mustBeHarmless(t, k, v)
		}
	case []any:
		for _, v := range x {
			mustBeHarmless(t, key, v)
		}
	case string:
		if key == "initial_value" || key == "private_metadata" {
			return // shown in a text field as it is, or not at all
		}
		if specials.MatchString(x) || forged.MatchString(x) || !utf8.ValidString(x) {
			t.Errorf("%s holds %q", key, x)
		}
	}
}
