package incident

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// AddTask writes down work and returns it with its number. A second task of the
// same kind from the same message returns the first, restored if it had been withdrawn.
func (s *Service) AddTask(ctx context.Context, id ID, t Task, by Actor) (*Task, error) {
	var added *Task
	_, err := s.Change(ctx, id, by, func(ctx context.Context, tx pgx.Tx, i *Incident, now time.Time) ([]Event, error) {
		old, found, err := taskBySource(ctx, tx, id, t.Kind, t.Source)
		if err != nil {
			return nil, err
		}
		if found {
			added = old
			events, err := old.Restore()
			if err != nil || len(events) == 0 {
				return nil, err
			}
			return events, saveTask(ctx, tx, old)
		}
		task, events, err := i.AddTask(t, by.Person(), now)
		if err != nil {
			return nil, err
		}
		added = task
		return events, saveTask(ctx, tx, task)
	})
	if err != nil {
		return nil, err
	}
	return added, nil
}

// ChangeTask alters one task through a rule such as (*Task).Finish.
func (s *Service) ChangeTask(ctx context.Context, id ID, number int, by Actor, decide func(*Task, time.Time) ([]Event, error)) (*Task, error) {
	var task *Task
	_, err := s.Change(ctx, id, by, func(ctx context.Context, tx pgx.Tx, _ *Incident, now time.Time) ([]Event, error) {
		t, err := readTask(ctx, tx, id, number)
		if err != nil {
			return nil, err
		}
		task = t
		events, err := decide(t, now)
		if err != nil || len(events) == 0 {
			return nil, err
		}
		return events, saveTask(ctx, tx, t)
	})
	if err != nil {
		return nil, err
	}
	return task, nil
}

// WithdrawTaskOf takes back the task that was made from a message, if any.
func (s *Service) WithdrawTaskOf(ctx context.Context, id ID, kind TaskKind, source Message, by Actor) error {
	_, err := s.Change(ctx, id, by, func(ctx context.Context, tx pgx.Tx, _ *Incident, now time.Time) ([]Event, error) {
		t, found, err := taskBySource(ctx, tx, id, kind, source)
		if err != nil || !found {
			return nil, err
		}
		events, err := t.Withdraw("", now)
		if err != nil || len(events) == 0 {
			return nil, err
		}
		return events, saveTask(ctx, tx, t)
	})
	return err
}

// Task returns one task of an incident, or a NotFound error.
func (s *Service) Task(ctx context.Context, id ID, number int) (*Task, error) {
	return readTask(ctx, s.Pool, id, number)
}

// Tasks lists the tasks and action items of an incident by number, withdrawn ones left out.
func (s *Service) Tasks(ctx context.Context, id ID) ([]*Task, error) {
	return tasksOf(ctx, s.Pool, id)
}

// TasksOfPerson lists open tasks and action items that the person owns, at most limit.
func (s *Service) TasksOfPerson(ctx context.Context, p PersonID, limit int) ([]*Task, error) {
	return tasksOfPerson(ctx, s.Pool, p, limit)
}
