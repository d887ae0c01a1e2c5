package incident

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAnExclusiveRoleHasOneHolder(t *testing.T) {
	t.Parallel()
	for _, info := range RoleCatalogue() {
		i := at(StatusActive)
		for _, p := range []PersonID{"U1", "U2"} {
			if _, err := i.Assign(info.Role, p, noon); err != nil {
				t.Fatal(err)
			}
		}
		want := []PersonID{"U2"}
		if info.Role.Shared() {
			want = []PersonID{"U1", "U2"}
		}
		if diff := cmp.Diff(want, i.Roles[info.Role]); diff != "" {
			t.Errorf("%s: %s", info.Role, diff)
		}
	}
}

func TestAHandoverNamesBothPeople(t *testing.T) {
	t.Parallel()
	i := &Incident{Status: StatusActive} // its Roles are nil, as a zero value's are
	if _, err := i.Assign(Scribe, "U1", noon); err != nil {
		t.Fatal(err)
	}
	events, err := i.Assign(Scribe, "U2", noon)
	if diff := cmp.Diff([]Event{RoleAssigned{Role: Scribe, From: "U1", To: "U2"}}, events); diff != "" || err != nil {
		t.Error(err, diff)
	}
	events, err = i.Leave(Scribe, "U2")
	if diff := cmp.Diff([]Event{RoleVacated{Role: Scribe, From: "U2"}}, events); diff != "" || err != nil || i.Holder(Scribe) != "" {
		t.Error(err, i.Holder(Scribe), diff)
	}
}

func TestTheFirstCommanderAcknowledges(t *testing.T) {
	t.Parallel()
	i := at(StatusTriage)
	for n, step := range []struct {
		role Role
		to   PersonID
		want time.Time
	}{{Scribe, "U1", time.Time{}}, {Responder, "U1", time.Time{}}, {Commander, "U2", noon.Add(3 * time.Minute)}, {Commander, "U3", noon.Add(3 * time.Minute)}} {
		if _, err := i.Assign(step.role, step.to, noon.Add(time.Duration(n+1)*time.Minute)); err != nil {
			t.Fatal(err)
		}
		if got := i.Milestones.Acknowledged; got != step.want {
			t.Errorf("after %s: acknowledged at %v, want %v", step.role, got, step.want)
		}
	}
}

func TestParseRole(t *testing.T) {
	t.Parallel()
	for _, info := range RoleCatalogue() {
		words := append([]string{string(info.Role), info.Title, strings.ToUpper(info.Title), " " + string(info.Role) + " "}, info.Aliases...)
		for _, word := range words {
			if got, err := ParseRole(word); err != nil || got != info.Role {
				t.Errorf("ParseRole(%q) = %q, %v; want %q", word, got, err, info.Role)
			}
		}
		if len(info.Duties) == 0 || info.Role.Title() != info.Title {
			t.Errorf("%s: title %q, %d duties", info.Role, info.Role.Title(), len(info.Duties))
		}
	}
	for _, word := range []string{"", "boss", "incident"} {
		if got, err := ParseRole(word); CodeOf(err) != Invalid {
			t.Errorf("ParseRole(%q) = %q, %v; want a sentence", word, got, err)
		}
	}
	if got := Role("boss").Title(); got != "" {
		t.Errorf("title of an unknown role = %q", got)
	}
}

// TestNoRoleAsksForOne: somebody who named none is asked, not told that "" is wrong.
func TestNoRoleAsksForOne(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"", "  "} {
		if _, err := ParseRole(word); err == nil || !strings.HasPrefix(err.Error(), "Say which role") {
			t.Errorf("ParseRole(%q) = %v", word, err)
		}
	}
}
