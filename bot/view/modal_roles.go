package view

import (
	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// RolesModal shows who holds which role. Submitting makes it so; a role that is
// left empty is given up. Each block's id is the role's name.
func RolesModal(i *incident.Incident, channel string) slack.ModalViewRequest {
	blocks := []slack.Block{small(glance(i) + " · " + said(i.Title, maxLine))}
	for _, info := range incident.RoleCatalogue() {
		var choice slack.BlockElement = somebody("Nobody", i.Holder(info.Role))
		if info.Role.Shared() {
			choice = several("Nobody", i.Roles[info.Role])
		}
		blocks = append(blocks, hinted(optional(input(string(info.Role), info.Title, choice)), info.Duties[0]))
	}
	return modal("roles", "Roles", "Save", i, channel, blocks...)
}
