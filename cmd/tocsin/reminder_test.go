package main

import (
	"strings"
	"testing"
	"time"
)

// nudges counts the reminders of a promised update in the war room.
func (o *outside) nudges() (n int) {
	for _, m := range o.slack.Messages(room) {
		payload, _ := m.Metadata["event_payload"].(map[string]any)
		if key, _ := payload["key"].(string); strings.Contains(key, "/update-due-") {
			n++
		}
	}
	return n
}

// promises lets alice promise the next update and returns when it is due.
func (o *outside) promises(next string) (due time.Time) {
	o.t.Helper()
	o.types("alice", room, "/incident update We look into it. next "+next, func() bool {
		return o.count(`SELECT count(*) FROM timeline_entry WHERE kind = 'incident.update_posted'`) > 0
	})
	return time.UnixMicro(int64(o.count(`SELECT extract(epoch FROM max(scheduled_at)) * 1000000 FROM river_job WHERE kind = 'bot.remind_update'`)))
}

// TestReminderSurvivesADeathBeforeItIsDue kills the program after an update was
// promised and starts it again when the time is over.
func TestReminderSurvivesADeathBeforeItIsDue(t *testing.T) {
	t.Parallel()
	o := newOutside(t, boundary{})
	o.start()
	o.connected(1)
	o.declares()
	due := o.promises("4s")
	o.killAll()
	if time.Now().Before(due) && o.nudges() != 0 {
		t.Fatal("the reminder came before its time")
	}
	o.waitFor("the time to be over", func() bool { return time.Now().After(due.Add(time.Second)) })
	o.start()
	o.remindedOnce()
}

// TestReminderKilledWhilePostedIsPostedOnce kills it in the very call.
func TestReminderKilledWhilePostedIsPostedOnce(t *testing.T) {
	t.Parallel()
	o := newOutside(t, boundary{"remind: chat.postMessage update-due 1", unheard})
	o.start()
	o.connected(1)
	o.declares()
	revived := o.revive()
	o.gate.enter("remind")
	o.promises("2s")
	o.waitFor("the reminder", func() bool { return o.nudges() > 0 })
	o.remindedOnce()
	if !revived() {
		t.Error("the program was not killed in the call")
	}
}

func (o *outside) remindedOnce() {
	o.t.Helper()
	o.waitFor("everything done", func() bool {
		return o.nudges() > 0 && o.count(`SELECT count(*) FROM river_job WHERE finalized_at IS NULL`) == 0
	})
	if n := o.nudges(); n != 1 {
		o.t.Errorf("the reminder was posted %d times; want once", n)
	}
}

// TestBriefKilledWhileShownIsShownAgain documents a repeat: a message that only
// one person sees cannot be looked up, so after a death in the call it is shown
// a second time rather than perhaps never.
func TestBriefKilledWhileShownIsShownAgain(t *testing.T) {
	t.Parallel()
	o := newOutside(t, boundary{"join: chat.postEphemeral 1", unheard})
	o.start()
	o.connected(1)
	o.declares()
	revived := o.revive()
	o.gate.enter("join")
	if err := o.slack.Person("bob").Joins(room); err != nil {
		t.Fatal(err)
	}
	o.waitFor("the brief", func() bool { return len(o.slack.Ephemerals("bob", room)) > 0 })
	o.waitFor("everything done", func() bool { return o.slack.Connections() > 0 && o.unfinished() == 0 })
	if !revived() {
		t.Error("the program was not killed in the call")
	}
	if n := len(o.slack.Ephemerals("bob", room)); n != 2 {
		t.Errorf("the brief was shown %d times; want twice", n)
	}
}
