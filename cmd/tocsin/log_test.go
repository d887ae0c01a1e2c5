package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/tocsinhq/tocsin/integrations/secret"
)

type holder struct {
	Name  string
	Token Secret
	Plain string
}

func TestLogNeverShowsSecrets(t *testing.T) {
	t.Parallel()
	const known = "s3cr3t-jira-value"
	bot, app := "xoxb-111-222-abcDEF", "xapp-1-A0-1-deadbeef"
	for name, write := range map[string]func(*slog.Logger){
		"secret attribute":   func(l *slog.Logger) { l.Info("x", "token", Secret(known)) },
		"secret in a struct": func(l *slog.Logger) { l.Info("x", "config", holder{"n", Secret(known), bot}) },
		"pointer to struct":  func(l *slog.Logger) { l.Info("x", "config", &holder{"n", Secret(known), bot}) },
		"message":            func(l *slog.Logger) { l.Info("sent " + bot + " and " + known) },
		"known value":        func(l *slog.Logger) { l.Info("x", "header", "Basic me:"+known) },
		"bot token":          func(l *slog.Logger) { l.Info("x", "url", "https://x/?token="+bot) },
		"app token":          func(l *slog.Logger) { l.Info("x", "t", app) },
		"rotated token":      func(l *slog.Logger) { l.Info("x", "t", "xoxe.xoxb-1-abcDEF") },
		"bearer":             func(l *slog.Logger) { l.Info("x", "h", "Authorization: Bearer abcDEF.ghi-123") },
		"error":              func(l *slog.Logger) { l.Error("x", "error", fmt.Errorf("call: %w", errors.New("bad "+app))) },
		"group":              func(l *slog.Logger) { l.Info("x", slog.Group("g", slog.Group("h", "t", bot))) },
		"with":               func(l *slog.Logger) { l.With("t", bot).WithGroup("g").Info("x", "u", app) },
		"map":                func(l *slog.Logger) { l.Info("x", "headers", http.Header{"Authorization": {"Bearer abcDEFghi"}}) },
		"bytes":              func(l *slog.Logger) { l.Info("x", "body", []byte("token="+bot)) },
		"url password":       func(l *slog.Logger) { l.Info("x", "dsn", "postgres://me:abcDEF@db/x") },
		"dsn password":       func(l *slog.Logger) { l.Info("x", "dsn", "host=db password=abcDEF user=me") },
		"incoming webhook":   func(l *slog.Logger) { l.Info("x", "u", "https://hooks.slack.com/services/T0/B0/abcDEF") },
	} {
		for _, format := range []string{"text", "json"} {
			t.Run(name+" "+format, func(t *testing.T) {
				t.Parallel()
				var out bytes.Buffer
				write(newLogger(&out, slog.LevelInfo, format, Secret(known)))
				if !strings.Contains(out.String(), secret.Hidden) {
					t.Errorf("nothing was hidden: %s", out.String())
				}
				for _, leak := range []string{known, "abcDEF", "deadbeef"} {
					if strings.Contains(out.String(), leak) {
						t.Errorf("log shows %q: %s", leak, out.String())
					}
				}
			})
		}
	}
}

func TestLogKeepsWhatIsNoSecret(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	l := newLogger(&out, slog.LevelInfo, "text", "short")
	l.Info("short token of thanks to https://example.com/a:b", "n", 42, "err", errors.New("no such channel"))
	l.Debug("below the level")
	for _, want := range []string{"short token of thanks to https://example.com/a:b", "n=42", `err="no such channel"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("log lacks %q: %s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "below") {
		t.Errorf("debug was logged at info: %s", out.String())
	}
}
