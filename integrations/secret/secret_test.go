package secret_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/tocsinhq/tocsin/integrations/secret"
)

func TestTextIsNeverPrinted(t *testing.T) {
	t.Parallel()
	const value = "hunter2"
	s := secret.Text(value)
	inside := struct {
		S    secret.Text
		P    *secret.Text
		List []secret.Text
		Map  map[string]secret.Text
	}{s, &s, []secret.Text{s}, map[string]secret.Text{"k": s}}
	var shown []string
	// Not %T and %p, the type and the address, nor %w, which go vet refuses.
	for _, verb := range "vsqxXdoOcUbeEfFgGtz" {
		for _, flags := range []string{"", "+", "#", " ", "0", "-20.3", "+#"} {
			for _, v := range []any{s, &s, inside.List, inside.Map, struct{ Token secret.Text }{s}} {
				shown = append(shown, fmt.Sprintf("%"+flags+string(verb), v))
			}
		}
	}
	for _, encode := range []func(any) ([]byte, error){json.Marshal, yaml.Marshal} {
		text, err := encode(inside)
		if err != nil {
			t.Fatal(err)
		}
		shown = append(shown, string(text))
	}
	shown = append(shown, s.String(), s.GoString(), s.LogValue().String(), slog.AnyValue(s).Resolve().String(), fmt.Sprint(s), fmt.Errorf("%v", s).Error())
	for _, text := range shown {
		if strings.Contains(text, value) || strings.Contains(strings.ToLower(text), fmt.Sprintf("%x", value)) || strings.Contains(text, "hun") {
			t.Errorf("secret shows: %s", text)
		}
	}
	for _, form := range []string{"%v", "%s", "%d", "%x"} {
		if got := fmt.Sprintf(form, s); got != "***" {
			t.Errorf("Sprintf(%q) = %q, want ***", form, got)
		}
	}
	if got := fmt.Sprint(secret.Text("")); got != "" {
		t.Errorf("an unset secret prints %q, want nothing", got)
	}
	if s.Reveal() != value {
		t.Errorf("Reveal = %q", s.Reveal())
	}
}
