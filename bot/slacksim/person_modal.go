package slacksim

import (
	"fmt"
	"slices"
)

// View is a modal view or App Home as the person sees it: a copy.
type View struct {
	ID         string
	Type       string // modal or home
	CallbackID string
	Title      string
	Blocks     []any
	Content    map[string]any // all the app sent, ids filled in
	Values     map[string]any // block_id -> action_id -> state
}

// AllText is every text on the view, one per line.
func (v *View) AllText() string { return v.Title + "\n" + Message{Blocks: v.Blocks}.AllText() }

// SubmitResult is what a person sees after pressing a modal's submit button.
type SubmitResult struct {
	Errors map[string]string // by block id: what is wrong with an entry
	Closed bool              // no modal is open any more
	Err    error             // what Slack says when the app did not answer, or not in its words
}

// Modal is the view on top of the person's open modal; nil when none is open.
func (p *Person) Modal() *View {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	return p.w.publicView(p.top())
}

func (p *Person) top() *view {
	if len(p.stack) == 0 {
		return nil
	}
	return p.w.views[p.stack[len(p.stack)-1]]
}

func (w *Workspace) openOrHome(id string) *view {
	if v := w.views[id]; v != nil {
		return v
	}
	for _, v := range w.state.Homes {
		if v.ID == id {
			return v
		}
	}
	return nil
}

func (w *Workspace) publicView(v *view) *View {
	if v == nil {
		return nil
	}
	content := deepCopy(v.Content)
	shown := &View{ID: v.ID, Content: content, Values: deepCopy(v.Values)}
	shown.Type, _ = content["type"].(string)
	shown.CallbackID, _ = content["callback_id"].(string)
	shown.Blocks, _ = content["blocks"].([]any)
	if t, hasTitle := content["title"].(object); hasTitle {
		shown.Title, _ = t["text"].(string)
	}
	return shown
}

// Fills enters values (by block_id, action_id or block_id/action_id) into the open view without
// submitting it.
func (p *Person) Fills(values map[string]any) error {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	v := p.top()
	if v == nil {
		return errGone
	}
	blocks, _ := v.Content["blocks"].([]any)
	used := map[string]bool{}
	for _, e := range elementsOf(blocks) {
		key, chosen, has := e.chosenIn(values)
		if _, hasState := stateKeys[e.kind]; !has || !hasState {
			continue
		}
		state, err := p.w.choose(e, chosen)
		if err != nil {
			return err
		}
		used[key] = true
		v.enter(e, state)
	}
	for key := range values {
		if !used[key] {
			return fmt.Errorf("there is nothing called %q to fill in on %q", key, p.w.publicView(v).Title)
		}
	}
	p.w.changed()
	return nil
}

// chosenIn finds what was chosen for an element, the nearest name first.
func (e element) chosenIn(values map[string]any) (key string, chosen any, has bool) {
	for _, key := range []string{e.block + "/" + e.action, e.block, e.action} {
		if chosen, has := values[key]; has {
			return key, chosen, true
		}
	}
	return "", nil, false
}

// enter keeps the state of an element; nil is of one without state.
func (v *view) enter(e element, state object) {
	if state == nil {
		return
	}
	values, _ := v.Values[e.block].(object)
	if values == nil {
		values = object{}
		v.Values[e.block] = values
	}
	values[e.action] = state
}

// Submits enters values (by block_id or action_id: text, an option's value, a
// person's or channel's name, lists of these) and presses submit on the view
// on top. Slack itself refuses empty required inputs and asks nobody.
func (p *Person) Submits(values map[string]any) SubmitResult {
	if err := p.Fills(values); err != nil {
		return SubmitResult{Err: err}
	}
	w := p.w
	w.mu.Lock()
	v := p.top()
	incomplete := v.incomplete()
	w.mu.Unlock()
	if len(incomplete) > 0 {
		return SubmitResult{Errors: incomplete}
	}
	answer, err := w.ask("interactive", true, func() object {
		payload := p.interaction("view_submission")
		payload["trigger_id"], payload["view"] = w.newTrigger(p.ID, v.ID), w.viewJSON(v)
		payload["response_urls"] = []any{}
		return payload
	})
	if err != nil {
		return SubmitResult{Err: errTrouble}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return p.settle(v, answer)
}

// incomplete are the required inputs that are empty, in Slack's words.
func (v *view) incomplete() map[string]string {
	missing := map[string]string{}
	blocks, _ := v.Content["blocks"].([]any)
	for _, e := range elementsOf(blocks) {
		values, _ := v.Values[e.block].(object)
		state, _ := values[e.action].(object)
		if e.input && !e.optional && isEmpty(state) {
			missing[e.block] = "Please complete this required field."
		}
	}
	return missing
}

// settle does what the app's answer to a submission says.
func (p *Person) settle(v *view, answer object) SubmitResult {
	w := p.w
	content, _ := answer["view"].(object)
	switch answer["response_action"] {
	case nil, "":
		p.pop(v)
	case "clear":
		p.clear()
	case "errors":
		return v.errors(answer["errors"])
	case "update":
		if w.judgeView(content, false) != nil || w.takenExternalID(content, v) || w.views[v.ID] != v {
			return SubmitResult{Err: errTrouble}
		}
		w.fillView(v, content)
	case "push":
		if w.judgeView(content, false) != nil || w.takenExternalID(content, nil) || len(p.stack) == 0 || len(p.stack) >= maxStack {
			return SubmitResult{Err: errTrouble}
		}
		w.push(p, content)
	default:
		return SubmitResult{Err: errTrouble}
	}
	return SubmitResult{Closed: len(p.stack) == 0}
}

// errors shows the app's complaints, which must be about input blocks.
func (v *view) errors(x any) SubmitResult {
	complaints, _ := x.(object)
	blocks, _ := v.Content["blocks"].([]any)
	inputs := elementsOf(blocks)
	shown := map[string]string{}
	for block, text := range complaints {
		if !slices.ContainsFunc(inputs, func(e element) bool { return e.input && e.block == block }) {
			return SubmitResult{Err: errTrouble}
		}
		shown[block] = fmt.Sprint(text)
	}
	if len(shown) == 0 {
		return SubmitResult{Err: errTrouble}
	}
	return SubmitResult{Errors: shown}
}

func (p *Person) pop(v *view) {
	p.stack = slices.DeleteFunc(p.stack, func(id string) bool { return id == v.ID })
	p.w.closeViews(v.ID)
}

func (p *Person) clear() {
	p.w.closeViews(p.stack...)
	p.stack = nil
}

// Dismisses closes the view on top (the whole modal if it is clear_on_close);
// the app hears view_closed only where it asked to.
func (p *Person) Dismisses() error {
	w := p.w
	w.mu.Lock()
	v := p.top()
	if v == nil {
		w.mu.Unlock()
		return errGone
	}
	shown := w.viewJSON(v)
	cleared := v.Content["clear_on_close"] == true
	if cleared {
		p.clear()
	} else {
		p.pop(v)
	}
	w.mu.Unlock()
	if v.Content["notify_on_close"] != true {
		return nil
	}
	_, err := w.ask("interactive", false, func() object {
		payload := p.interaction("view_closed")
		payload["view"], payload["is_cleared"] = shown, cleared
		return payload
	})
	return err
}
