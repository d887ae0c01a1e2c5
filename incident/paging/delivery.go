package paging

import (
	"strconv"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// Delivery is one message: of a page and a rule, or of its own kind.
type Delivery struct {
	ID         int64
	Kind       MessageKind
	Page       int64 // 0: not of a page
	Escalation int64
	Incident   incident.ID
	Rule       int    // position of the rule; 0: not of a rule
	Outcome    string // of a status: what it tells
	Person     incident.PersonID
	Contact    ContactID // 0: an address that is nobody's, as of a place or a canary
	Method     Method
	Address    string
	Subject    string // of what is not a page
	Body       string

	State     State
	Attempt   int
	Anew      int    // how often it was begun anew since its line was busy
	Unsure    bool   // an attempt may have reached the vendor
	Repeat    bool   // the last attempt was marked as a repeat
	Worker    string // who makes the attempt
	PlannedAt time.Time
	Due       time.Time
	FirstAt   time.Time // when the first attempt began
	SentAt    time.Time // when the last attempt began
	Held      bool      // waits to be told with others
	VendorID  string
	Sequence  int // of the vendor's last report
	Reason    string
	Code      int   // for replies by text; 0: none
	Bundle    int64 // the digest that told it
}

// Key is the same for every attempt: by it a vendor knows a message again. Begun anew
// it has another one, since the vendor is to send it again.
func (d *Delivery) Key() string { return deliveryKey(d.ID, d.Anew) }

// NextRule finds the delivery that comes forward when another one of the same page
// has failed: of those that were not tried yet the one that is due first.
func NextRule(deliveries []Delivery) (n int, ok bool) {
	best := -1
	for i, d := range deliveries {
		if d.State != StatePlanned || d.Attempt > 0 {
			continue
		}
		if best < 0 || d.Due.Before(deliveries[best].Due) || d.Due.Equal(deliveries[best].Due) && d.Rule < deliveries[best].Rule {
			best = i
		}
	}
	return best, best >= 0
}

const keyPrefix = "tocsin-delivery-"

func deliveryKey(id int64, anew int) string {
	key := keyPrefix + strconv.FormatInt(id, 10)
	if anew > 0 {
		key += "-" + strconv.Itoa(anew)
	}
	return key
}

// parseKey returns the delivery of a Key, also of an earlier one; ok is false when it is
// none.
func parseKey(key string) (id int64, ok bool) {
	digits, ok := strings.CutPrefix(key, keyPrefix)
	if !ok {
		return 0, false
	}
	digits, _, _ = strings.Cut(digits, "-")
	id, err := strconv.ParseInt(digits, 10, 64)
	return id, err == nil && id > 0
}
