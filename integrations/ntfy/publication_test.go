package ntfy

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tocsinhq/tocsin/incident/paging"
)

func TestPublicationFitsAPushService(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"short": "x", "long": strings.Repeat("long text ", 2000), "quotes": strings.Repeat(`"\<`, 4000), "emoji": strings.Repeat("👩‍🚒", 4000),
	} {
		body, err := publish(paging.Message{Key: "k", To: "t", Incident: 42, Severity: 1, Title: text, Text: text, Link: "https://tocsin.example/i/42"})
		if err != nil || len(body) > maxBody {
			t.Errorf("%s: %d bytes, %v; want at most %d", name, len(body), err, maxBody)
		}
		var p publication
		if err := json.Unmarshal(body, &p); err != nil || p.Click == "" || name == "long" && len(p.Message) < 2000 {
			t.Errorf("%s: %v, %d bytes of message", name, err, len(p.Message))
		}
	}
}
