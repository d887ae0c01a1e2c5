package organisation

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	"reflect"
)

// asWritten prints a document as it is, not in its canonical form.
func asWritten(t testing.TB, d *Document) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := yaml.NewEncoder(&out).Encode(nodeOf(reflect.ValueOf(d).Elem())); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestAnyOrganisationIsPrintedAndReadAsItWas(t *testing.T) {
	t.Parallel()
	for seed := range uint64(400) {
		made := randomOrganisation(seed)
		written := asWritten(t, made)
		read, err := Parse("made.yaml", written, noon)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, written)
		}
		printed, err := read.YAML()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse("printed.yaml", printed, noon)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, printed)
		}
		if d := cmp.Diff(made.canonical(), again); d != "" {
			t.Fatalf("seed %d: (-made +read)\n%s\n%s", seed, d, printed)
		}
		if d := differences(read, again); len(d) > 0 {
			t.Fatalf("seed %d: %+v", seed, d)
		}
	}
}
