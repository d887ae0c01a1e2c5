package page

import (
	"errors"

	"github.com/tocsinhq/tocsin/bot/slacksim"
)

func posted(ts string) (outcome, error) {
	if ts == "" {
		return outcome{}, errCannotPost
	}
	return outcome{TS: ts}, nil
}

func created(p *slacksim.Person, a act) (outcome, error) {
	id, err := p.Creates(a.Name, a.Private)
	return outcome{Channel: id}, err
}

// element is what identifies an element of blocks for a Person: its action id,
// within its block where the page knows it.
func (a act) element() string {
	if a.Block == "" {
		return a.Action
	}
	return a.Block + "/" + a.Action
}

// chosen is the choice as Person takes it: nothing when nothing was chosen.
func (a act) chosen() []any {
	if a.Value == nil {
		return nil
	}
	return []any{a.Value}
}

func clicked(p *slacksim.Person, a act) error {
	return p.Clicks(a.Channel, a.TS, a.element(), a.chosen()...)
}

var errViewGone = errors.New("This view is not open any more.")

// clickedInView uses an element of the open modal or of the App Home. What was
// entered in the modal so far goes along, as Slack sends it.
func clickedInView(p *slacksim.Person, a act) error {
	if modal := p.Modal(); modal != nil && modal.ID == a.View {
		if err := p.Fills(a.Values); err != nil {
			return err
		}
		return p.ClicksIn(modal, a.element(), a.chosen()...)
	}
	if home := p.Home(); home != nil && home.ID == a.View {
		return p.ClicksIn(home, a.element(), a.chosen()...)
	}
	return errViewGone
}

// submitted presses the submit button of the view the browser shows; another may
// have come on top meanwhile.
func submitted(p *slacksim.Person, a act) (outcome, error) {
	if modal := p.Modal(); modal == nil || modal.ID != a.View {
		return outcome{}, errViewGone
	}
	result := p.Submits(a.Values)
	return outcome{Errors: result.Errors}, result.Err
}

func suggested(p *slacksim.Person, a act) (outcome, error) {
	options, err := p.Suggests(a.element(), a.Text)
	return outcome{Options: options}, err
}
