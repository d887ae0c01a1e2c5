package slacksim

import "strconv"

var viewFields = fields{
	"type": anything, "blocks": mustList(1, maxViewBlocks, mustBlock),
	"private_metadata": mustString(0, 3000), "callback_id": mustString(0, 255), "external_id": mustString(0, 255),
}

var viewShapes = map[surface]rule{
	surfaceHome: mustObject("blocks", viewFields),
	surfaceModal: mustObject("title blocks", with(viewFields, fields{
		"title": mustPlain(24), "submit": mustPlain(24), "close": mustPlain(24),
		"clear_on_close": mustBool, "notify_on_close": mustBool,
	}), submitForInputs),
}

// validateView judges a decoded modal or Home view; no problems means that
// Slack would show it. Its size is judged by viewTooLarge.
func validateView(view map[string]any) []problem {
	kind, ok := view["type"].(string)
	v := newValidation(surface(kind))
	shape, known := viewShapes[surface(kind)]
	switch {
	case !ok:
		v.say("/view", "missing required field: type")
	case !known:
		v.say("/view/type", "unsupported type: %s", kind)
	default:
		shape(v, "/view", view)
	}
	return v.problems
}

// viewTooLarge tells whether a view's JSON exceeds Slack's 250 KB.
func viewTooLarge(raw []byte) bool { return len(raw) > maxViewBytes }

// submitForInputs points where Slack points, at a property that does not exist.
func submitForInputs(v *validation, at string, m map[string]any) {
	if _, ok := m["submit"]; ok {
		return
	}
	blocks, _ := m["blocks"].([]any)
	for i, each := range blocks {
		if b, _ := each.(map[string]any); b["type"] == "input" {
			v.say(at+"/blocks/"+strconv.Itoa(i)+"/input", "must define `submit` to use an `input` block in modals")
		}
	}
}
