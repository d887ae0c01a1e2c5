package view

import (
	"testing"

	"github.com/tocsinhq/tocsin/incident"
)

func TestNobodyWaitsForAWarRoomThatDoesNotOpenByItself(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status incident.Status
		room   incident.Room
		want   string
	}{
		{incident.StatusTriage, incident.Room{}, "*War room:* opens when somebody accepts it"},
		{incident.StatusActive, incident.Room{}, "*War room:* being opened"},
		{incident.StatusMitigated, incident.Room{}, "*War room:* being opened"},
		{incident.StatusCancelled, incident.Room{}, "*War room:* none"},
		{incident.StatusTriage, incident.Room{Channel: "C0ROOM", State: incident.RoomOpen}, "*War room:* <#C0ROOM>"},
		{incident.StatusClosed, incident.Room{Channel: "C0ROOM", State: incident.RoomArchived}, "*War room:* <#C0ROOM> (archived)"},
		{incident.StatusActive, incident.Room{Channel: "C0ROOM", State: incident.RoomLost}, "*War room:* lost; its channel was deleted or Tocsin was removed from it"},
	} {
		if got := whereTo(&incident.Incident{Status: c.status, Room: c.room}); got != c.want {
			t.Errorf("%s with %+v: %q, want %q", c.status, c.room, got, c.want)
		}
	}
}
