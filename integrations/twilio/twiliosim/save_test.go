package twiliosim_test

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/integrations/twilio/twiliosim"
)

const (
	bob   = "+15550100102"
	carol = "+15550100103"
	keys  = `<Response><Gather numDigits="1" action="https://tocsin.example/keys"><Say>Keys</Say></Gather></Response>`
)

// calling asks for a call to a number, with the callbacks of its progress.
func calling(t *testing.T, s *twiliosim.Sim, to, doc string) {
	t.Helper()
	form := phoneCall("To", to, "Twiml", doc, "StatusCallback", "https://tocsin.example/call?to="+to)
	form["StatusCallbackEvent"] = []string{"initiated", "ringing", "answered", "completed"}
	if got := ask(t, s, "/Calls.json", form); got.status != http.StatusCreated {
		t.Fatalf("the call was answered %d %v", got.status, got.body)
	}
}

// saved is what s remembers.
func saved(t *testing.T, s *twiliosim.Sim) *bytes.Buffer {
	t.Helper()
	var kept bytes.Buffer
	if err := s.Save(&kept); err != nil {
		t.Fatal(err)
	}
	return &kept
}

// busyAccount has calls that are over, spoken on and ringing, and a person who wants no
// texts.
func busyAccount(t *testing.T) *twiliosim.Sim {
	t.Helper()
	s := twiliosim.New(twiliosim.Options{})
	s.SetWebhooks(&http.Client{Transport: &hook{doc: `<Response><Pause length="600"/></Response>`}}, "")
	calling(t, s, alice, `<Response><Say>Hello</Say></Response>`)
	if err := s.Phone(alice).Answer(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Minute)
	calling(t, s, bob, keys)
	if err := s.Phone(bob).Press("1"); err != nil {
		t.Fatal(err)
	}
	calling(t, s, alice, keys)
	if _, err := s.Phone(carol).Reply("STOP"); err != nil {
		t.Fatal(err)
	}
	ask(t, s, "/Messages.json", text("Body", "one"))
	time.Sleep(10 * time.Second)
	synctest.Wait()
	return s
}

func TestPhonesSurviveSaveAndLoad(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := busyAccount(t)
		defer s.Close()
		if got := s.Calls(); got[0].Status != "completed" || got[1].Status != "in-progress" || got[2].Status != "ringing" {
			t.Fatalf("the calls to be saved are %+v", got)
		}
		again := twiliosim.New(twiliosim.Options{})
		defer again.Close()
		h := &hook{}
		again.SetWebhooks(&http.Client{Transport: h}, "")
		kept := saved(t, s)
		time.Sleep(time.Hour)
		if err := again.Load(kept); err != nil {
			t.Fatal(err)
		}
		for _, number := range []string{alice, bob, carol} {
			if diff := cmp.Diff(s.Phone(number).Messages(), again.Phone(number).Messages()); diff != "" {
				t.Errorf("texts of %s (-saved +loaded):\n%s", number, diff)
			}
		}
		want := s.Calls()
		want[1].Status, want[2].Status = "completed", "no-answer"
		if diff := cmp.Diff(want, again.Calls()); diff != "" {
			t.Errorf("calls (-saved, those under way ended +loaded):\n%s", diff)
		}
		synctest.Wait()
		if got := h.all("CallStatus"); len(got) != 2 || !slices.Contains(got, "completed") || !slices.Contains(got, "no-answer") {
			t.Errorf("callbacks say %q; want the ends of the two calls that were under way", got)
		}
		if got := h.all("CallDuration"); !slices.Contains(got, "10") {
			t.Errorf("the calls took %q seconds; the one that was spoken on was saved after 10", got)
		}
		if err := again.Phone(alice).HangUp(); err == nil {
			t.Error("a call of before can be hung up")
		}
		if got := ask(t, again, "/Messages.json", text("To", carol)); got.body["code"] != 21610.0 {
			t.Errorf("a text to who opted out was answered %v", got.body)
		}
	})
}

// TestTextsUnderWayArriveOnceAfterALoad saves at every stage of three texts.
func TestTextsUnderWayArriveOnceAfterALoad(t *testing.T) {
	t.Parallel()
	for _, after := range []time.Duration{0, 500, 1000, 1500, 2000, 2500, 3000, 9000} {
		synctest.Test(t, func(t *testing.T) {
			s := twiliosim.New(twiliosim.Options{})
			for _, body := range []string{"one", "two", "three"} {
				ask(t, s, "/Messages.json", text("Body", body, "StatusCallback", "https://tocsin.example/text?key="+body))
			}
			time.Sleep(after * time.Millisecond)
			synctest.Wait()
			kept := saved(t, s)
			s.Close()
			again := twiliosim.New(twiliosim.Options{})
			defer again.Close()
			h := &hook{}
			again.SetWebhooks(&http.Client{Transport: h}, "")
			if err := again.Load(kept); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			var got []string
			for _, m := range again.Phone(alice).Messages() {
				got = append(got, m.Body+" "+m.Status)
			}
			if diff := cmp.Diff([]string{"one delivered", "two delivered", "three delivered"}, got); diff != "" {
				t.Errorf("saved after %d ms (-want +got):\n%s", after, diff)
			}
			if told := h.all("MessageStatus"); after == 0 && len(told) < 5 || after == 9000 && len(told) > 0 {
				t.Errorf("saved after %d ms, callbacks say %q", after, told)
			}
		})
	}
}

func TestTextThatWasKeptTooLongIsNotSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := twiliosim.New(twiliosim.Options{})
		ask(t, s, "/Messages.json", text("Body", strings.Repeat("a", 161)))
		ask(t, s, "/Messages.json", text("Body", "late", "ValidityPeriod", "60"))
		kept := saved(t, s)
		s.Close()
		time.Sleep(time.Hour)
		again := twiliosim.New(twiliosim.Options{})
		defer again.Close()
		if err := again.Load(kept); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if all := again.Messages(); len(again.Phone(alice).Messages()) != 1 || all[1].Status != "failed" {
			t.Errorf("the phone has got %+v; want only the text whose time had not run out", again.Phone(alice).Messages())
		}
	})
}

func TestDamagedPhonesAreRefused(t *testing.T) {
	t.Parallel()
	s := twiliosim.New(twiliosim.Options{PerPart: time.Hour})
	t.Cleanup(s.Close)
	ask(t, s, "/Messages.json", url.Values{"To": {alice}, "From": {twiliosim.DefaultNumber}, "Body": {"Hello"}})
	half := saved(t, s).String()
	for name, damaged := range map[string]string{
		"empty": "", "nonsense": "nonsense", "nothing": "null", "other": `{"Shown":[]}`, "half": half[:len(half)/2],
		"missing text": `{"Texts":[],"Calls":[],"Received":{"+15550100101":["SM1"]}}`,
	} {
		err := s.Load(strings.NewReader(damaged))
		if err == nil || !strings.HasPrefix(err.Error(), "load telephones: ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: Load = %v; want one sentence", name, err)
		}
	}
	if got := s.Messages(); len(got) != 1 {
		t.Errorf("after loads that failed there are %d texts; want the one of before", len(got))
	}
}

func TestWatchersHearOfTextsAndCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := twiliosim.New(twiliosim.Options{})
		defer s.Close()
		changed, stop := s.Watch()
		heard := func(what string) {
			t.Helper()
			synctest.Wait()
			select {
			case <-changed:
			default:
				t.Errorf("%s: nobody was told", what)
			}
		}
		ask(t, s, "/Messages.json", text())
		heard("a text was taken")
		time.Sleep(time.Second)
		heard("it arrived")
		calling(t, s, alice, keys)
		heard("a call rings")
		if err := s.Phone(alice).HangUp(); err != nil {
			t.Fatal(err)
		}
		heard("it was declined")
		if _, err := s.Phone(alice).Reply("STOP"); err != nil {
			t.Fatal(err)
		}
		heard("a text came in")
		stop()
		ask(t, s, "/Messages.json", text("To", bob))
		synctest.Wait()
		select {
		case <-changed:
			t.Error("a watcher that has left was told")
		default:
		}
	})
}
