package paging

// The jobs of this package. Their arguments hold ids, never copies of state, and
// their kinds never change.
type (
	// BeginPage plans the messages of a page by its person's rules, and sends those
	// that are due at once.
	BeginPage struct {
		Page int64 `json:"page"`
	}
	// Deliver sends one message when its time has come.
	Deliver struct {
		Delivery int64 `json:"delivery"`
	}
	// TellOutcome tells those who were paged, and want to know, what became of it.
	TellOutcome struct {
		Escalation int64 `json:"escalation"`
		Entry      int64 `json:"entry"`
	}
)

// Kind names the job.
func (BeginPage) Kind() string { return "paging.begin_page" }

// Kind names the job.
func (Deliver) Kind() string { return "paging.deliver" }

// Kind names the job.
func (TellOutcome) Kind() string { return "paging.tell_outcome" }
