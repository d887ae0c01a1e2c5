package twilio_test

import (
	"context"
	"slices"
	"sync"

	"github.com/tocsinhq/tocsin/incident/paging"
)

// inbox keeps what came back, and answers as it is told.
type inbox struct {
	mu      sync.Mutex
	reports []paging.Report
	replies []paging.Reply
	outs    []string // method and address
	ins     []string
	answer  string
	err     error
}

var _ paging.Inbox = (*inbox)(nil)

func (in *inbox) Report(_ context.Context, r paging.Report) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.err != nil {
		return in.err
	}
	in.reports = append(in.reports, r)
	return nil
}

func (in *inbox) Reply(_ context.Context, r paging.Reply) (string, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.err != nil {
		return "", in.err
	}
	in.replies = append(in.replies, r)
	return in.answer, nil
}

func (in *inbox) OptOut(_ context.Context, m paging.Method, address string) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.outs = append(in.outs, string(m)+" "+address)
	return in.err
}

func (in *inbox) OptIn(_ context.Context, m paging.Method, address string) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.ins = append(in.ins, string(m)+" "+address)
	return in.err
}

// breaks makes the inbox fail from now on; nil mends it.
func (in *inbox) breaks(err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.err = err
}

func (in *inbox) got() ([]paging.Report, []paging.Reply) {
	in.mu.Lock()
	defer in.mu.Unlock()
	return slices.Clone(in.reports), slices.Clone(in.replies)
}

// states are the states reported for a key, in the order they came.
func (in *inbox) states(key string) []paging.State {
	reports, _ := in.got()
	var list []paging.State
	for _, r := range reports {
		if r.ID == key {
			list = append(list, r.State)
		}
	}
	return list
}

// failure is the report of failure for a key.
func (in *inbox) failure(key string) (paging.Report, bool) {
	reports, _ := in.got()
	for _, r := range reports {
		if r.ID == key && r.State == paging.StateFailed {
			return r, true
		}
	}
	return paging.Report{}, false
}
