package migrations

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// oldestServer is the first supported Postgres, as server_version_num.
const oldestServer = 140000

// undefinedTable is the SQLSTATE of a table that does not exist.
const undefinedTable = "42P01"

// Check says whether this program can work on the database, without changing
// anything. Its error is one sentence for people and wraps ErrUnreachable,
// ErrServerTooOld, ErrTooOld or ErrTooNew.
func Check(ctx context.Context, pool *pgxpool.Pool) error {
	if err := checkServer(ctx, pool); err != nil {
		return err
	}
	have, err := version(ctx, pool)
	if err != nil {
		return err
	}
	switch want := Version(); {
	case have > want:
		return tooNew(have)
	case have < want:
		return fmt.Errorf("%w: it has version %d and this program needs %d; run `tocsin migrate`", ErrTooOld, have, want)
	}
	return nil
}

// version reads the schema version goose recorded; 0 means none.
func version(ctx context.Context, pool *pgxpool.Pool) (int64, error) {
	var have int64
	err := pool.QueryRow(ctx, `
		SELECT coalesce(max(version_id), 0)
		FROM goose_db_version
		WHERE is_applied`).Scan(&have)
	var refused *pgconn.PgError
	switch {
	case errors.As(err, &refused) && refused.Code == undefinedTable:
		return 0, nil
	case err != nil:
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	return have, nil
}

func checkServer(ctx context.Context, pool *pgxpool.Pool) error {
	var number int
	var name string
	err := pool.QueryRow(ctx, `
		SELECT current_setting('server_version_num')::int, current_setting('server_version')`).Scan(&number, &name)
	if err != nil {
		return unreachable(err)
	}
	return supported(number, name)
}

// supported refuses servers that lack what our SQL uses.
func supported(number int, name string) error {
	if number >= oldestServer {
		return nil
	}
	return fmt.Errorf("%w: it is version %s and Tocsin needs %d or later; upgrade it or point DATABASE_URL at another",
		ErrServerTooOld, name, oldestServer/10000)
}

func tooNew(have int64) error {
	return fmt.Errorf("%w: it has version %d and this program knows %d; start the newer release that migrated it",
		ErrTooNew, have, Version())
}

func unreachable(err error) error {
	cause := strings.Join(strings.Fields(err.Error()), " ") // pgx writes one line per address
	return fmt.Errorf("%w: check DATABASE_URL and that Postgres accepts connections (%s)", ErrUnreachable, cause)
}
