package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// soakMessage is one message of a page, as its row has it after all runs.
type soakMessage struct {
	Escalation int64
	Step       int
	Key        string
	State      string
	Attempt    int
	Repeat     bool
	Reason     string
	Claimed    *time.Time
}

// check looks at everything that was ever paged.
func (s *soak) check() {
	messages := map[int64][]soakMessage{}
	for _, m := range s.messages() {
		messages[m.Escalation] = append(messages[m.Escalation], m)
	}
	for id, seed := range s.seeds {
		for _, wrong := range s.wrongs(id, messages[id]) {
			s.t.Errorf("seed %d: escalation %d: %s", seed, id, wrong)
		}
	}
	for _, key := range s.twice() {
		if s.count(`SELECT count(*) FROM delivery WHERE 'tocsin-delivery-' || id = $1 AND repeat`, key) == 0 {
			s.t.Errorf("%s was taken more than once and its row knows of no repeat: %+v", key, s.wire.of(key))
		}
		if why := s.needless(key); why != "" {
			s.t.Errorf("%s was taken more than once: %s: %+v", key, why, s.wire.of(key))
		}
	}
}

// notesClaims lets the database remember which process has sent a message at which
// attempt; the row itself knows of the last one only.
func (s *soak) notesClaims() {
	s.t.Helper()
	_, err := s.pool.Exec(s.t.Context(), `
		CREATE TABLE soak_claim (id bigserial PRIMARY KEY, delivery bigint NOT NULL, worker text NOT NULL);
		CREATE FUNCTION soak_note_claim() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			INSERT INTO soak_claim (delivery, worker) VALUES (new.id, new.worker);
			RETURN NULL;
		END $$;
		CREATE TRIGGER soak_note_claim AFTER UPDATE OF attempt ON delivery
			FOR EACH ROW WHEN (new.attempt > old.attempt) EXECUTE FUNCTION soak_note_claim()`)
	if err != nil {
		s.t.Fatal(err)
	}
}

// needless says why no death explains that a message was taken more than once: each
// process that sent it, but the last one, must have been killed. "" when all is well.
func (s *soak) needless(key string) string {
	senders := s.lines(`SELECT worker FROM soak_claim WHERE 'tocsin-delivery-' || delivery = $1 ORDER BY id`, key)
	if len(senders) < 2 {
		return fmt.Sprintf("it was claimed by %q only", senders)
	}
	for _, worker := range senders[:len(senders)-1] {
		if !slices.ContainsFunc(s.killed, func(pid int) bool { return strings.Contains(worker, fmt.Sprintf("-%d-", pid)) }) {
			return fmt.Sprintf("it was claimed by %q, and %s was not killed", senders, worker)
		}
	}
	return ""
}

func (s *soak) messages() []soakMessage {
	rows, err := s.pool.Query(s.t.Context(), `
		SELECT d.escalation_id, p.step, 'tocsin-delivery-' || d.id, d.state, d.attempt, d.repeat, d.reason, d.sent_at
		FROM delivery d
		JOIN page p ON p.id = d.page_id
		ORDER BY d.id`)
	if err != nil {
		s.t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[soakMessage])
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

// wrongs lists what must not be of one escalation.
func (s *soak) wrongs(id int64, messages []soakMessage) (wrongs []string) {
	answered, isAnswered := s.answered[id]
	reached := map[int]bool{} // by step
	for _, m := range messages {
		came := s.wire.of(m.Key)
		reached[m.Step] = reached[m.Step] || len(came) > 0
		spared := isAnswered && strings.HasPrefix(m.Reason, "It was answered")
		switch {
		case slices.Contains([]string{"sent", "delivered", "seen"}, m.State) && len(came) == 0:
			wrongs = append(wrongs, fmt.Sprintf("%s is on record as %s and was never taken", m.Key, m.State))
		case !slices.Contains([]string{"sent", "delivered", "seen"}, m.State) && !spared:
			wrongs = append(wrongs, fmt.Sprintf("%s ended as %s: %s", m.Key, m.State, m.Reason))
		case len(came) > m.Attempt:
			wrongs = append(wrongs, fmt.Sprintf("%s was taken %d times in %d attempts", m.Key, len(came), m.Attempt))
		}
		for n, c := range came {
			if n > 0 && !(m.Repeat && c.repeat) {
				wrongs = append(wrongs, fmt.Sprintf("%s came again and does not say so; its row says repeat: %v", m.Key, m.Repeat))
			}
		}
		if isAnswered && m.Claimed != nil && m.Claimed.After(answered) {
			wrongs = append(wrongs, fmt.Sprintf("%s was claimed %v after the answer", m.Key, m.Claimed.Sub(answered)))
		}
	}
	if !isAnswered && !(reached[1] && reached[2]) {
		wrongs = append(wrongs, fmt.Sprintf("nobody has answered, and the steps reached somebody: %v", reached))
	}
	return wrongs
}

// twice lists the keys under which more than one message was taken.
func (s *soak) twice() (keys []string) {
	s.wire.mu.Lock()
	defer s.wire.mu.Unlock()
	for key, came := range s.wire.taken {
		if len(came) > 1 {
			keys = append(keys, key)
		}
	}
	return keys
}

// told sums the runs up.
func (s *soak) told() string {
	repeats := s.lines(`SELECT 'tocsin-delivery-' || id FROM delivery WHERE repeat AND page_id IS NOT NULL`)
	explained := 0
	for _, key := range repeats {
		if s.needless(key) == "" {
			explained++
		}
	}
	return fmt.Sprintf("%d escalations, %d answered; deaths %v; %d messages of pages, %d of them sent as repeats, %d of these after the death of who sent them, %d keys taken twice",
		len(s.seeds), len(s.answered), s.deaths, len(s.messages()), len(repeats), explained, len(s.twice()))
}
