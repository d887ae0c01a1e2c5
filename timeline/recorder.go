package timeline

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/incident"
)

// Reaction says which jobs follow from an entry, possibly none. It must be pure:
// the same entry always gives the same jobs.
type Reaction func(Entry) []Job

// Job is a job to insert together with the entry.
type Job struct {
	Args river.JobArgs
	Opts *river.InsertOpts
}

// Reactions is the table "when this happens, do that".
type Reactions map[incident.Kind][]Reaction

// Recorder is the only writer of the timeline and the only one who enqueues what
// follows. Both commit with the caller's transaction, or not at all.
type Recorder struct {
	Jobs      *river.Client[pgx.Tx]
	Reactions Reactions
}

var _ incident.Recorder = (*Recorder)(nil)

// Record stores the events of one change and inserts the jobs that follow.
func (r *Recorder) Record(ctx context.Context, tx pgx.Tx, rec incident.Record) error {
	entries, err := insertEntries(ctx, tx, rec)
	if err != nil {
		return err
	}
	var jobs []river.InsertManyParams
	for _, e := range entries {
		for _, react := range r.Reactions[e.Event.Kind()] {
			for _, job := range react(e) {
				jobs = append(jobs, river.InsertManyParams{Args: job.Args, InsertOpts: job.Opts})
			}
		}
	}
	if len(jobs) == 0 {
		return nil
	}
	if _, err := r.Jobs.InsertManyTx(ctx, tx, jobs); err != nil {
		return fmt.Errorf("insert jobs of %s: %w", rec.Incident.ID, err)
	}
	return nil
}
