package slacksim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// element is one thing in blocks that people can use.
type element struct {
	block, action, kind string
	content             object
	input, optional     bool // in an input block; may stay empty
	dispatch            bool // using it tells the app
}

// elementsOf finds the interactive elements in blocks, in order.
func elementsOf(blocks []any) []element {
	var found []element
	for _, each := range blocks {
		b, _ := each.(object)
		id, _ := b["block_id"].(string)
		add := func(x any, input bool) {
			e, isObject := x.(object)
			kind, _ := e["type"].(string)
			if !isObject || kind == "image" || kind == "mrkdwn" || kind == "plain_text" || kind == "" {
				return
			}
			action, _ := e["action_id"].(string)
			optional, _ := b["optional"].(bool)
			dispatch, _ := b["dispatch_action"].(bool)
			found = append(found, element{
				block: id, action: action, kind: kind, content: e, input: input, optional: optional, dispatch: dispatch || !input,
			})
		}
		switch b["type"] {
		case "input":
			add(b["element"], true)
		case "section":
			add(b["accessory"], false)
		case "actions", "context_actions":
			elements, _ := b["elements"].([]any)
			for _, e := range elements {
				add(e, false)
			}
		}
	}
	return found
}

// stateKeys say where the state of an element keeps what was chosen.
var stateKeys = map[string]string{
	"plain_text_input": "value", "number_input": "value", "email_text_input": "value", "url_text_input": "value",
	"rich_text_input": "rich_text_value", "datepicker": "selected_date", "timepicker": "selected_time",
	"datetimepicker": "selected_date_time", "checkboxes": "selected_options", "radio_buttons": "selected_option",
	"static_select": "selected_option", "external_select": "selected_option", "users_select": "selected_user",
	"channels_select": "selected_channel", "conversations_select": "selected_conversation",
	"multi_static_select": "selected_options", "multi_external_select": "selected_options",
	"multi_users_select": "selected_users", "multi_channels_select": "selected_channels",
	"multi_conversations_select": "selected_conversations", "file_input": "files",
}

// initialKeys say under which key an element brings its first state.
var initialKeys = map[string]string{
	"value": "initial_value", "rich_text_value": "initial_value", "selected_date": "initial_date",
	"selected_time": "initial_time", "selected_date_time": "initial_date_time", "selected_option": "initial_option",
	"selected_options": "initial_options", "selected_user": "initial_user", "selected_users": "initial_users",
	"selected_channel": "initial_channel", "selected_channels": "initial_channels",
	"selected_conversation": "initial_conversation", "selected_conversations": "initial_conversations",
}

// initialState is the state of an element nobody has touched; nil for
// elements without state, such as buttons.
func (e element) initialState() object {
	key, hasState := stateKeys[e.kind]
	if !hasState {
		return nil
	}
	state := object{"type": e.kind, key: e.content[initialKeys[key]]}
	if state[key] == nil && strings.HasPrefix(key, "selected_") && strings.HasSuffix(key, "s") {
		state[key] = []any{}
	}
	return state
}

// isEmpty tells whether a state is one that a required input does not take.
func isEmpty(state object) bool {
	value := state[stateKeys[fmt.Sprint(state["type"])]]
	list, isList := value.([]any)
	return value == nil || value == "" || isList && len(list) == 0
}

// choose is the state of an element after somebody entered or chose something:
// text, an option's value or text, a person's or channel's name or id, or a
// list of these.
func (w *Workspace) choose(e element, chosen any) (object, error) {
	key, hasState := stateKeys[e.kind]
	if !hasState {
		return nil, fmt.Errorf("nothing can be entered in a %s", e.kind)
	}
	state := object{"type": e.kind, key: nil}
	if chosen == nil {
		return state, nil
	}
	if !strings.HasSuffix(key, "s") {
		one, err := w.chooseOne(e, key, fmt.Sprint(chosen))
		state[key] = one
		return state, err
	}
	all := []any{}
	for _, each := range listOf(chosen) {
		one, err := w.chooseOne(e, strings.TrimSuffix(key, "s"), each)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	state[key] = all
	return state, nil
}

func listOf(x any) []string {
	switch x := x.(type) {
	case []string:
		return x
	case []any:
		var list []string
		for _, each := range x {
			list = append(list, fmt.Sprint(each))
		}
		return list
	}
	return []string{fmt.Sprint(x)}
}

func (w *Workspace) chooseOne(e element, key, chosen string) (any, error) {
	switch key {
	case "selected_option":
		return e.option(chosen)
	case "selected_user":
		if u := w.findUser(chosen); u != nil {
			return u.ID, nil
		}
		return nil, fmt.Errorf("there is no person %q to choose", chosen)
	case "selected_channel", "selected_conversation":
		if c := w.findChannel(chosen); c != nil {
			return c.ID, nil
		}
		return nil, fmt.Errorf("there is no channel %q to choose", chosen)
	case "selected_date_time":
		seconds, err := strconv.ParseInt(chosen, 10, 64)
		return seconds, err
	case "rich_text_value":
		return richText(chosen)[0], nil
	}
	return chosen, nil
}

// option finds an option by its value or its text. What an external select
// offers is not known here: it is taken at its word.
func (e element) option(chosen string) (object, error) {
	var offered []string
	for _, each := range e.options() {
		o, _ := each.(object)
		text, _ := o["text"].(object)
		if o["value"] == chosen || text["text"] == chosen {
			return deepCopy(o), nil
		}
		offered = append(offered, fmt.Sprint(o["value"]))
	}
	if strings.Contains(e.kind, "external") {
		return object{"text": object{"type": "plain_text", "text": chosen, "emoji": true}, "value": chosen}, nil
	}
	return nil, fmt.Errorf("%s offers %s, not %q", e.action, strings.Join(offered, ", "), chosen)
}

func (e element) options() []any {
	options, _ := e.content["options"].([]any)
	groups, _ := e.content["option_groups"].([]any)
	for _, each := range groups {
		g, _ := each.(object)
		inGroup, _ := g["options"].([]any)
		options = slices.Concat(options, inGroup)
	}
	return options
}

// act is the action that block_actions carries when somebody uses the element.
func (w *Workspace) act(e element, chosen any) (object, object, error) {
	action := object{"type": e.kind, "action_id": e.action, "block_id": e.block, "action_ts": w.stamp()}
	for _, key := range []string{"text", "style", "placeholder", "confirm", "url"} {
		if x, has := e.content[key]; has {
			action[key] = x
		}
	}
	switch e.kind {
	case "button", "workflow_button":
		if value, has := e.content["value"]; has {
			action["value"] = value
		}
		return action, nil, nil
	case "overflow":
		o, err := e.option(fmt.Sprint(chosen))
		action["selected_option"] = o
		return action, nil, err
	}
	state, err := w.choose(e, chosen)
	if err != nil {
		return nil, nil, err
	}
	for key, value := range state {
		action[key] = value
	}
	return action, state, nil
}
