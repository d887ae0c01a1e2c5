package slacksim

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// slackData finds the Slack reference data that lies beside the project.
func slackData(t testing.TB) string {
	t.Helper()
	folder := os.Getenv("TOCSIN_SHARED")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared")
	}
	folder = filepath.Join(folder, "slack")
	if _, err := os.Stat(folder); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("Slack reference data is missing: %v", err)
		}
		t.Skipf("Slack reference data is missing (set TOCSIN_SHARED): %v", err)
	}
	return folder
}

func readSlackData(t testing.TB, into any, path ...string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(append([]string{slackData(t)}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	if into == nil {
		return raw
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
	return raw
}

type blockSample struct {
	Blocks []any `json:"blocks"`
}

// blockKit compiles one entry point of the Block Kit schema: "" is an array of
// blocks, else the name of a definition.
func blockKit(t testing.TB, definition string) *jsonschema.Schema {
	t.Helper()
	var document any
	readSlackData(t, &document, "blockkit", "slack-block-kit.schema.json")
	c := jsonschema.NewCompiler()
	if err := c.AddResource("blockkit.json", document); err != nil {
		t.Fatal(err)
	}
	entry := "blockkit.json"
	if definition != "" {
		entry += "#/$defs/" + definition
	}
	schema, err := c.Compile(entry)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// surfaceOf picks a surface that takes all blocks of a sample.
func surfaceOf(t testing.TB, blocks []any) surface {
	for _, s := range []surface{surfaceMessage, surfaceModal} {
		if !slices.ContainsFunc(blocks, func(b any) bool {
			kind, _ := b.(map[string]any)["type"].(string)
			return !slices.Contains(blockSurfaces[kind], s)
		}) {
			return s
		}
	}
	t.Fatalf("no surface takes %v", blocks)
	return ""
}

func problemsIn(on surface, blocks []any) []problem {
	v := newValidation(on)
	mustList(1, 100, mustBlock)(v, "/blocks", blocks)
	return v.problems
}

func TestSampleBlocksAreAccepted(t *testing.T) {
	t.Parallel()
	var samples []blockSample
	readSlackData(t, &samples, "blockkit", "blocks_valid.json")
	schema, repeated := blockKit(t, ""), 0
	for i, sample := range samples {
		problems := problemsIn(surfaceOf(t, sample.Blocks), sample.Blocks)
		if len(problems) > 0 {
			problems = problemsIn(surfaceModal, sample.Blocks) // some hold an element that only modals show
		}
		if len(problems) > 0 && strings.HasPrefix(problems[0].Message, "`block_id`") {
			repeated++ // one SDK test lists five blocks under one id; the schema cannot see that
			continue
		}
		if len(problems) > 0 {
			t.Errorf("sample %d: %v", i, problems)
		}
		if err := schema.Validate(sample.Blocks); err != nil {
			t.Errorf("sample %d: we accept what the schema refuses: %v", i, err)
		}
	}
	if len(samples) < 80 || repeated > 1 {
		t.Errorf("%d samples, %d with repeated ids; want at least 80 and at most 1", len(samples), repeated)
	}
}

func sampleViews(t testing.TB) map[string]map[string]any {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(slackData(t), "views", "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no views: %v", err)
	}
	views := map[string]map[string]any{}
	for _, path := range paths {
		var view map[string]any
		readSlackData(t, &view, "views", filepath.Base(path))
		views[filepath.Base(path)] = view
	}
	return views
}

func TestSampleViewsAreAccepted(t *testing.T) {
	t.Parallel()
	schemas := map[any]*jsonschema.Schema{"modal": blockKit(t, "modal_view"), "home": blockKit(t, "home_view")}
	for name, view := range sampleViews(t) {
		if problems := validateView(view); len(problems) > 0 {
			t.Errorf("%s: %v", name, problems)
		}
		if err := schemas[view["type"]].Validate(view); err != nil {
			t.Errorf("%s: we accept what the schema refuses: %v", name, err)
		}
	}
}

// mutants returns copies of a value, each with one thing spoilt.
func mutants(x any) []any {
	var all []any
	switch x := x.(type) {
	case map[string]any:
		for name, value := range x {
			for _, spoilt := range append(mutants(value), spoil(name, value)...) {
				all = append(all, replaced(x, name, spoilt))
			}
			if slices.Contains([]string{"type", "text", "element", "label", "alt_text"}, name) {
				all = append(all, without(x, name))
			}
		}
		all = append(all, replaced(x, "no_such_property", true))
	case []any:
		for i, value := range x {
			for _, spoilt := range mutants(value) {
				copied := slices.Clone(x)
				copied[i] = spoilt
				all = append(all, copied)
			}
		}
	}
	return all
}

func spoil(name string, value any) []any {
	switch name {
	case "type":
		return []any{"no_such_type", 7.0}
	case "action_id", "block_id", "callback_id":
		return []any{strings.Repeat("x", 256), 7.0}
	case "value", "image_url", "private_metadata":
		return []any{strings.Repeat("x", 3001)}
	case "options", "elements", "fields":
		return []any{"not an array"}
	}
	return nil
}

func replaced(m map[string]any, name string, value any) map[string]any {
	copied := without(m, name)
	copied[name] = value
	return copied
}

func without(m map[string]any, name string) map[string]any {
	copied := map[string]any{}
	for k, v := range m {
		if k != name {
			copied[k] = v
		}
	}
	return copied
}

// TestWeRefuseWhatTheSchemaRefuses spoils every part of every sample. The
// schema is slow, so it judges all that we accept and some that we refuse.
func TestWeRefuseWhatTheSchemaRefuses(t *testing.T) {
	t.Parallel()
	var samples []blockSample
	readSlackData(t, &samples, "blockkit", "blocks_valid.json")
	schema, refused := blockKit(t, ""), 0
	for i, sample := range samples {
		for j, mutant := range mutants(sample.Blocks) {
			blocks := mutant.([]any)
			weAccept := len(problemsIn(surfaceMessage, blocks)) == 0 || len(problemsIn(surfaceModal, blocks)) == 0
			if !weAccept && j%10 != 0 {
				continue
			}
			schemaAccepts := schema.Validate(blocks) == nil
			if weAccept && !schemaAccepts {
				raw, _ := json.Marshal(blocks)
				t.Errorf("sample %d: schema refuses, we accept: %s", i, raw)
			}
			if !weAccept && !schemaAccepts {
				refused++
			}
		}
	}
	if refused < 100 {
		t.Errorf("only %d spoilt samples were refused by both; the mutation lost its teeth", refused)
	}
}

func TestSpoiltViewsAreRefused(t *testing.T) {
	t.Parallel()
	schemas := map[any]*jsonschema.Schema{"modal": blockKit(t, "modal_view"), "home": blockKit(t, "home_view")}
	for name, view := range sampleViews(t) {
		for _, mutant := range mutants(view) {
			spoilt := mutant.(map[string]any)
			if len(validateView(spoilt)) == 0 && schemas[view["type"]].Validate(spoilt) != nil {
				raw, _ := json.Marshal(spoilt)
				t.Errorf("%s: schema refuses, we accept: %s", name, raw)
			}
		}
	}
}

// TestSurfacesMatchTheReference compares our table with the reference list.
func TestSurfacesMatchTheReference(t *testing.T) {
	t.Parallel()
	var reference []struct {
		Name     string   `json:"name"`
		Surfaces []string `json:"available-in-surfaces"`
	}
	readSlackData(t, &reference, "blockkit", "block_surfaces.json")
	names := map[string]surface{"Modals": surfaceModal, "Messages": surfaceMessage, "Home tabs": surfaceHome}
	want := map[string][]surface{}
	for _, block := range reference {
		key := strings.ReplaceAll(strings.ToLower(block.Name), " ", "_")
		for _, s := range block.Surfaces {
			want[key] = append(want[key], names[s])
		}
	}
	if diff := cmp.Diff(want, blockSurfaces); diff != "" {
		t.Errorf("block surfaces (-reference +ours):\n%s", diff)
	}
}

func TestManifestSamples(t *testing.T) {
	t.Parallel()
	for name, ok := range map[string]bool{
		"v1.manifest.valid.json": true, "v2.manifest.valid.json": true, "sample.incidentbot.manifest.yaml": true,
		"v1.manifest.invalid.json": false,
	} {
		if err := ValidateManifest(readSlackData(t, nil, "manifest", name)); (err == nil) != ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEventScopesMatchTheCatalogue wants our table to demand nothing that
// Slack's catalogue does not name, where the catalogue names anything.
func TestEventScopesMatchTheCatalogue(t *testing.T) {
	t.Parallel()
	var catalogue []struct {
		Name   string   `json:"name"`
		Scopes []string `json:"scopes"`
	}
	readSlackData(t, &catalogue, "events", "_events_catalogue.json")
	for _, event := range catalogue {
		ours, known := eventScopes[event.Name]
		for _, scope := range ours {
			if len(event.Scopes) > 0 && event.Name != "app_mention" && !slices.Contains(event.Scopes, scope) {
				t.Errorf("%s: we ask for %s, the catalogue for %v", event.Name, scope, event.Scopes)
			}
		}
		if known && len(event.Scopes) > 0 && len(ours) == 0 {
			t.Errorf("%s: the catalogue asks for %v, we for nothing", event.Name, event.Scopes)
		}
	}
}
