package main

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/integrations/email"
	"github.com/tocsinhq/tocsin/integrations/ntfy"
	"github.com/tocsinhq/tocsin/integrations/twilio"
	"github.com/tocsinhq/tocsin/integrations/webhook"
)

// vendors are the ways to reach people that the settings turn on, besides Slack.
type vendors struct {
	notifiers []paging.Notifier
	twilio    *twilio.Client // also takes what people answer; nil without Twilio
}

// vendors makes them. The settings are valid: an error is a fault of ours.
func (c *Config) vendors(publicURL string) (v vendors, err error) {
	for _, add := range []func(*vendors, string) error{c.addTwilio, c.addEmail, c.addPush, c.addWebhooks} {
		if err := add(&v, publicURL); err != nil {
			return vendors{}, err
		}
	}
	return v, nil
}

func (c *Config) addTwilio(v *vendors, publicURL string) error {
	config := c.twilio(publicURL)
	if !config.Enabled() {
		return nil
	}
	client, err := twilio.New(config, nil)
	if err != nil {
		return fmt.Errorf("make Twilio's client: %w", err)
	}
	v.twilio, v.notifiers = client, append(v.notifiers, client.SMS())
	if config.CanCall() {
		v.notifiers = append(v.notifiers, client.Voice())
	}
	return nil
}

func (c *Config) addEmail(v *vendors, _ string) error {
	if !c.email().Enabled() {
		return nil
	}
	n, err := email.New(c.email(), email.Network{})
	if err != nil {
		return fmt.Errorf("make the e-mail notifier: %w", err)
	}
	v.notifiers = append(v.notifiers, n)
	return nil
}

func (c *Config) addPush(v *vendors, _ string) error {
	if !c.ntfy().Enabled() {
		return nil
	}
	n, err := ntfy.New(c.ntfy(), nil)
	if err != nil {
		return fmt.Errorf("make the push notifier: %w", err)
	}
	v.notifiers = append(v.notifiers, n)
	return nil
}

func (c *Config) addWebhooks(v *vendors, _ string) error {
	if !c.webhook().Enabled() {
		return nil
	}
	n, err := webhook.New(c.webhook(), nil)
	if err != nil {
		return fmt.Errorf("make the webhook notifier: %w", err)
	}
	v.notifiers = append(v.notifiers, n)
	return nil
}

func (c *Config) twilio(publicURL string) twilio.Config {
	return twilio.Config{
		AccountSID: c.TwilioAccountSID, AuthToken: c.TwilioAuthToken, OtherToken: c.TwilioOtherToken,
		From: c.TwilioFrom, VoiceFrom: c.TwilioVoiceFrom, APIURL: c.TwilioAPIURL, PublicURL: publicURL,
	}
}

func (c *Config) email() email.Config {
	return email.Config{URL: c.SMTPURL, From: c.MailFrom}
}

func (c *Config) ntfy() ntfy.Config { return ntfy.Config{URL: c.NtfyURL} }

func (c *Config) webhook() webhook.Config {
	var config webhook.Config
	for _, s := range []Secret{c.WebhookSecret, c.WebhookSecretOld} {
		if s != "" {
			config.Secrets = append(config.Secrets, s)
		}
	}
	for _, network := range c.WebhookAllow {
		if prefix, err := netip.ParsePrefix(network); err == nil { // Validate has refused any other
			config.Allow = append(config.Allow, prefix)
		}
	}
	return config
}

// beat is how often paging proves that it works, and to whom.
func (c *Config) beat() paging.Beat {
	every, err := time.ParseDuration(c.CanaryEvery)
	if err != nil {
		every = 0 // the default of paging
	}
	b := paging.Beat{Every: every, Address: c.CanaryTo, URL: c.DeadManURL.Reveal()}
	switch {
	case c.CanaryTo == "":
	case strings.Contains(c.CanaryTo, "://"):
		b.Method = paging.MethodWebhook
	default:
		b.Method = paging.MethodSlack
	}
	return b
}
