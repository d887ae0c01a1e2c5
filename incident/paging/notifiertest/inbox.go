package notifiertest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tocsinhq/tocsin/incident/paging"
)

// inbox keeps what came back.
type inbox struct {
	mu      sync.Mutex
	reports []paging.Report
	replies []paging.Reply
}

var _ paging.Inbox = (*inbox)(nil)

// Report keeps a report.
func (in *inbox) Report(_ context.Context, r paging.Report) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.reports = append(in.reports, r)
	return nil
}

// Reply keeps a reply and answers nothing.
func (in *inbox) Reply(_ context.Context, r paging.Reply) (string, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.replies = append(in.replies, r)
	return "Acknowledged INC-42.", nil
}

// OptOut does nothing.
func (in *inbox) OptOut(context.Context, paging.Method, string) error { return nil }

// OptIn does nothing.
func (in *inbox) OptIn(context.Context, paging.Method, string) error { return nil }

// poll waits for a condition that another goroutine brings about.
func poll(ctx context.Context, ready func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ready() {
		select {
		case <-ctx.Done():
			return errors.New("nothing came back")
		case <-tick.C:
		}
	}
	return nil
}

func reportsAreUnderstood(ctx context.Context, b bench) error {
	if b.CallBack == nil {
		return skipped("the vendor does not report")
	}
	m := b.page("delivery-1")
	m.CallBack = "https://tocsin.example/callbacks"
	got, receipt, err := b.deliver(ctx, m)
	if err != nil {
		return err
	}
	b.CallBack(got, paging.StateDelivered)
	b.CallBack(got, paging.StateDelivered) // vendors repeat themselves
	find := func() (paging.Report, bool) {
		b.in.mu.Lock()
		defer b.in.mu.Unlock()
		for _, r := range b.in.reports {
			if r.State == paging.StateDelivered {
				return r, true
			}
		}
		return paging.Report{}, false
	}
	if err := poll(ctx, func() bool { _, ok := find(); return ok }); err != nil {
		return fmt.Errorf("a report of delivery was not passed on: %w", err)
	}
	r, _ := find()
	if r.ID != receipt.ID && r.ID != m.Key {
		return fmt.Errorf("the report is about %q; want %q or %q", r.ID, receipt.ID, m.Key)
	}
	if r.Method != b.Notifier.Method() {
		return fmt.Errorf("the report is of method %q; want %q", r.Method, b.Notifier.Method())
	}
	return nil
}

func answersAreUnderstood(ctx context.Context, b bench) error {
	if b.Answer == nil {
		return skipped("nobody can answer through the vendor")
	}
	m := b.page("delivery-1")
	got, receipt, err := b.deliver(ctx, m)
	if err != nil {
		return err
	}
	b.Answer(got, "ack")
	first := func() (paging.Reply, bool) {
		b.in.mu.Lock()
		defer b.in.mu.Unlock()
		if len(b.in.replies) == 0 {
			return paging.Reply{}, false
		}
		return b.in.replies[0], true
	}
	if err := poll(ctx, func() bool { _, ok := first(); return ok }); err != nil {
		return fmt.Errorf("an answer was not passed on: %w", err)
	}
	r, _ := first()
	switch {
	case r.Action != "ack" && r.Text != "12a":
		return fmt.Errorf("the answer arrived as %+v; want action ack or text 12a", r)
	case r.Method != b.Notifier.Method():
		return fmt.Errorf("the answer came by method %q; want %q", r.Method, b.Notifier.Method())
	case r.ID != "" && r.ID != receipt.ID && r.ID != m.Key:
		return fmt.Errorf("the answer is to %q; want %q or %q", r.ID, receipt.ID, m.Key)
	case r.ID == "" && r.From != b.To:
		return fmt.Errorf("the answer came from %q; want %q", r.From, b.To)
	}
	return nil
}
