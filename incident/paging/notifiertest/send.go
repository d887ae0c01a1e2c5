package notifiertest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tocsinhq/tocsin/incident/paging"
)

// page is an ordinary page.
func (b bench) page(key string) paging.Message {
	return paging.Message{
		Key: key, Kind: paging.MessagePage, To: b.To, Person: "U02ALICE", Incident: 42, Severity: 2,
		Title: "Checkout returns errors", Text: "You are paged for Checkout.", Urgency: "high",
		Actions: []paging.Action{
			{Name: "ack", Label: "Acknowledge", Code: "12a", URL: "https://tocsin.example/p/token-ack"},
			{Name: "escalate", Label: "Escalate", Code: "12e", URL: "https://tocsin.example/p/token-escalate"},
		},
		Link:     "https://tocsin.example/incidents/42",
		Validity: 10 * time.Minute,
	}
}

// deliver sends a message and returns what came out for it.
func (b bench) deliver(ctx context.Context, m paging.Message) (Received, paging.Receipt, error) {
	before := len(b.Received())
	receipt, err := b.Notifier.Send(ctx, m)
	if err != nil {
		return Received{}, receipt, fmt.Errorf("Send(%s) = %w; want no error", m.Kind, err)
	}
	got := b.Received()
	if len(got) != before+1 {
		return Received{}, receipt, fmt.Errorf("Send(%s) delivered %d messages; want 1", m.Kind, len(got)-before)
	}
	return got[before], receipt, nil
}

func sendsAPage(ctx context.Context, b bench) error {
	known := []paging.Method{paging.MethodSlack, paging.MethodSMS, paging.MethodVoice, paging.MethodEmail, paging.MethodPush, paging.MethodWebhook}
	if m := b.Notifier.Method(); !slices.Contains(known, m) {
		return fmt.Errorf("Method() = %q, which is none of %v", m, known)
	}
	got, receipt, err := b.deliver(ctx, b.page("delivery-1"))
	if err != nil {
		return err
	}
	if got.To != b.To {
		return fmt.Errorf("the message went to %q; want %q", got.To, b.To)
	}
	if receipt.State != paging.StateSent && receipt.State != paging.StateDelivered {
		return fmt.Errorf("receipt says %q; want sent or delivered", receipt.State)
	}
	if b.CallBack != nil && receipt.ID != "" && got.ID != "" && receipt.ID != got.ID {
		return fmt.Errorf("receipt has id %q; the vendor gave %q", receipt.ID, got.ID)
	}
	for _, want := range []string{"INC-42", "SEV2", "Checkout returns errors"} {
		if !sees(got.Text, want) && !(b.Spoken && want != "Checkout returns errors") {
			return fmt.Errorf("the message does not say %q:\n%s", want, got.Text)
		}
	}
	return nil
}

// sees compares without regard to case and blanks, as a person does.
func sees(text, want string) bool {
	fold := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
	return strings.Contains(fold(text), fold(want))
}

func sendsEveryKind(ctx context.Context, b bench) error {
	kinds := []paging.MessageKind{paging.MessageDigest, paging.MessageStatus, paging.MessageNotice, paging.MessageVerify, paging.MessageCanary}
	for n, kind := range kinds {
		m := paging.Message{
			Key: fmt.Sprintf("kind-%d", n), Kind: kind, To: b.To, Person: "U02ALICE",
			Title: "Title of " + string(kind), Text: "Text of " + string(kind) + " 482913.",
		}
		got, _, err := b.deliver(ctx, m)
		if err != nil {
			return err
		}
		if !sees(got.Text, m.Text) && !(b.Spoken && sees(got.Text, m.Title)) {
			return fmt.Errorf("a %s does not say its text:\n%s", kind, got.Text)
		}
		if sees(got.Text, "INC-0") || sees(got.Text, "SEV0") {
			return fmt.Errorf("a %s without incident names one:\n%s", kind, got.Text)
		}
		if len(got.Actions) > 0 {
			return fmt.Errorf("a %s without actions offers %v", kind, got.Actions)
		}
	}
	return nil
}

func carriesActions(ctx context.Context, b bench) error {
	if b.Bare {
		return skipped("it carries no actions")
	}
	m := b.page("delivery-1")
	got, _, err := b.deliver(ctx, m)
	if err != nil {
		return err
	}
	for _, a := range m.Actions {
		if !slices.Contains(got.Actions, a.Name) && !slices.Contains(got.Actions, a.Code) {
			return fmt.Errorf("the message offers %v; want %s too", got.Actions, a.Name)
		}
	}
	if !b.Spoken && !slices.Contains(got.Links, m.Link) {
		return fmt.Errorf("the message links to %v; want %s", got.Links, m.Link)
	}
	return nil
}

func marksARepeat(ctx context.Context, b bench) error {
	first, _, err := b.deliver(ctx, b.page("delivery-1"))
	if err != nil {
		return err
	}
	again := b.page("delivery-2")
	again.Repeat = true
	second, _, err := b.deliver(ctx, again)
	if err != nil {
		return err
	}
	for _, word := range []string{"repeat", "again", "second time"} {
		if sees(second.Text, word) && !sees(first.Text, word) {
			return nil
		}
	}
	return fmt.Errorf("a repeat does not say that it is one:\n%s", second.Text)
}

func sendsOneKeyOnce(ctx context.Context, b bench) error {
	if _, _, err := b.deliver(ctx, b.page("delivery-1")); err != nil {
		return err
	}
	again := b.page("delivery-1")
	again.Repeat = true
	if _, err := b.Notifier.Send(ctx, again); err != nil {
		return fmt.Errorf("Send with a Key that was sent = %w; want success", err)
	}
	return b.once("a Key sent twice")
}

func tornAnswerSendsOnce(ctx context.Context, b bench) error {
	if !b.Fail(FaultTorn) {
		return skipped("the vendor's answer cannot be torn")
	}
	if _, err := b.Notifier.Send(ctx, b.page("delivery-1")); permanent(err) {
		return fmt.Errorf("a torn answer is permanent: %w", err)
	}
	b.Fail(FaultNone)
	again := b.page("delivery-1")
	again.Repeat = true
	if _, err := b.Notifier.Send(ctx, again); err != nil {
		return fmt.Errorf("Send after a torn answer = %w; want success", err)
	}
	return b.once("a message whose answer was torn")
}

// once checks that a Key reached a person once where the vendor knows it, and is
// marked the second time where it does not.
func (b bench) once(what string) error {
	got := b.Received()
	switch {
	case len(got) == 1:
		return nil
	case b.Knows || len(got) != 2:
		return fmt.Errorf("%s was shown %d times; want once", what, len(got))
	case !sees(got[1].Text, "repeat") && !sees(got[1].Text, "again") && !sees(got[1].Text, "second time"):
		return fmt.Errorf("%s was shown twice, and the second does not say so:\n%s", what, got[1].Text)
	}
	return nil
}

func tellsValidity(ctx context.Context, b bench) error {
	if !b.Validity {
		return skipped("the vendor knows no validity")
	}
	m := b.page("delivery-1")
	got, _, err := b.deliver(ctx, m)
	if err != nil {
		return err
	}
	if got.Validity <= 0 || got.Validity > m.Validity {
		return fmt.Errorf("the vendor was told %v; want at most %v, since a page that comes hours late wakes people for nothing", got.Validity, m.Validity)
	}
	return nil
}

func manyAtOnce(ctx context.Context, b bench) error {
	if b.Unordered {
		return skipped("the vendor takes one message at a time")
	}
	const many = 8
	var group sync.WaitGroup
	errs := make([]error, many)
	for n := range many {
		group.Go(func() { _, errs[n] = b.Notifier.Send(ctx, b.page(fmt.Sprintf("delivery-%d", n))) })
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return fmt.Errorf("one of %d messages sent at once: %w", many, err)
		}
	}
	if got := len(b.Received()); got != many {
		return fmt.Errorf("%d messages sent at once came out as %d", many, got)
	}
	return nil
}
