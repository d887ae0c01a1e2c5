package slacksim

import (
	"maps"
	"math"
	"slices"
	"unicode/utf8"
)

// blockSurfaces says where each block may stand (Slack's Block Kit reference).
// The five without a shape below (card, carousel, data_visualization, plan,
// task_card) are refused everywhere: better than waving them through unjudged.
var blockSurfaces = map[string][]surface{
	"actions":            {surfaceModal, surfaceMessage, surfaceHome},
	"alert":              {surfaceModal},
	"card":               {surfaceModal, surfaceMessage, surfaceHome},
	"carousel":           {surfaceMessage, surfaceHome},
	"container":          {surfaceMessage},
	"context":            {surfaceModal, surfaceMessage, surfaceHome},
	"context_actions":    {surfaceMessage},
	"data_table":         {surfaceMessage, surfaceHome},
	"data_visualization": {surfaceMessage},
	"divider":            {surfaceModal, surfaceMessage, surfaceHome},
	"file":               {surfaceMessage},
	"header":             {surfaceModal, surfaceMessage, surfaceHome},
	"image":              {surfaceModal, surfaceMessage, surfaceHome},
	"input":              {surfaceModal, surfaceMessage, surfaceHome},
	"markdown":           {surfaceMessage},
	"plan":               {surfaceMessage},
	"rich_text":          {surfaceModal, surfaceMessage, surfaceHome},
	"section":            {surfaceModal, surfaceMessage, surfaceHome},
	"table":              {surfaceMessage, surfaceHome},
	"task_card":          {surfaceMessage},
	"video":              {surfaceModal, surfaceMessage, surfaceHome},
}

// mustBlock wants a block that may stand on the surface of this run.
func mustBlock(v *validation, at string, x any) {
	clear(v.actionIDs)
	kind, ok := kindOf(v, at, x)
	if !ok {
		return
	}
	shape, known := v.shapes["block/"+kind]
	if !known || !slices.Contains(blockSurfaces[kind], v.surface) {
		v.say(at+"/type", "unsupported type: %s", kind)
		return
	}
	shape(v, at, x)
}

// mustBlockID wants 1 to 255 characters that no other block has.
func mustBlockID(v *validation, at string, x any) {
	mustString(1, 255)(v, at, x)
	id, ok := x.(string)
	if ok && v.blockIDs[id] {
		v.say(at, "`block_id` %q already exists", id)
	}
	v.blockIDs[id] = true
}

func blockOf(required string, more fields, also ...check) rule {
	return mustObject(required, with(fields{"type": anything, "block_id": mustBlockID}, more), also...)
}

// blockShapes is the whole grammar: blocks, elements and rich text by name.
var blockShapes = func() map[string]rule {
	all := maps.Clone(layoutShapes)
	maps.Copy(all, elementShapes)
	maps.Copy(all, richShapes)
	return all
}()

var layoutShapes = map[string]rule{
	"block/actions": blockOf("elements", fields{"elements": mustList(1, 25, mustBeTyped("element/",
		append([]string{"button", "overflow", "workflow_button", "datetimepicker"}, menus...)...))}),
	"block/alert": blockOf("text", fields{
		"text": mustAnyText(3000), "level": mustBeOneOf("default", "info", "warning", "error", "success"),
	}),
	"block/container": blockOf("child_blocks", fields{
		"title": mustPlain(150), "subtitle": mustAnyText(150), "icon": mustBeTyped("element/", "image"),
		"rich_text_title": mustBeTyped("block/", "rich_text"),
		"width":           mustBeOneOf("narrow", "standard", "wide", "full"),
		"is_collapsible":  mustBool, "default_collapsed": mustBool, "has_header_divider": mustBool,
		"child_blocks": mustList(1, 10, mustBeTyped("block/", "actions", "context", "divider", "file", "header", "image",
			"input", "rich_text", "section", "table", "video")),
	}, containerTitled),
	"block/context": blockOf("elements", fields{"elements": mustList(1, 10, mustContextElement)}),
	"block/context_actions": blockOf("elements", fields{
		"elements": mustList(1, 5, mustBeTyped("element/", "feedback_buttons", "icon_button")),
	}),
	"block/data_table": blockOf("caption rows", fields{
		"caption": mustString(1, 3000), "page_size": mustBeWhole(1, 100), "row_header_column_index": mustBeWhole(0, 19),
		"rows": mustList(2, 101, mustList(1, 20, mustBeTyped("cell/", "raw_text", "raw_number", "rich_text"))),
	}),
	"block/divider": blockOf("", nil),
	"block/file":    blockOf("external_id source", fields{"external_id": mustString(1, 255), "source": mustBeOneOf("remote")}),
	"block/header":  blockOf("text", fields{"text": mustPlain(150), "level": mustBeWhole(1, 4)}),
	"block/image": blockOf("alt_text", fields{
		"alt_text": mustString(1, 2000), "image_url": mustURL(3000), "slack_file": slackFile, "title": mustPlain(2000),
	}, exactlyOneImage),
	"block/input": blockOf("label element", fields{
		"label": mustPlain(2000), "hint": mustPlain(2000), "optional": mustBool, "dispatch_action": mustBool,
		"element": mustBeTyped("element/", append([]string{"plain_text_input", "email_text_input", "url_text_input",
			"number_input", "datetimepicker", "rich_text_input", "file_input"}, menus...)...),
	}, filesAreNotDispatched),
	"block/markdown":  blockOf("text", fields{"text": mustString(1, 12000)}, counted("text"), countMarkdown),
	"block/rich_text": blockOf("elements", fields{"elements": mustList(0, math.MaxInt, mustRichElement)}),
	"block/section": blockOf("", fields{
		"text": mustAnyText(3000), "fields": mustList(1, 10, mustAnyText(2000)), "expand": mustBool,
		"accessory": mustBeTyped("element/", append([]string{"button", "overflow", "workflow_button", "image"}, menus...)...),
	}, textOrFields),
	"block/table": blockOf("rows", fields{
		"rows": mustList(1, 100, mustList(1, 20, mustBeTyped("cell/", "raw_text", "rich_text"))),
		"column_settings": mustList(0, 20, func(v *validation, at string, x any) {
			if x != nil {
				columnSetting(v, at, x)
			}
		}),
	}, oneTable),
	"block/video": blockOf("alt_text title thumbnail_url video_url", fields{
		"alt_text": mustString(1, 2000), "title": mustPlain(199), "description": mustPlain(199), "author_name": mustString(0, 49),
		"thumbnail_url": mustURL(3000), "video_url": mustURL(3000), "title_url": mustURL(3000),
		"provider_icon_url": mustURL(3000), "provider_name": mustString(1, 255),
	}),

	"cell/raw_text":   mustObject("text", fields{"type": anything, "text": mustString(0, 3000)}, counted("text")),
	"cell/raw_number": mustObject("value", fields{"type": anything, "value": mustBeANumber, "text": mustString(1, 3000)}),
	"cell/rich_text":  mustObject("elements", fields{"type": anything, "elements": mustList(0, math.MaxInt, mustRichElement)}),
}

var columnSetting = mustObject("", fields{"align": mustBeOneOf("left", "center", "right"), "is_wrapped": mustBool})

func mustBeANumber(v *validation, at string, x any) {
	if _, ok := x.(float64); !ok {
		v.say(at, "must provide a number")
	}
}

func mustContextElement(v *validation, at string, x any) {
	m, _ := x.(map[string]any)
	if m["type"] == "image" {
		mustBeTyped("element/", "image")(v, at, x)
		return
	}
	mustAnyText(3000)(v, at, x)
}

// textOrFields reports at the type, as Slack does.
func textOrFields(v *validation, at string, m map[string]any) {
	if m["text"] == nil && m["fields"] == nil {
		v.say(at+"/type", "must define either `text` or `fields`")
	}
}

func containerTitled(v *validation, at string, m map[string]any) {
	if m["title"] == nil && m["rich_text_title"] == nil {
		v.say(at, "must define either `title` or `rich_text_title`")
	}
	if m["default_collapsed"] == true && m["is_collapsible"] != true {
		v.say(at+"/default_collapsed", "must define `is_collapsible` to use `default_collapsed`")
	}
}

func filesAreNotDispatched(v *validation, at string, m map[string]any) {
	element, _ := m["element"].(map[string]any)
	if element["type"] == "file_input" && m["dispatch_action"] == true {
		v.say(at+"/dispatch_action", "must be false with a `file_input` element")
	}
}

func countMarkdown(v *validation, _ string, m map[string]any) {
	s, _ := m["text"].(string)
	v.markdown += utf8.RuneCountInString(s)
}

func oneTable(v *validation, at string, _ map[string]any) {
	v.tables++
	if v.tables > 1 {
		v.say(at, "only_one_table_allowed")
	}
}
