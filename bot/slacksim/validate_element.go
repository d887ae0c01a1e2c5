package slacksim

import (
	"math"
	"reflect"
	"regexp"
	"strconv"
)

// mustActionID wants 1 to 255 characters that no other element of the block has.
func mustActionID(v *validation, at string, x any) {
	mustString(1, 255)(v, at, x)
	id, ok := x.(string)
	if ok && v.actionIDs[id] {
		v.say(at, "`action_id` %q already exists", id)
	}
	v.actionIDs[id] = true
}

// mustFocus allows one focus_on_load in a view.
func mustFocus(v *validation, at string, x any) {
	mustBool(v, at, x)
	if x == true && v.focused {
		v.say(at, "only one element can have `focus_on_load` set to true")
	}
	v.focused = v.focused || x == true
}

// onlyInModals refuses a property or an element elsewhere.
func onlyInModals(judge rule) rule {
	return func(v *validation, at string, x any) {
		if v.surface != surfaceModal {
			v.say(at, "only allowed in modals")
		}
		judge(v, at, x)
	}
}

var numberStrings = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

var (
	buttonStyle = mustBeOneOf("primary", "danger")
	mustNumber  = mustMatch(numberStrings, "a number in a string")
	placeholder = mustPlain(150)

	confirmDialog = mustObject("title text confirm deny", fields{
		"title": mustPlain(100), "text": mustAnyText(300), "confirm": mustPlain(30), "deny": mustPlain(30), "style": buttonStyle,
	})
	slackFile      = mustObject("", fields{"url": mustURL(3000), "id": mustString(1, 255)}, exactlyOne("url", "id"))
	dispatchConfig = mustObject("trigger_actions_on", fields{
		"trigger_actions_on": mustList(1, 2, mustBeOneOf("on_enter_pressed", "on_character_entered")),
	})
	conversationFilter = mustObject("", fields{
		"include":                          mustList(1, 4, mustBeOneOf("im", "mpim", "private", "public")),
		"exclude_external_shared_channels": mustBool, "exclude_bot_users": mustBool,
	}, func(v *validation, at string, m map[string]any) {
		if len(m) == 0 {
			v.say(at, "must provide at least 1 items")
		}
	})
	workflowObject = mustObject("trigger", fields{"trigger": mustObject("url", fields{
		"url": mustURL(3000), "customizable_input_parameters": mustList(0, math.MaxInt,
			mustObject("name value", fields{"name": mustString(1, 255), "value": anything})),
	})})
)

var (
	menuOption     = mustObject("text value", optionFields(mustPlain(75)))
	overflowOption = mustObject("text value", with(optionFields(mustPlain(75)), fields{"url": mustURL(3000)}))
	tickOption     = mustObject("text value", optionFields(mustAnyText(75)))
	optionGroup    = mustObject("label options", fields{"label": mustPlain(75), "options": mustList(1, 100, menuOption)})
)

func optionFields(text rule) fields {
	return fields{"text": text, "value": mustString(1, 150), "description": text}
}

// Property sets that elements share.
var (
	plainElement     = fields{"type": anything, "action_id": mustActionID}
	askingElement    = with(plainElement, fields{"confirm": confirmDialog, "focus_on_load": mustFocus})
	menuElement      = with(askingElement, fields{"placeholder": placeholder})
	multiMenuElement = with(menuElement, fields{"max_selected_items": mustBeWhole(1, math.MaxInt64)})
	typingElement    = with(plainElement, fields{"focus_on_load": mustFocus, "placeholder": placeholder, "dispatch_action_config": dispatchConfig})
	staticOptions    = fields{"options": mustList(1, 100, menuOption), "option_groups": mustList(1, 100, optionGroup)}
	textButton       = with(plainElement, fields{"text": mustPlain(75), "accessibility_label": mustString(1, 75)})
	feedbackButton   = mustObject("text value", fields{"text": mustPlain(75), "value": mustString(1, 2000), "accessibility_label": mustString(1, 75)})
)

// menus lists the elements that stand in sections, actions and inputs alike.
var menus = []string{
	"checkboxes", "datepicker", "timepicker", "radio_buttons",
	"static_select", "external_select", "users_select", "conversations_select", "channels_select",
	"multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select",
}

// elementShapes is the grammar of block elements (limits: Slack's Block Kit
// reference as of 2026).
var elementShapes = map[string]rule{
	"element/button": mustObject("text", with(textButton, fields{
		"url": mustURL(3000), "value": mustString(1, 2000), "style": buttonStyle, "confirm": confirmDialog,
	})),
	"element/workflow_button": mustObject("text workflow action_id", with(textButton, fields{"workflow": workflowObject, "style": buttonStyle})),
	"element/icon_button": mustObject("icon text", with(textButton, fields{
		"icon": mustBeOneOf("trash"), "value": mustString(1, 2000), "confirm": confirmDialog,
		"visible_to_user_ids": mustList(0, math.MaxInt, mustUserID),
	})),
	"element/feedback_buttons": mustObject("positive_button negative_button", with(plainElement, fields{
		"positive_button": feedbackButton, "negative_button": feedbackButton,
	})),
	"element/image": mustObject("alt_text", fields{
		"type": anything, "alt_text": mustString(1, 2000), "image_url": mustURL(3000), "slack_file": slackFile,
	}, exactlyOneImage),
	"element/overflow": mustObject("options", with(plainElement, fields{"options": mustList(1, 5, overflowOption), "confirm": confirmDialog})),
	"element/checkboxes": mustObject("options", with(askingElement, fields{
		"options": mustList(1, 10, tickOption), "initial_options": mustList(1, 10, tickOption),
	}), initialAmongOptions),
	"element/radio_buttons": mustObject("options", with(askingElement, fields{
		"options": mustList(1, 10, tickOption), "initial_option": tickOption,
	}), initialAmongOptions),

	"element/datepicker": mustObject("", with(menuElement, fields{"initial_date": mustBeTime("2006-01-02", "a date as YYYY-MM-DD")})),
	"element/timepicker": mustObject("", with(menuElement, fields{
		"initial_time": mustBeTime("15:04", "a time as HH:mm"), "timezone": mustString(1, 255),
	})),
	"element/datetimepicker": mustObject("", with(askingElement, fields{"initial_date_time": mustBeWhole(0, 9999999999)})),

	"element/static_select": mustObject("", with(menuElement, with(staticOptions, fields{"initial_option": menuOption})),
		exactlyOne("options", "option_groups"), initialAmongOptions),
	"element/multi_static_select": mustObject("", with(multiMenuElement, with(staticOptions, fields{"initial_options": mustList(1, 100, menuOption)})),
		exactlyOne("options", "option_groups"), initialAmongOptions, initialWithinMaximum("initial_options")),
	"element/external_select": mustObject("", with(menuElement, fields{
		"initial_option": menuOption, "min_query_length": mustBeWhole(0, math.MaxInt64),
	})),
	"element/multi_external_select": mustObject("", with(multiMenuElement, fields{
		"initial_options": mustList(1, 100, menuOption), "min_query_length": mustBeWhole(0, math.MaxInt64),
	}), initialWithinMaximum("initial_options")),
	"element/users_select": mustObject("", with(menuElement, fields{"initial_user": mustUserID})),
	"element/multi_users_select": mustObject("", with(multiMenuElement, fields{
		"initial_users": mustList(1, math.MaxInt, mustUserID),
	}), initialWithinMaximum("initial_users")),
	"element/conversations_select": mustObject("", with(menuElement, fields{
		"initial_conversation": mustString(1, 255), "default_to_current_conversation": mustBool,
		"response_url_enabled": onlyInModals(mustBool), "filter": conversationFilter,
	})),
	"element/multi_conversations_select": mustObject("", with(multiMenuElement, fields{
		"initial_conversations":           mustList(1, math.MaxInt, mustString(1, 255)),
		"default_to_current_conversation": mustBool, "filter": conversationFilter,
	}), initialWithinMaximum("initial_conversations")),
	"element/channels_select": mustObject("", with(menuElement, fields{
		"initial_channel": mustChannelID, "response_url_enabled": onlyInModals(mustBool),
	})),
	"element/multi_channels_select": mustObject("", with(multiMenuElement, fields{
		"initial_channels": mustList(1, math.MaxInt, mustChannelID),
	}), initialWithinMaximum("initial_channels")),

	"element/plain_text_input": mustObject("", with(typingElement, fields{
		"initial_value": mustString(0, 3000), "multiline": mustBool,
		"min_length": mustBeWhole(0, 3000), "max_length": mustBeWhole(1, 3000),
	}), lengthsInOrder),
	"element/email_text_input": mustObject("", with(typingElement, fields{"initial_value": mustString(0, 3000)})),
	"element/url_text_input":   mustObject("", with(typingElement, fields{"initial_value": mustString(0, 3000)})),
	"element/number_input": mustObject("is_decimal_allowed", with(typingElement, fields{
		"is_decimal_allowed": mustBool, "initial_value": mustNumber, "min_value": mustNumber, "max_value": mustNumber,
	}), numbersInOrder),
	"element/rich_text_input": mustObject("action_id", with(typingElement, fields{"initial_value": mustBeTyped("block/", "rich_text")})),
	"element/file_input": onlyInModals(mustObject("", with(plainElement, fields{
		"filetypes": mustList(1, math.MaxInt, mustString(1, 255)), "max_files": mustBeWhole(1, 10),
	}))),
}

func exactlyOneImage(v *validation, at string, m map[string]any) {
	_, hasURL := m["image_url"]
	_, hasFile := m["slack_file"]
	if !hasURL && !hasFile {
		v.say(at, "missing required field: image_url")
	}
	if hasURL && hasFile {
		v.say(at, "cannot define both `image_url` and `slack_file`")
	}
}

// initialAmongOptions wants each initial option to be exactly one of the options.
func initialAmongOptions(v *validation, at string, m map[string]any) {
	offered, _ := m["options"].([]any)
	groups, _ := m["option_groups"].([]any)
	for _, group := range groups {
		g, _ := group.(map[string]any)
		more, _ := g["options"].([]any)
		offered = append(offered[:len(offered):len(offered)], more...)
	}
	if one, ok := m["initial_option"]; ok && !containsOption(offered, one) {
		v.say(at+"/initial_option", "must be one of the provided options")
	}
	many, _ := m["initial_options"].([]any)
	for i, one := range many {
		if !containsOption(offered, one) {
			v.say(at+"/initial_options/"+strconv.Itoa(i), "must be one of the provided options")
		}
	}
}

func containsOption(offered []any, one any) bool {
	for _, option := range offered {
		if reflect.DeepEqual(option, one) {
			return true
		}
	}
	return false
}

func initialWithinMaximum(property string) check {
	return func(v *validation, at string, m map[string]any) {
		chosen, _ := m[property].([]any)
		most, ok := wholeNumber(m["max_selected_items"])
		if ok && int64(len(chosen)) > most {
			v.say(at+"/"+property, "no more than %d items allowed", most)
		}
	}
}

// lengthsInOrder wants min_length <= max_length and an initial value that fits.
func lengthsInOrder(v *validation, at string, m map[string]any) {
	least, hasLeast := wholeNumber(m["min_length"])
	most, hasMost := wholeNumber(m["max_length"])
	if hasLeast && hasMost && least > most {
		v.say(at+"/min_length", "must not be greater than `max_length`")
	}
	if s, ok := m["initial_value"].(string); ok && hasMost {
		mustString(0, int(most))(v, at+"/initial_value", s)
	}
}

// numbersInOrder wants min_value <= initial_value <= max_value.
func numbersInOrder(v *validation, at string, m map[string]any) {
	read := func(property string, otherwise float64) float64 {
		s, _ := m[property].(string)
		n, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return otherwise
		}
		return n
	}
	least, most := read("min_value", math.Inf(-1)), read("max_value", math.Inf(1))
	if least > most {
		v.say(at+"/min_value", "must not be greater than `max_value`")
	}
	if n := read("initial_value", least); n < least || n > most {
		v.say(at+"/initial_value", "must be between `min_value` and `max_value`")
	}
}
