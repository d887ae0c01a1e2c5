package bot

import (
	"context"
	"slices"
	"strings"

	"github.com/tocsinhq/tocsin/incident"
)

// modal is one kind of form. Its private_metadata carries the incident's number
// and after a colon the channel in which it was opened.
type modal struct {
	callback string
	run      func(*Bot, context.Context, Submission, *incident.Incident) (Reply, error)
}

// formsAboutNoIncident carry no incident's number; all others do.
var formsAboutNoIncident = []string{"declare", "notice", "page", "override", "cover", "me_add", "me_verify", "me_rules", "me_outcomes"}

// modals is THE table of modal submissions.
func modals() []modal {
	return []modal{
		{"declare", (*Bot).declareSubmission},
		{"roles", (*Bot).rolesSubmission},
		{"update", (*Bot).updateSubmission},
		{"summary", (*Bot).summarySubmission},
		{"resolve", (*Bot).resolveSubmission},
		{"reopen", (*Bot).reopenSubmission},
		{"cancel", (*Bot).cancelSubmission},
		{"close", (*Bot).closeSubmission},
		{"milestones", (*Bot).milestonesSubmission},
		{"task", (*Bot).taskSubmission},
		{"postmortem", (*Bot).postmortemSubmission},
		{"notice", (*Bot).noticeSubmission},
		{"page", (*Bot).pageSubmission},
		{"override", (*Bot).overrideSubmission},
		{"cover", (*Bot).coverSubmission},
		{"me_add", (*Bot).addContactSubmission},
		{"me_verify", (*Bot).verifyContactSubmission},
		{"me_rules", (*Bot).rulesSubmission},
		{"me_outcomes", (*Bot).outcomesSubmission},
	}
}

// runSubmission finds the handler of a modal and loads the incident afresh: it
// may have moved on since the modal was opened, and the rule then says so.
func (b *Bot) runSubmission(ctx context.Context, s Submission) (Reply, error) {
	for _, m := range modals() {
		if m.callback != s.Callback {
			continue
		}
		if slices.Contains(formsAboutNoIncident, m.callback) {
			return m.run(b, ctx, s, nil)
		}
		number, _, _ := strings.Cut(s.Private, ":")
		id, err := incident.ParseID(number)
		if err != nil {
			return Reply{}, err
		}
		i, err := b.known(ctx, id, s.User)
		if err != nil {
			return Reply{}, err
		}
		return m.run(b, ctx, s, i)
	}
	return Reply{}, incident.Errorf(incident.Invalid, "This form belongs to an older version; nothing was changed. Open it again.")
}
