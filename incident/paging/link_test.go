package paging

import (
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

func TestLinkRoundTrip(t *testing.T) {
	t.Parallel()
	key := []byte("0123456789abcdef0123456789abcdef")
	for _, action := range linkActions {
		token := SignLink(key, 4711, action, noon.Add(LinkFor))
		delivery, got, err := ReadLink(key, token, noon)
		if err != nil || delivery != 4711 || got != action {
			t.Errorf("ReadLink(SignLink(4711, %s)) = %d, %s, %v", action, delivery, got, err)
		}
	}
}

func TestChangedLinkIsRefused(t *testing.T) {
	t.Parallel()
	key := []byte("0123456789abcdef0123456789abcdef")
	token := SignLink(key, 4711, ActionAck, noon.Add(LinkFor))
	for n := range token {
		for _, c := range "A_z" {
			changed := token[:n] + string(c) + token[n+1:]
			if changed == token {
				continue
			}
			if _, _, err := ReadLink(key, changed, noon); incident.CodeOf(err) != incident.Forbidden {
				t.Fatalf("a link changed at %d is taken: %v", n, err)
			}
		}
	}
	if _, _, err := ReadLink([]byte("another key"), token, noon); err == nil {
		t.Error("a link of another key is taken")
	}
	if _, _, err := ReadLink(key, token, noon.Add(LinkFor)); err == nil {
		t.Error("an expired link is taken")
	}
}

func FuzzReadLink(f *testing.F) {
	key := []byte("0123456789abcdef0123456789abcdef")
	f.Add(SignLink(key, 1, ActionAck, noon.Add(time.Hour)))
	f.Fuzz(func(t *testing.T, token string) {
		if delivery, action, err := ReadLink(key, token, noon); err == nil && (token != SignLink(key, delivery, action, noon.Add(time.Hour))) {
			t.Errorf("forged: %q", token)
		}
	})
}

func FuzzParseReply(f *testing.F) {
	for _, s := range []string{"1a", "ack 198", "STOP", "100aa", "' '", "99999999999a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w, ok := ParseReply(text)
		if ok != (w.Action != "") || (w.Scope == ScopeCode || w.Scope == ScopeIncident) != (w.Number > 0) {
			t.Errorf("ParseReply(%q) = %+v, %v", text, w, ok)
		}
	})
}
