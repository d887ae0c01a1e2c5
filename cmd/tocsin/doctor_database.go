package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/migrations"
)

// Beyond this difference between our clock and the database's, timers that other
// replicas set would fire early or late.
const clockTolerance = 2 * time.Second

// A database that is silent for this long is as good as none.
const databaseWithin = 20 * time.Second

// examineDatabase starts the private Postgres when there is no other, and stops it
// again.
func (p *process) examineDatabase(ctx context.Context) []finding {
	pool, release, err := openDatabase(ctx, p)
	if err != nil {
		return []finding{{markWrong, "database", asSentence(err), "Tocsin does not start.", "Install Postgres 14 or later on this machine, or set DATABASE_URL to one."}}
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, databaseWithin)
	defer cancel()
	found, ok := p.examineSchema(ctx, pool)
	if !ok {
		return found
	}
	found = append(found, examineRights(ctx, pool), examineClock(ctx, pool, time.Now))
	return append(found, p.examineOrganisation(ctx, pool)...)
}

// examineSchema tells whether the database can be used; ok means that it answers.
func (p *process) examineSchema(ctx context.Context, pool *pgxpool.Pool) (found []finding, ok bool) {
	err := migrations.Check(ctx, pool)
	switch {
	case err == nil:
		return []finding{fine("database", "%s answers, with schema version %d.", p.databaseName(), migrations.Version())}, true
	case errors.Is(err, migrations.ErrTooOld) && isEmpty(ctx, pool):
		return []finding{fine("database", "%s answers and is empty; Tocsin makes its tables when it starts.", p.databaseName())}, true
	case errors.Is(err, migrations.ErrTooOld):
		return []finding{{markWarning, "database", asSentence(err), "Tocsin brings it up by itself when it starts; releases older than this one may then refuse to.", "Take a backup first."}}, true
	case errors.Is(err, migrations.ErrTooNew):
		return []finding{{markWrong, "database", asSentence(err), "Tocsin does not start, lest it damage what it does not understand.", "Install the newer release again."}}, true
	case errors.Is(err, migrations.ErrServerTooOld):
		return []finding{{markWrong, "database", asSentence(err), "Tocsin does not start.", ""}}, true
	}
	return []finding{{markWrong, "database", asSentence(err), "Tocsin does not start.", "Check DATABASE_URL, the server and what lies between."}}, false
}

// isEmpty reports whether we never migrated there; false when that cannot be told.
func isEmpty(ctx context.Context, pool *pgxpool.Pool) bool {
	var empty bool
	err := pool.QueryRow(ctx, `SELECT to_regclass('goose_db_version') IS NULL`).Scan(&empty)
	return err == nil && empty
}

func (p *process) databaseName() string {
	if p.config.DatabaseURL == "" {
		return "The private Postgres"
	}
	return "The Postgres of DATABASE_URL"
}

// examineRights asks the server whether we may write and make tables.
func examineRights(ctx context.Context, pool *pgxpool.Pool) finding {
	var user, readOnly string
	var standby, mayCreate bool
	err := pool.QueryRow(ctx, `
		SELECT current_user::text, pg_is_in_recovery(), current_setting('transaction_read_only'),
			coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)`).Scan(&user, &standby, &readOnly, &mayCreate)
	switch {
	case err != nil:
		return finding{markWrong, "database", asSentence(err), "What we may do there is unknown.", "Check the server's log."}
	case standby:
		return finding{markWrong, "database", "The server is a standby.", "Nothing can be stored.", "Point DATABASE_URL at the primary, for example with target_session_attrs=read-write."}
	case readOnly == "on":
		return finding{markWrong, "database", "The database is read-only for " + user + ".", "Nothing can be stored.", "Turn default_transaction_read_only off for this user and database."}
	case !mayCreate:
		return finding{markWrong, "database", "The user " + user + " may not create tables.", "Migrations fail, this one or the next.", "GRANT CREATE ON SCHEMA public TO " + user + "."}
	}
	return fine("database", "The user %s may write and migrate.", user)
}

// examineClock compares our clock with the database's, at the middle of the question.
func examineClock(ctx context.Context, pool *pgxpool.Pool, now func() time.Time) finding {
	var theirs time.Time
	before := now()
	err := pool.QueryRow(ctx, `SELECT clock_timestamp()`).Scan(&theirs)
	after := now()
	if err != nil {
		return finding{markWrong, "database", asSentence(err), "Its clock is unknown.", "Check the server's log."}
	}
	apart := before.Add(after.Sub(before) / 2).Sub(theirs).Abs().Round(time.Millisecond)
	if apart-after.Sub(before)/2 > clockTolerance {
		return finding{markWrong, "database", fmt.Sprintf("The clocks of this machine and of the database are %v apart.", apart),
			"Reminders come early or late, and the timeline is out of order.", "Let both follow a time server (NTP)."}
	}
	return fine("database", "Its clock and ours differ by less than %v.", clockTolerance)
}
