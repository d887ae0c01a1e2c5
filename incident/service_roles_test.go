package incident_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/tocsinhq/tocsin/incident"
)

// A change that waited for another one's lock must see the roles that the other
// one gave, or it takes them away again.
func TestChangesAtOnceKeepEachOthersRoles(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	i := declare(t, s, incident.Declaration{Title: "Checkout is down"})
	const each = 20
	var group sync.WaitGroup
	errs := make([]error, 2*each)
	for n := range each {
		group.Go(func() {
			_, errs[n] = s.Assign(t.Context(), i.ID, incident.Responder, incident.PersonID(fmt.Sprintf("U%d", n)), alice)
		})
		group.Go(func() {
			_, errs[each+n] = s.SetSummary(t.Context(), i.ID, fmt.Sprintf("Summary %d", n), bob)
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	now, err := s.Get(t.Context(), i.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(now.Roles[incident.Responder]); got != each {
		t.Errorf("%d of %d responders are left", got, each)
	}
}
