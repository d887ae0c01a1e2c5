package bot

import (
	"context"
	"slices"
	"strings"

	"github.com/tocsinhq/tocsin/incident"
)

// interaction is one button or menu. The value carries the incident's number,
// and after a colon whatever else the handler needs.
type interaction struct {
	action string
	run    func(*Bot, context.Context, Click, *incident.Incident, string) (Reply, error)
}

// aboutNoIncident are the actions whose value names none; all others get one.
var aboutNoIncident = []string{"open_declare", "link", "page_ack", "page_escalate", "page_resolve", "page_awake",
	"remove_override", "take_cover", "withdraw_cover", "open_me", "me_add", "me_verify", "me_test", "me_remove", "me_rules", "me_outcomes",
	"me_disable", "me_enable", "me_usual", "me_awake", "me_ack", "me_calendar", "me_calendar_new", "me_calendar_revoke"}

// interactions is THE table of buttons and menus.
func interactions() []interaction {
	return []interaction{
		{"take_command", (*Bot).takeCommandClick},
		{"take_role", (*Bot).takeRoleClick},
		{"open_roles", (*Bot).openRolesClick},
		{"open_update", (*Bot).openUpdateClick},
		{"draft_update", (*Bot).draftUpdateClick},
		{"snooze_update", (*Bot).snoozeUpdateClick},
		{"settle_update", (*Bot).settleUpdateClick},
		{"choose_severity", (*Bot).chooseSeverityClick},
		{"mitigate", (*Bot).mitigateClick},
		{"open_resolve", (*Bot).openResolveClick},
		{"open_reopen", (*Bot).openReopenClick},
		{"open_close", (*Bot).openCloseClick},
		{"open_milestones", (*Bot).openMilestonesClick},
		{"open_task", (*Bot).openTaskClick},
		{"tick_task", (*Bot).tickTaskClick},
		{"open_declare", (*Bot).openDeclareClick},
		{"show_timeline", (*Bot).showTimelineClick},
		{"show_brief", (*Bot).showBriefClick},
		{"open_postmortem", (*Bot).openPostmortemClick},
		{"link", (*Bot).linkClick},
		{"page_ack", (*Bot).pageAckClick},
		{"page_escalate", (*Bot).pageEscalateClick},
		{"page_resolve", (*Bot).pageResolveClick},
		{"page_awake", (*Bot).pageAwakeClick},
		{"ack_incident", (*Bot).ackIncidentClick},
		{"open_page", (*Bot).openPageClick},
		{"accept", (*Bot).acceptClick},
		{"open_cancel", (*Bot).openCancelClick},
		{"remove_override", (*Bot).removeOverrideClick},
		{"take_cover", (*Bot).takeCoverClick},
		{"withdraw_cover", (*Bot).withdrawCoverClick},
		{"open_me", (*Bot).openMeClick},
		{"me_add", (*Bot).addContactClick},
		{"me_verify", (*Bot).verifyContactClick},
		{"me_test", (*Bot).testContactClick},
		{"me_remove", (*Bot).removeContactClick},
		{"me_rules", (*Bot).rulesClick},
		{"me_outcomes", (*Bot).outcomesClick},
		{"me_disable", (*Bot).disableContactClick},
		{"me_enable", (*Bot).enableContactClick},
		{"me_usual", (*Bot).usualOrderClick},
		{"me_awake", (*Bot).awakeClick},
		{"me_ack", (*Bot).acknowledgeMineClick},
		{"me_calendar", (*Bot).calendarsClick},
		{"me_calendar_new", (*Bot).newCalendarClick},
		{"me_calendar_revoke", (*Bot).revokeCalendarClick},
	}
}

// actionName is the table's name of an action_id: the part before the first
// colon, since Slack wants ids to be unique within a block.
func actionName(id string) string {
	name, _, _ := strings.Cut(id, ":")
	return name
}

// runClick finds the handler and the incident of a click. A button of a message
// a year old still works on the incident as it is now.
func (b *Bot) runClick(ctx context.Context, c Click) (Reply, error) {
	for _, in := range interactions() {
		if in.action != c.Action {
			continue
		}
		number, rest, _ := strings.Cut(c.Value, ":")
		if slices.Contains(aboutNoIncident, in.action) {
			return in.run(b, ctx, c, nil, rest)
		}
		id, err := incident.ParseID(number)
		if err != nil {
			return Reply{}, err
		}
		i, err := b.known(ctx, id, c.User)
		if err != nil {
			return Reply{}, err
		}
		return in.run(b, ctx, c, i, rest)
	}
	return Reply{}, incident.Errorf(incident.Invalid, "This button belongs to an older version; type `%s help` to see what there is now.", b.Settings.Command)
}
