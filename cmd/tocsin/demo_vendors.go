package main

import (
	"net/http"

	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/integrations/email"
	"github.com/tocsinhq/tocsin/integrations/email/mailsim"
	"github.com/tocsinhq/tocsin/integrations/ntfy"
	"github.com/tocsinhq/tocsin/integrations/ntfy/ntfysim"
	"github.com/tocsinhq/tocsin/integrations/twilio"
	"github.com/tocsinhq/tocsin/integrations/twilio/twiliosim"
)

// simulated are the vendors of the demo and of plays: telephones, mailboxes and an
// app for push messages.
type simulated struct {
	twilio *twiliosim.Sim
	mail   *mailsim.Sim
	ntfy   *ntfysim.Sim
}

func newSimulated() *simulated {
	return &simulated{twiliosim.New(twiliosim.Options{}), mailsim.New(mailsim.Options{}), ntfysim.New(ntfysim.Options{})}
}

// listen serves everything in memory, also in a bubble.
func (s *simulated) listen() {
	s.mail.ListenPipe()
	s.twilio.ListenPipe()
	s.ntfy.ListenPipe()
}

// vendors are the real notifiers, on the simulated vendors.
func (s *simulated) vendors(publicURL string) (v vendors, err error) {
	v.twilio, err = twilio.New(twilio.Config{
		AccountSID: twiliosim.DefaultAccountSID, AuthToken: twiliosim.DefaultAuthToken, From: twiliosim.DefaultNumber,
		APIURL: s.twilio.URL() + "/", PublicURL: publicURL,
	}, s.twilio.HTTPClient().Transport)
	if err != nil {
		return vendors{}, err
	}
	mail, err := email.New(email.Config{URL: email.Secret(s.mail.URL()), From: "Tocsin <tocsin@acme.example>"}, email.Network{Dial: s.mail.Dial, Roots: s.mail.Roots()})
	if err != nil {
		return vendors{}, err
	}
	push, err := ntfy.New(ntfy.Config{URL: ntfy.Secret(s.ntfy.URL())}, s.ntfy.HTTPClient().Transport)
	if err != nil {
		return vendors{}, err
	}
	v.notifiers = []paging.Notifier{v.twilio.SMS(), v.twilio.Voice(), mail, push}
	return v, nil
}

// hear lets the vendors call back, by a client that reaches publicURL.
func (s *simulated) hear(publicURL string, client *http.Client) {
	s.twilio.SetWebhooks(client, publicURL+"/callbacks/twilio/sms")
}

func (s *simulated) close() {
	s.twilio.Close()
	s.mail.Close()
	s.ntfy.Close()
}
