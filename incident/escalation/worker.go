package escalation

import "github.com/tocsinhq/tocsin/incident"

// The jobs of this package. Their arguments hold ids, never copies of state, and
// their kinds never change.
type (
	// Advance is the timer of an escalation; one of an older generation does nothing.
	Advance struct {
		Escalation int64 `json:"escalation"`
		Generation int   `json:"generation"`
	}
	// BeginService pages the service that an incident was declared for.
	BeginService struct {
		Incident incident.ID `json:"incident"`
	}
	// RaiseUrgency lets paging follow a severity that was raised. By is who raised it,
	// "" for Tocsin itself.
	RaiseUrgency struct {
		Incident incident.ID       `json:"incident"`
		By       incident.PersonID `json:"by,omitempty"`
	}
	// EndAll ends all paging of an incident that is over.
	EndAll struct {
		Incident incident.ID `json:"incident"`
	}
)

// Kind names the job.
func (Advance) Kind() string { return "escalation.advance" }

// Kind names the job.
func (BeginService) Kind() string { return "escalation.begin_service" }

// Kind names the job.
func (RaiseUrgency) Kind() string { return "escalation.raise_urgency" }

// Kind names the job.
func (EndAll) Kind() string { return "escalation.end_all" }
