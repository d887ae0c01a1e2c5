package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/integrations/webhook"
	"github.com/tocsinhq/tocsin/integrations/webhook/webhooksim"
)

// TestWebhookSecretIsReplacedWithoutALostPage goes through the steps of a change, with
// receivers that are quick and slow to follow.
func TestWebhookSecretIsReplacedWithoutALostPage(t *testing.T) {
	t.Parallel()
	var before, after = strings.Repeat("b", 32), strings.Repeat("a", 32)
	for name, c := range map[string]struct {
		env                map[string]string
		takes, takesNoMore []string // secrets of receivers
	}{
		"before": {map[string]string{"TOCSIN_WEBHOOK_SECRET": before}, []string{before}, []string{after}},
		"during": {map[string]string{"TOCSIN_WEBHOOK_SECRET": after, "TOCSIN_WEBHOOK_SECRET_OLD": before}, []string{before, after}, []string{strings.Repeat("c", 32)}},
		"after":  {map[string]string{"TOCSIN_WEBHOOK_SECRET": after}, []string{after}, []string{before}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := configured(t, nil, c.env, "")
			if got := mistakes(t, config.Validate("")); got != nil {
				t.Fatalf("mistakes: %q", got)
			}
			if got := len(config.secrets()); got != len(c.env) {
				t.Errorf("%d secrets are hidden from the log, want %d", got, len(c.env))
			}
			send := func(secret string) error {
				sim := webhooksim.New(secret)
				sim.ListenPipe()
				defer sim.Close()
				n, err := webhook.New(config.webhook(), sim.HTTPClient().Transport)
				if err != nil {
					t.Fatal(err)
				}
				_, err = n.Send(t.Context(), paging.Message{Key: "delivery-1", Kind: paging.MessagePage, To: sim.URL(), Title: "Checkout is down"})
				return err
			}
			for _, secret := range c.takes {
				if err := send(secret); err != nil {
					t.Errorf("a receiver with the secret %.1s…: %v", secret, err)
				}
			}
			for _, secret := range c.takesNoMore {
				if _, refused := errors.AsType[*paging.Refused](send(secret)); !refused {
					t.Errorf("a receiver with the secret %.1s… takes it", secret)
				}
			}
		})
	}
}
