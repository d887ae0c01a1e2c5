package notifiertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

func permanent(err error) bool {
	p, ok := errors.AsType[interface {
		error
		Permanent() bool
	}](err)
	return ok && p.Permanent()
}

func wait(err error) time.Duration {
	w, ok := errors.AsType[interface {
		error
		Wait() time.Duration
	}](err)
	if !ok {
		return 0
	}
	return w.Wait()
}

// failing sends a page to a vendor that fails. failure is what the notifier said;
// err is not nil when it said nothing.
func (b bench) failing(ctx context.Context, f Fault) (failure, err error) {
	_, failure = b.Notifier.Send(ctx, b.page("delivery-1"))
	if failure == nil {
		return nil, fmt.Errorf("Send to a vendor with the fault %q succeeded", f)
	}
	return failure, nil
}

// worded checks that an error can be shown to people.
func (b bench) worded(err error) error {
	text := err.Error()
	first, _ := utf8.DecodeRuneInString(text)
	switch {
	case text == "":
		return errors.New("the error has no text")
	case unicode.IsLower(first), !strings.HasSuffix(text, "."), strings.Contains(text, "\n"), len(text) > 400:
		return fmt.Errorf("the error is no sentence for people: %q", text)
	}
	for _, secret := range b.Secrets {
		if secret != "" && strings.Contains(text, secret) {
			return fmt.Errorf("the error tells a secret: %q", text)
		}
	}
	return nil
}

func rateLimitWaits(ctx context.Context, b bench) error {
	if !b.Fail(FaultLimited) {
		return skipped("the vendor sets no limit")
	}
	failure, err := b.failing(ctx, FaultLimited)
	if err != nil {
		return err
	}
	if d := wait(failure); d < time.Second || d > RetryAfter+time.Second {
		return fmt.Errorf("a limit asks to wait %v; want about %v: %w", d, RetryAfter, failure)
	}
	if permanent(failure) {
		return fmt.Errorf("a limit is permanent: %w", failure)
	}
	return b.worded(failure)
}

func brokenVendorIsTemporary(ctx context.Context, b bench) error {
	if !b.Fail(FaultBroken) {
		return skipped("the vendor does not break")
	}
	failure, err := b.failing(ctx, FaultBroken)
	if err != nil {
		return err
	}
	if permanent(failure) || wait(failure) > 30*time.Second {
		return fmt.Errorf("a broken vendor is not tried again soon: %w", failure)
	}
	return b.worded(failure)
}

func refusedAddressIsPermanent(ctx context.Context, b bench) error {
	if !b.Fail(FaultRefused) {
		return skipped("the vendor refuses no address")
	}
	failure, err := b.failing(ctx, FaultRefused)
	if err != nil {
		return err
	}
	if !permanent(failure) {
		return fmt.Errorf("an address that is refused for good is tried again: %w", failure)
	}
	return b.worded(failure)
}

func hangEndsAtTheDeadline(ctx context.Context, b bench) error {
	if !b.Fail(FaultHang) {
		return skipped("the vendor does not hang")
	}
	ctx, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	returned := make(chan error, 1)
	go func() {
		_, failure := b.Notifier.Send(ctx, b.page("delivery-1"))
		returned <- failure
	}()
	var failure error
	select {
	case failure = <-returned:
	case <-time.After(10 * time.Second): // the machine may be busy
		b.Fail(FaultNone)
		return errors.New("Send did not return 10s after a deadline of 300ms")
	}
	b.Fail(FaultNone)
	if failure == nil {
		return errors.New("Send to a vendor that hangs succeeded")
	}
	if permanent(failure) {
		return fmt.Errorf("a vendor that hangs is permanent: %w", failure)
	}
	return b.worded(failure)
}

func cancelledSendsNothing(ctx context.Context, b bench) error {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := b.Notifier.Send(ctx, b.page("delivery-1")); err == nil || permanent(err) {
		return fmt.Errorf("Send with a cancelled context = %v; want an error that is not permanent", err)
	}
	if n := len(b.Received()); n != 0 {
		return fmt.Errorf("a cancelled Send delivered %d messages", n)
	}
	return nil
}

func worksAgainAfterAFailure(ctx context.Context, b bench) error {
	if !b.Fail(FaultBroken) {
		return skipped("the vendor does not break")
	}
	if _, err := b.failing(ctx, FaultBroken); err != nil {
		return err
	}
	b.Fail(FaultNone)
	_, _, err := b.deliver(ctx, b.page("delivery-1"))
	return err
}
