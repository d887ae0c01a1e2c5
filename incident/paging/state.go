package paging

// rank orders the states of a delivery. Failed stands below delivered: a message
// that arrived after all has arrived, and a failure that is reported late takes
// nothing back.
var rank = map[State]int{
	StatePlanned: 0, StateSending: 1, StateSent: 2, StateFailed: 3, StateDelivered: 4, StateSeen: 5,
	StateCancelled: 6, StateBundled: 6,
}

// Follows reports whether a delivery may move from one state to another. It only
// goes forward; cancelled and bundled are ends that only a planned one reaches, and
// what a digest was to tell is cancelled when the digest tells it no more.
func Follows(from, to State) bool {
	if to == StateCancelled || to == StateBundled {
		return from == StatePlanned || from == StateBundled && to == StateCancelled
	}
	return rank[to] > rank[from]
}

// Over reports whether nothing more is done for a delivery.
func (s State) Over() bool { return s != StatePlanned && s != StateSending }

// Reached reports whether a vendor took the message and it has not failed since.
func (s State) Reached() bool { return s == StateSent || s == StateDelivered || s == StateSeen }
