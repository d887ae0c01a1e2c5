package timeline

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/incident"
)

func TestEveryKindHasACodec(t *testing.T) {
	t.Parallel()
	for _, kind := range incident.Kinds() {
		if events[kind] == nil {
			t.Errorf("no codec for %s", kind)
		}
	}
	if len(events) != len(incident.Kinds()) {
		t.Errorf("codecs of %d kinds, want %d", len(events), len(incident.Kinds()))
	}
}

func TestEveryEventSurvivesStorage(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for _, kind := range incident.Kinds() {
		for range 50 {
			want := sample(kind, r)
			raw, err := Encode(want)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Decode(kind, raw)
			if err != nil {
				t.Fatalf("decode %s: %v", raw, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s changed on its way (-want +got):\n%s", kind, diff)
			}
		}
	}
}

func TestAnUnknownKindIsAnError(t *testing.T) {
	t.Parallel()
	if e, err := Decode("incident.from_the_future", []byte(`{}`)); err == nil {
		t.Errorf("Decode = %v, want an error", e)
	}
	if e, err := Decode(incident.KindClosed, []byte(`{`)); err == nil {
		t.Errorf("Decode = %v, want an error", e)
	}
}

func TestKindsAreDistinct(t *testing.T) {
	t.Parallel()
	kinds := incident.Kinds()
	slices.Sort(kinds)
	if n := len(slices.Compact(kinds)); n != len(incident.Kinds()) {
		t.Errorf("%d distinct kinds, want %d", n, len(incident.Kinds()))
	}
}
