package paging

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
)

// stormed pages alice for five incidents of a service, a second apart: three leave at
// once, and the digest of the last two is due after a minute.
func (w *world) stormed(m Method, address string) (escalations []int64) {
	w.t.Helper()
	w.rules(alice, Rule{Contact: w.contact(alice, m, address)})
	for n, title := range []string{"One", "Two", "Three", "Four", "Five"} {
		escalations = append(escalations, w.page(w.incident(title, incident.SEV2), "checkout", time.Hour, alice))
		w.at(float64(n + 1))
	}
	if got := w.office.pages(m, ""); len(got) != 3 {
		w.t.Fatalf("of five pages left %v; want three", w.log(got))
	}
	return escalations
}

func TestADigestIsFoundByEachEscalationThatItTells(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		e := w.stormed(MethodSlack, string(alice))
		w.at(80)
		w.ack(e[4], bob)
		own, err := w.Posted(w.t.Context(), MethodSlack, e[0], 0)
		w.must(err)
		if len(own) != 1 || own[0].Kind != MessagePage {
			w.t.Errorf("the first page was posted as %+v; want one message of its own", own)
		}
		four, err := w.Posted(w.t.Context(), MethodSlack, e[3], 0)
		w.must(err)
		five, err := w.Posted(w.t.Context(), MethodSlack, e[4], 0)
		w.must(err)
		if len(four) != 1 || len(five) != 1 || four[0] != five[0] || four[0].Kind != MessageDigest || four[0].Person != alice {
			w.t.Fatalf("the last two were posted as %+v and %+v; want one digest", four, five)
		}
		again, err := w.Posted(w.t.Context(), MethodSlack, e[4], four[0].Delivery)
		w.must(err)
		none, err := w.Posted(w.t.Context(), MethodSMS, e[4], 0)
		w.must(err)
		if len(again) != 1 || len(none) != 0 {
			w.t.Errorf("asked by both ids it is posted %d times, and %d times by SMS; want 1 and 0", len(again), len(none))
		}
		w.wantStandings(four[0].Delivery, e[3:])
	})
}

// wantStandings expects a digest of two pages, the second of which bob has.
func (w *world) wantStandings(delivery int64, escalations []int64) {
	w.t.Helper()
	m, pages, err := w.PostedPages(w.t.Context(), delivery)
	w.must(err)
	if m.Kind != MessageDigest || m.Key != deliveryKey(delivery, 0) || len(m.Actions) != 2 || m.Actions[0].URL != "" || len(pages) != 2 {
		w.t.Fatalf("the digest is %+v of %+v", m, pages)
	}
	now := map[int64]Standing{}
	for _, p := range pages {
		now[p.Escalation] = p.Now
	}
	if first := now[escalations[0]]; first.State != escalation.Triggered || first.Run != 1 || len(first.AckedBy) != 0 || !first.Until.IsZero() {
		w.t.Errorf("what waits stands at %+v", first)
	}
	if second := now[escalations[1]]; second.State != escalation.Acknowledged || len(second.AckedBy) != 1 || second.AckedBy[0] != bob {
		w.t.Errorf("what bob has stands at %+v", second)
	}
}

func TestADeliveryThatIsGoneTellsNothing(t *testing.T) {
	inWorld(t, idle, func(w *world) {
		if _, pages, err := w.PostedPages(w.t.Context(), 4711); err != nil || len(pages) != 0 {
			w.t.Errorf("PostedPages of no delivery = %v, %v; want nothing", pages, err)
		}
	})
}

// digestOf is the page that a digest was made of and the one that it tells besides, by
// their escalations and incidents.
func (w *world) digestOf() (own, told Delivery) {
	w.t.Helper()
	all, err := deliveries(w.t.Context(), w.pool, `delivery d WHERE d.kind = 'digest'`)
	w.must(err)
	if len(all) != 1 {
		w.t.Fatalf("there are %d digests; want one", len(all))
	}
	besides, err := bundledInto(w.t.Context(), w.pool, all[0].ID)
	w.must(err)
	if len(besides) != 1 {
		w.t.Fatalf("the digest tells %d pages besides its own; want one", len(besides))
	}
	return all[0], besides[0]
}

// inLedger is what the record of an incident says of alice's message.
func (w *world) inLedger(id incident.ID) string {
	w.t.Helper()
	lines, err := ledger(w.t.Context(), w.pool, id)
	w.must(err)
	if len(lines) != 1 {
		w.t.Fatalf("%s has %d messages on record; want one", id, len(lines))
	}
	return string(lines[0].State) + ": " + lines[0].Reason
}

// TestADigestIsTriedAgainWithWhatIsLeft: whichever of its pages was answered meanwhile,
// the one the message was made of or one that it tells besides, it is listed no more. What
// waits is told by nothing else.
func TestADigestIsTriedAgainWithWhatIsLeft(t *testing.T) {
	for _, m := range []Method{MethodSMS, MethodEmail} {
		for _, besides := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/besides=%t", m, besides), func(t *testing.T) {
				inWorld(t, quick, func(w *world) { w.triesAgainWithWhatIsLeft(m, besides) })
			})
		}
	}
}

func (w *world) triesAgainWithWhatIsLeft(m Method, besides bool) {
	w.t.Helper()
	e := w.stormed(m, map[Method]string{MethodSMS: alicePhone, MethodEmail: "alice@example.com"}[m])
	w.office.fail(m, fault{err: errors.New("The vendor is down.")})
	w.at(70)
	done, left := w.digestOf()
	if besides {
		done, left = left, done
	}
	w.ack(done.Escalation, bob)
	w.at(80)
	w.office.fail(m, fault{})
	w.at(120)
	sent := w.office.pages(m, "")
	if len(sent) != 4 {
		w.t.Fatalf("after the vendor was back came %v; want the digest", w.log(sent[3:]))
	}
	title := map[incident.ID]string{4: "Four", 5: "Five"}[left.Incident]
	again := sent[3].Message
	if again.Kind != MessageDigest || again.Incident != left.Incident || again.Title != "1 page of 1 incident waits for you" ||
		again.Text != left.Incident.String()+" SEV2 "+title+" (Service checkout)" || len(again.Actions) != 2 || again.Actions[0].Name != ActionAck {
		w.t.Errorf("the message that was tried again is %+v", again)
	}
	if text := SMS(again, 2); m == MethodSMS && text != fmt.Sprintf("Again: %[1]s SEV2 1 page of 1 incident waits for you\n%[1]s SEV2 %[2]s (Service checkout)\nReply 4a ack, 4w awake", left.Incident, title) {
		w.t.Errorf("the text that was tried again is %q", text)
	}
	if got := w.inLedger(done.Incident); besides && got != "cancelled: "+answered {
		w.t.Errorf("the record of what was answered says %q", got)
	}
	w.offers(again, title)
	if got, err := w.Escalations.Get(w.t.Context(), left.Escalation); err != nil || got.State != escalation.Acknowledged {
		w.t.Errorf("what was left is %+v, %v after the answer", got, err)
	}
	if got, err := w.Escalations.Get(w.t.Context(), e[0]); err != nil || got.State != escalation.Triggered {
		w.t.Errorf("what nobody answered is %+v, %v", got, err)
	}
}

// offers expects the link of a message to list one page, and follows it.
func (w *world) offers(m Message, title string) {
	w.t.Helper()
	_, token, ok := strings.Cut(m.Actions[0].URL, LinkPath)
	if !ok {
		w.t.Fatalf("the link is %q", m.Actions[0].URL)
	}
	offer, err := w.ParseLink(w.t.Context(), token)
	w.must(err)
	if offer.Title != m.Title || offer.Text != m.Text || !strings.Contains(offer.Text, title) {
		w.t.Errorf("the link offers %+v", offer)
	}
	_, err = w.FollowLink(w.t.Context(), token)
	w.must(err)
}

func TestADigestIsNotTriedAgainOnceAllIsAnswered(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		e := w.stormed(MethodSMS, alicePhone)
		w.office.fail(MethodSMS, fault{err: errors.New("The vendor is down.")})
		w.at(70)
		w.ack(e[3], bob)
		w.ack(e[4], bob)
		w.at(80)
		w.office.fail(MethodSMS, fault{})
		w.at(120)
		if texts := w.office.pages(MethodSMS, ""); len(texts) != 3 {
			w.t.Errorf("of what was answered came %v", w.log(texts[3:]))
		}
		own, told := w.digestOf()
		if got := w.inLedger(own.Incident); got != "failed: "+answered {
			w.t.Errorf("the record of the digest's own page says %q", got)
		}
		if got := w.inLedger(told.Incident); got != "cancelled: "+answered {
			w.t.Errorf("the record of what it was to tell besides says %q", got)
		}
	})
}

func TestADigestThatFailsEscalatesWhatItTold(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.rules(alice, Rule{Contact: w.contact(alice, MethodSMS, alicePhone)})
		w.rules(bob, Rule{Contact: w.contact(bob, MethodSlack, string(bob))})
		for n := range 6 {
			w.page(w.incident(fmt.Sprintf("Checkout %d", n), incident.SEV2), "checkout", time.Hour, alice, bob)
			w.at(float64(n + 1))
		}
		w.office.fail(MethodSMS, fault{err: gone("This number does not exist.")})
		w.at(50)
		w.wantSent("while the digest waits", w.office.pages(MethodSlack, string(bob)))
		w.at(600)
		asked := map[incident.ID]bool{}
		for _, p := range w.office.pages(MethodSlack, string(bob)) {
			asked[p.Incident] = true
			for _, d := range w.told(p) {
				asked[d] = true
			}
		}
		if len(asked) != 3 {
			w.t.Errorf("bob was asked for the incidents %v; want the three that the digest told", asked)
		}
		for id := range asked {
			var noted int
			w.must(w.pool.QueryRow(w.t.Context(), `SELECT count(*) FROM timeline_entry WHERE incident_id = $1 AND kind = 'paging.person_unreachable'`, id).Scan(&noted))
			if noted != 1 {
				w.t.Errorf("%s has on record %d times that alice is out of reach; want once", id, noted)
			}
		}
	})
}

// told lists the incidents that a message tells besides its own.
func (w *world) told(p posted) (all []incident.ID) {
	w.t.Helper()
	id, ok := parseKey(p.Key)
	if !ok {
		w.t.Fatalf("%q is no key", p.Key)
	}
	deliveries, err := bundledInto(w.t.Context(), w.pool, id)
	w.must(err)
	for _, d := range deliveries {
		all = append(all, d.Incident)
	}
	return all
}
