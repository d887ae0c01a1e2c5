package main

import (
	"slices"
	"testing"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// TestAddedWaysOfTheDemoAreShown adds a telephone and a mailbox, reads their codes on the
// page, and texts back.
func TestAddedWaysOfTheDemoAreShown(t *testing.T) {
	t.Parallel()
	d, _ := openDemo(t, demoFolder(t))
	alice := incident.PersonID(d.slack.Person("alice").ID)
	if others := devices(t, d, len(cast)); len(others) != 0 {
		t.Errorf("before anything was sent the page shows %+v", others)
	}
	for _, way := range []struct {
		method  paging.Method
		address string
		shownAs string
	}{{paging.MethodSMS, "+15550100199", "+15550100199"}, {paging.MethodEmail, "Alice.Home@acme.example", "alice.home@acme.example"}} {
		c, err := d.app.Paging.AddContact(t.Context(), alice, way.method, way.address)
		if err != nil {
			t.Fatal(err)
		}
		var code string
		awaits(t, "the code is shown at "+way.shownAs, func() bool {
			for _, device := range devices(t, d, len(cast)) {
				if device.ID == way.shownAs && device.Name == "Alice Adler, added" && len(device.Items) > 0 {
					code = sentCode.ReplaceAllString(sentCode.FindString(device.Items[0].Text), "$1")
				}
			}
			return code != ""
		})
		if err := d.app.Paging.Verify(t.Context(), alice, c.ID, code); err != nil {
			t.Errorf("the code %q that is shown at %s: %v", code, way.shownAs, err)
		}
	}
	asks(t, d.server.base+"/phones/act", map[string]string{"person": "+15550100199", "do": "reply", "text": "Who is this?"}, &struct{}{})
	shown := devices(t, d, len(cast))
	if len(shown) != 2 || !slices.ContainsFunc(shown[0].Items, func(i item) bool { return i.Own && i.Text == "Who is this?" }) {
		t.Errorf("what was texted back is not there: %+v", shown)
	}
}

// devices are what the page shows after the people of the cast.
func devices(t *testing.T, d *demo, after int) []reachable {
	t.Helper()
	var state struct{ People []reachable }
	asks(t, d.server.base+"/phones/state", nil, &state)
	if len(state.People) < after {
		t.Fatalf("the page shows %d people", len(state.People))
	}
	return state.People[after:]
}
