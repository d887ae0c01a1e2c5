package main

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// TestAClickOnAMessageAYearOldIsAnswered ages everything that is stored by a year, starts
// another process, and presses buttons that were left in Slack: of an incident that is
// open, and of one that is over and whose messages Slack would not take the buttons from.
func TestAClickOnAMessageAYearOldIsAnswered(t *testing.T) {
	t.Parallel()
	for name, play := range map[string]struct{ before, after string }{
		"open": {`
			after 1m
		`, `
			bob's Slack asks for an answer to You are paged
			bob clicks "Acknowledge" in You are paged
			bob's Slack answers Acknowledged INC-1
			alice clicks "Post update"
			alice has a form saying INC-1
			alice submits text=It is a year now
			#inc-1-checkout-is-down shows It is a year now
			alice types /incident list
			alice is answered Checkout is down
		`},
		"over": {`
			slack fails chat.update with internal_error
			alice types /incident resolve A full disk
			INC-1 is resolved
			after 1m
		`, `
			bob clicks "Acknowledge" in You are paged
			bob's Slack answers is over
			bob clicks "Escalate" in You are paged
			bob's Slack answers is over
			alice clicks "Mitigated"
			alice is shown INC-1
			INC-1 is resolved
		`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inWorld(t, func(t *testing.T, w *world) {
				s := w.stage()
				w.playsOn(s, `
					alice types /incident declare sev2 Checkout is down
					alice goes to #inc-1-checkout-is-down
					#inc-1-checkout-is-down has pinned Checkout is down
					alice types /incident page @bob
					bob's Slack asks for an answer to You are paged
				`+play.before)
				w.stop()
				w.agesAYear(t)
				w.start()
				w.playsOn(s, play.after)
			})
		})
	}
}

func (w *world) playsOn(s *stage, script string) {
	w.t.Helper()
	if err := s.play(w.t.Context(), script); err != nil {
		w.t.Fatal(err)
	}
}

// agesAYear makes everything that we have stored a year older; jobs are River's.
func (w *world) agesAYear(t *testing.T) {
	t.Helper()
	rows, err := w.pool.Query(t.Context(), `
		SELECT table_name, string_agg(quote_ident(column_name) || ' = ' || quote_ident(column_name) || ' - interval ''1 year''', ', ')
		FROM information_schema.columns
		JOIN information_schema.tables USING (table_schema, table_name)
		WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND data_type = 'timestamp with time zone' AND is_generated = 'NEVER'
		GROUP BY table_name`)
	if err != nil {
		t.Fatal(err)
	}
	columns := map[string]string{}
	var table, set string
	if _, err := pgx.ForEachRow(rows, []any{&table, &set}, func() error { columns[table] = set; return nil }); err != nil {
		t.Fatal(err)
	}
	if len(columns) < 10 {
		t.Fatalf("only %d tables have an instant", len(columns))
	}
	for table, set := range columns {
		if strings.HasPrefix(table, "river_") {
			continue
		}
		if _, err := w.pool.Exec(t.Context(), `UPDATE `+pgx.Identifier{table}.Sanitize()+` SET `+set); err != nil {
			t.Fatalf("age %s: %v", table, err)
		}
	}
}
