package main

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/bot"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/timeline"

	"github.com/riverqueue/river"
)

// openDeclared opens the war room of what is active from the first moment; what is
// in triage has none until somebody accepts it.
func openDeclared(e timeline.Entry) []timeline.Job {
	if e.Event.(incident.Declared).Status == incident.StatusTriage {
		return nil
	}
	return openRoom(e)
}

// openAccepted opens it then.
func openAccepted(e timeline.Entry) []timeline.Job {
	if e.Event.(incident.StatusChanged).From != incident.StatusTriage {
		return nil
	}
	return openRoom(e)
}

func beginService(e timeline.Entry) []timeline.Job {
	if e.Event.(incident.Declared).Service == "" {
		return nil
	}
	return []timeline.Job{{Args: escalation.BeginService{Incident: e.Incident}, Opts: &river.InsertOpts{Queue: escalation.Queue}}}
}

// raiseUrgency lets the paging follow a severity that was raised; one that was lowered
// takes no page back.
func raiseUrgency(e timeline.Entry) []timeline.Job {
	if changed := e.Event.(incident.SeverityChanged); !changed.To.WorseThan(changed.From) {
		return nil
	}
	return []timeline.Job{{
		Args: escalation.RaiseUrgency{Incident: e.Incident, By: e.By.Person()},
		Opts: &river.InsertOpts{Queue: escalation.Queue},
	}}
}

// byPeople leaves out what Tocsin does by itself: whoever is paged becomes a
// responder, and need not be told that, nor the room.
func byPeople(react timeline.Reaction) timeline.Reaction {
	return func(e timeline.Entry) []timeline.Job {
		if e.By == incident.System {
			return nil
		}
		return react(e)
	}
}

func joinPaged(e timeline.Entry) []timeline.Job {
	if len(e.Event.(incident.StepFired).Pages) == 0 {
		return nil
	}
	return job(bot.JoinPaged{Incident: e.Incident, Entry: e.ID})
}

// tellStopped says in the war room that somebody stopped what is paged while the incident
// goes on. What ends with the incident needs no word.
func tellStopped(e timeline.Entry) []timeline.Job {
	if e.Event.(incident.EscalationResolved).Cause != "person" {
		return nil
	}
	return tellRoom(e)
}

// redrawPages shows in the messages of pages what became of them.
func redrawPages(e timeline.Entry) []timeline.Job {
	event, ok := e.Event.(interface {
		Timer() incident.EscalationTimer
	})
	if !ok {
		return nil
	}
	return job(bot.RedrawPage{Escalation: event.Timer().Escalation})
}

// redrawRaised shows in the messages of an urgency that was raised that it is paged
// anew. Of what only begins there are no messages yet.
func redrawRaised(e timeline.Entry) []timeline.Job {
	if e.Event.(incident.EscalationBegan).Generation <= 1 {
		return nil
	}
	return redrawPages(e)
}

// redrawLate shows it in a message that was posted when the page was answered already.
func redrawLate(e timeline.Entry) []timeline.Job {
	moved := e.Event.(incident.DeliveryMoved)
	if moved.Method != string(paging.MethodSlack) {
		return nil
	}
	return job(bot.RedrawPage{Delivery: moved.Delivery})
}

// tellFailure says in the war room when a message did not arrive; that others did
// stands on the card.
func tellFailure(e timeline.Entry) []timeline.Job {
	if e.Event.(incident.DeliveryMoved).State != string(paging.StateFailed) {
		return nil
	}
	return tellRoom(e)
}

// tellMaintenance and showCover follow from what belongs to no incident, and has no
// timeline. Their jobs commit with it all the same.
func (a *App) tellMaintenance(ctx context.Context, tx pgx.Tx, id int64, over bool) error {
	return a.follows(ctx, tx, bot.TellMaintenance{Maintenance: id, Over: over})
}

func (a *App) showCover(ctx context.Context, tx pgx.Tx, id int64) error {
	return a.follows(ctx, tx, bot.ShowCover{Cover: id})
}

func (a *App) follows(ctx context.Context, tx pgx.Tx, args river.JobArgs) error {
	if _, err := a.recorder.Jobs.InsertTx(ctx, tx, args, nil); err != nil {
		return fmt.Errorf("insert job %s: %w", args.Kind(), err)
	}
	return nil
}
