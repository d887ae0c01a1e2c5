package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/bot"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

func TestOwnersAreToldOnlyWhatOthersGaveThem(t *testing.T) {
	t.Parallel()
	told := []timeline.Job{{Args: bot.TellOwner{Incident: 1, Entry: 7, Task: 3, Person: "UB"}}}
	for name, c := range map[string]struct {
		e       incident.Event
		by      incident.PersonID
		want    []timeline.Job
		invited bool
	}{
		"given":         {incident.TaskAdded{Number: 3, Owner: "UB"}, "UA", told, true},
		"taken":         {incident.TaskAdded{Number: 3, Owner: "UB"}, "UB", nil, true},
		"nobody's":      {incident.TaskAdded{Number: 3}, "UA", nil, false},
		"given on":      {incident.TaskAmended{Number: 3, Owner: "UB", WasOwner: "UC"}, "UA", told, true},
		"another date":  {incident.TaskAmended{Number: 3, Owner: "UB", WasOwner: "UB"}, "UA", nil, false},
		"taken away":    {incident.TaskAmended{Number: 3, WasOwner: "UB"}, "UA", nil, false},
		"taken by hand": {incident.TaskAmended{Number: 3, Owner: "UB"}, "UB", nil, true},
	} {
		entry := timeline.Entry{Incident: 1, ID: 7, By: incident.By(c.by), Event: c.e}
		if diff := cmp.Diff(c.want, tellOwner(entry)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
		if got := len(inviteOwner(entry)) > 0; got != c.invited {
			t.Errorf("%s: invited %v; want %v", name, got, c.invited)
		}
	}
}
