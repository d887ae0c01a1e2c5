package roster

import (
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

func TestUrgency(t *testing.T) {
	t.Parallel()
	office := &Hours{Zone: "Europe/Berlin", Days: []string{"mon", "tue", "wed", "thu", "fri"}, Start: "09:00", End: "17:00"}
	night := &Hours{Zone: "Europe/Berlin", Days: []string{"fri"}, Start: "22:00", End: "06:00"}
	at := func(s string) time.Time {
		when, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	monday, evening, sunday := at("2026-11-23T08:00:00Z"), at("2026-11-23T16:00:00Z"), at("2026-11-22T10:00:00Z")
	for _, c := range []struct {
		name string
		u    Urgency
		s    incident.Severity
		at   time.Time
		want string
	}{
		{"by default SEV3 is high", Urgency{}, incident.SEV3, sunday, High},
		{"by default SEV4 is low", Urgency{}, incident.SEV4, monday, Low},
		{"always high", Urgency{Always: High}, incident.SEV5, sunday, High},
		{"always low", Urgency{Always: Low, Hours: office}, incident.SEV1, monday, Low},
		{"low from SEV2", Urgency{Low: incident.SEV2}, incident.SEV2, monday, Low},
		{"worse than low", Urgency{Low: incident.SEV2}, incident.SEV1, sunday, High},
		{"even SEV1 is low when it says so", Urgency{Low: incident.SEV1}, incident.SEV1, monday, Low},
		{"low from SEV5", Urgency{Low: incident.SEV5}, incident.SEV4, sunday, High},
		{"at nine the hours begin", Urgency{Hours: office}, incident.SEV2, monday, High},
		{"at five they are over", Urgency{Hours: office}, incident.SEV2, evening, Low},
		{"one minute earlier they are not", Urgency{Hours: office}, incident.SEV2, evening.Add(-time.Minute), High},
		{"no hours on Sunday", Urgency{Hours: office}, incident.SEV2, sunday, Low},
		{"SEV1 knows no hours", Urgency{Hours: office}, incident.SEV1, sunday, High},
		{"low stays low in hours", Urgency{Hours: office}, incident.SEV4, monday, Low},
		{"over midnight", Urgency{Hours: night}, incident.SEV2, at("2026-11-28T04:59:00Z"), High},
		{"until six", Urgency{Hours: night}, incident.SEV2, at("2026-11-28T05:00:00Z"), Low},
		{"not on Thursday night", Urgency{Hours: night}, incident.SEV2, at("2026-11-27T04:59:00Z"), Low},
		{"from ten", Urgency{Hours: night}, incident.SEV2, at("2026-11-27T21:00:00Z"), High},
		{"all day long", Urgency{Hours: &Hours{Zone: "UTC", Days: []string{"sun"}, Start: "00:00", End: "00:00"}}, incident.SEV2, at("2026-11-22T23:59:00Z"), High},
		{"until midnight", Urgency{Hours: &Hours{Zone: "UTC", Days: []string{"sun"}, Start: "00:00", End: "00:00"}}, incident.SEV2, at("2026-11-23T00:00:00Z"), Low},
		{"a zone that nobody knows wakes", Urgency{Hours: &Hours{Zone: "Mars/Base", Days: nil}}, incident.SEV2, sunday, High},
	} {
		if got := c.u.Of(c.s, c.at); got != c.want {
			t.Errorf("%s: %s at %v is %s, want %s", c.name, c.s, c.at, got, c.want)
		}
	}
}
