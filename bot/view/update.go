package view

import (
	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// UpdateDue reminds the commander, or the room when nobody commands, that the
// promised update is due now.
func UpdateDue(i *incident.Incident) Message {
	line := ":alarm_clock: *The promised update is due.* "
	if !i.UpdateDueAt.IsZero() {
		line = ":alarm_clock: *The update promised for " + moment(i.UpdateDueAt) + " is due.* "
	}
	if p := i.Holder(incident.Commander); p != "" {
		line += Mention(string(p)) + ", please post it. “Nothing new” is fine."
	} else {
		line += "Nobody commands: whoever knows most, please post it. “Nothing new” is fine."
	}
	value := reference(i.ID, "")
	settle := confirmed(button("Done, no more", "settle_update", value), "No further update?",
		"Nobody will be reminded of updates of "+i.ID.String()+" until somebody posts one.", "No more needed", "Keep reminding")
	return tell(i, line, actions(primary(button("Post update", "open_update", value)),
		button("Snooze 15 min", "snooze_update:15m", reference(i.ID, "15m")),
		button("Snooze 30 min", "snooze_update:30m", reference(i.ID, "30m")), settle))
}

// UpdateOffer asks whoever marked a message with the update emoji whether to post
// it. Nothing is posted unasked.
func UpdateOffer(i *incident.Incident, m incident.Message) Message {
	draft := primary(button("Edit and post…", "draft_update", reference(i.ID, m.TS)))
	return Message{
		Text: i.ID.String() + " · Post this as a stakeholder update?",
		Blocks: []slack.Block{
			section("Post this as a stakeholder update of *"+i.ID.String()+"*?", quote(m.Text, maxExcerpt)),
			actions(draft),
			small("Only you see this. Nothing is posted until you press Post in the form."),
		},
	}
}
