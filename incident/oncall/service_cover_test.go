package oncall_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/oncall"
)

// board is where requests for cover are told. What is put on it is a row of the
// database, so that it goes when a transaction is undone.
type board struct {
	*desk
	broken error
}

func newBoard(t *testing.T) *board {
	t.Helper()
	b := &board{desk: newDesk(t)}
	if _, err := b.Pool.Exec(t.Context(), `CREATE TABLE told (cover bigint NOT NULL)`); err != nil {
		t.Fatal(err)
	}
	b.OnCover = func(ctx context.Context, tx pgx.Tx, id int64) error {
		if _, err := tx.Exec(ctx, `INSERT INTO told (cover) VALUES ($1)`, id); err != nil {
			return err
		}
		return b.broken
	}
	return b
}

// asks lets Ann ask for her next shift.
func (b *board) asks(t testing.TB) oncall.Cover {
	t.Helper()
	c, err := b.AskCover(t.Context(), "web", ann, b.day(1), b.day(2), "")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// told fails unless a request was told so many times.
func (b *board) told(t testing.TB, id int64, want int) {
	t.Helper()
	var n int
	if err := b.Pool.QueryRow(t.Context(), `SELECT count(*) FROM told WHERE cover = $1`, id).Scan(&n); err != nil || n != want {
		t.Errorf("request %d is told %d times, %v; want %d", id, n, err, want)
	}
}

func (b *board) is(t testing.TB, id int64, want oncall.CoverState) {
	t.Helper()
	if c, err := b.Cover(t.Context(), id); err != nil || c.State != want {
		t.Errorf("request %d is %s, %v; want %s", id, c.State, err, want)
	}
}

// TestCoverIsToldOrDoesNotHappen: nobody goes on call whose taking it could not be told.
func TestCoverIsToldOrDoesNotHappen(t *testing.T) {
	t.Parallel()
	b, ctx := newBoard(t), t.Context()
	b.broken = errors.New("the queue is broken")
	if _, err := b.AskCover(ctx, "web", ann, b.day(1), b.day(2), ""); !errors.Is(err, b.broken) {
		t.Errorf("untold, it is asked for with %v", err)
	}
	if open, err := b.OpenCovers(ctx); err != nil || len(open) != 0 {
		t.Errorf("untold, %+v is asked for, %v", open, err)
	}
	cause := b.broken
	b.broken = nil
	asked := b.asks(t)
	b.told(t, asked.ID, 1)
	b.broken = cause
	if _, err := b.TakeCover(ctx, asked.ID, ben); !errors.Is(err, cause) {
		t.Errorf("untold, it is taken with %v", err)
	}
	if _, err := b.WithdrawCover(ctx, asked.ID, ann); !errors.Is(err, cause) {
		t.Errorf("untold, it is withdrawn with %v", err)
	}
	b.is(t, asked.ID, oncall.CoverOpen)
	b.at(t, b.day(1), ann)
	if left, err := b.Overrides(ctx, "web", b.today); err != nil || len(left) != 0 {
		t.Errorf("untold, there are the overrides %+v, %v", left, err)
	}
	b.told(t, asked.ID, 1)
	b.broken = nil
	if _, err := b.TakeCover(ctx, asked.ID, ben); err != nil {
		t.Error(err)
	}
	b.is(t, asked.ID, oncall.CoverTaken)
	b.at(t, b.day(1), ben)
	b.told(t, asked.ID, 2)
}

// TestCoverIsToldOncePerChange: what changes nothing is told to nobody.
func TestCoverIsToldOncePerChange(t *testing.T) {
	t.Parallel()
	b, ctx := newBoard(t), t.Context()
	asked := b.asks(t)
	if again := b.asks(t); again.ID != asked.ID {
		t.Errorf("asking again makes %d beside %d", again.ID, asked.ID)
	}
	b.told(t, asked.ID, 2) // no message asks yet: the first telling may have failed for good
	if err := b.CoverPosted(ctx, asked.ID, "C0TEAM", "1.0"); err != nil {
		t.Fatal(err)
	}
	b.asks(t)
	b.told(t, asked.ID, 2)
	for range 2 {
		if _, err := b.WithdrawCover(ctx, asked.ID, ann); err != nil {
			t.Error(err)
		}
	}
	if _, err := b.TakeCover(ctx, asked.ID, ben); incident.CodeOf(err) != incident.Conflict {
		t.Errorf("what was withdrawn is taken with %v", err)
	}
	b.told(t, asked.ID, 3)

	anew := b.asks(t)
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			if _, err := b.TakeCover(ctx, anew.ID, cyd); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	b.told(t, anew.ID, 2)
	if left, err := b.Overrides(ctx, "web", b.today); err != nil || len(left) != 1 || left[0].Person != cyd {
		t.Errorf("overrides are %+v, %v; want Cyd's", left, err)
	}
	b.at(t, b.day(1).Add(time.Hour), cyd)
}
