package main

import (
	"context"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
)

// settled is River's driver for plays, in which nobody pauses a queue: without
// notifications River would ask for the settings of each queue every two seconds, and
// hours pass in a play.
type settled struct{ *riverpgxv5.Driver }

func settledDriver(pool *pgxpool.Pool) riverdriver.Driver[pgx.Tx] {
	return settled{riverpgxv5.New(pool)}
}

// GetExecutor is called by River for everything that it asks the database.
func (d settled) GetExecutor() riverdriver.Executor {
	return &settledExecutor{Executor: d.Driver.GetExecutor(), queues: map[string]*rivertype.Queue{}}
}

type settledExecutor struct {
	riverdriver.Executor
	mu     sync.Mutex
	queues map[string]*rivertype.Queue
}

// QueueGet reads the settings of each queue once.
func (e *settledExecutor) QueueGet(ctx context.Context, params *riverdriver.QueueGetParams) (*rivertype.Queue, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if q, known := e.queues[params.Name]; known {
		return q, nil
	}
	q, err := e.Executor.QueueGet(ctx, params)
	if err == nil {
		e.queues[params.Name] = q
	}
	return q, err
}
