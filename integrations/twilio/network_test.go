package twilio_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/integrations/twilio"
	"github.com/tocsinhq/tocsin/integrations/twilio/twiliosim"
)

// TestOverTheNetwork is the demo's way: real addresses, real connections, real time.
func TestOverTheNetwork(t *testing.T) {
	t.Parallel()
	in := &inbox{answer: "INC-42 is yours."}
	sim := twiliosim.New(twiliosim.Options{PerPart: time.Millisecond, PerCall: time.Millisecond, Delivery: time.Millisecond, PerRune: time.Microsecond})
	if err := sim.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	mux := http.NewServeMux()
	web := httptest.NewServer(mux)
	t.Cleanup(web.Close)
	client := newClient(t, sim, nil, func(c *twilio.Config) { c.PublicURL = web.URL })
	t.Cleanup(client.Close)
	mux.Handle("POST /callbacks/twilio/", client.Callbacks(in, nil))
	sim.SetWebhooks(web.Client(), web.URL+"/callbacks/twilio/sms")

	mustSend(t, client.SMS(), page("d-1"))
	wait(t, func() bool { return len(in.states("d-1")) == 2 })
	if answers, err := sim.Phone(alice).Reply("12a"); err != nil || len(answers) != 1 || answers[0] != in.answer {
		t.Errorf("a reply was answered %q, %v", answers, err)
	}
	mustSend(t, client.Voice(), page("d-2"))
	press(t, site{Sim: sim}, "4")
	wait(t, func() bool { return lastCall(site{Sim: sim}).Status == "completed" })
	_, replies := in.got()
	if len(replies) != 2 || replies[0].Text != "12a" || replies[1].ID != "d-2" || replies[1].Action != "ack" || replies[1].Method != paging.MethodVoice {
		t.Errorf("replies %+v; want one by text and one by key", replies)
	}
}

// wait waits for what another goroutine brings about.
func wait(t *testing.T, ready func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	timeout := time.After(time.Minute)
	for !ready() {
		select {
		case <-tick.C:
		case <-timeout:
			t.Fatal("it did not come about within a minute")
		}
	}
}
