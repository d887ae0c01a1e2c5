package main

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/tocsinhq/tocsin/bot"
)

// ledger keeps account of what the scenarios make use of: every command, button,
// form and shortcut must be played at least once.
type ledger struct {
	mu   sync.Mutex
	used map[string]bool
}

// newLedger is checked when all plays are over, unless only some were asked for.
func newLedger(t *testing.T) *ledger {
	t.Helper()
	l := &ledger{used: map[string]bool{}}
	t.Cleanup(func() {
		if asked := flag.Lookup("test.run").Value.String(); strings.Contains(asked, "/") || t.Failed() || raceDetector {
			return
		}
		l.check(t)
	})
	return l
}

func (l *ledger) note(kind, name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	name, _, _ = strings.Cut(name, ":")
	l.used[kind+" "+strings.ToLower(name)] = true
}

func (l *ledger) check(t *testing.T) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range bot.CommandRows() {
		played := l.used["command "+c.Name]
		for _, alias := range c.Aliases {
			played = played || l.used["command "+alias]
		}
		if !played {
			t.Errorf("no scenario types /incident %s", c.Name)
		}
	}
	for _, action := range rowsOf(t, "../../bot/interactions.go") {
		if !l.used["click "+action] {
			t.Errorf("no scenario clicks %s", action)
		}
	}
	for _, callback := range rowsOf(t, "../../bot/modals.go") {
		if !l.used["form "+callback] && callback != "notice" { // a notice has no submit button
			t.Errorf("no scenario submits %s", callback)
		}
	}
	for _, s := range bot.ShortcutRows() {
		if !l.used["shortcut "+s.Callback] {
			t.Errorf("no scenario opens %s", s.Callback)
		}
	}
}

// rowsOf reads the names that begin the rows of one of the bot's tables, which are
// the bot's own business and not exported.
func rowsOf(t *testing.T, path string) []string {
	t.Helper()
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, row := range regexp.MustCompile(`\{"([a-z_]+)", \(\*Bot\)\.`).FindAllSubmatch(source, -1) {
		names = append(names, string(row[1]))
	}
	if len(names) < 5 {
		t.Fatalf("%s has only %d rows that could be read", path, len(names))
	}
	return names
}
