package slacksim

import (
	"slices"
	"unicode/utf8"
)

// mustPlain wants a plain_text object of at most max characters.
func mustPlain(maximum int) rule { return mustText(maximum, "plain_text") }

// mustAnyText wants a plain_text or mrkdwn object of at most max characters.
// Like Slack it reports a mismatch twice: at the union, then where it lies.
func mustAnyText(maximum int) rule {
	judge := mustText(maximum, "plain_text", "mrkdwn")
	return func(v *validation, at string, x any) {
		before := len(v.problems)
		judge(v, at, x)
		if len(v.problems) > before {
			union := problem{Pointer: at, Message: "failed to match all allowed schemas"}
			v.problems = slices.Insert(v.problems, before, union)
		}
	}
}

func mustText(maximum int, kinds ...string) rule {
	text := fields{"type": anything, "text": mustString(1, maximum)}
	shapes := map[string]rule{
		"plain_text": mustObject("text", with(text, fields{"emoji": mustBool})),
		"mrkdwn":     mustObject("text", with(text, fields{"verbatim": mustBool})),
	}
	return func(v *validation, at string, x any) {
		kind, ok := kindOf(v, at, x)
		if !ok {
			return
		}
		if !slices.Contains(kinds, kind) {
			v.say(at+"/type", "unsupported type: %s", kind)
			return
		}
		shapes[kind](v, at, x)
		v.count(x, "text")
	}
}

// count adds a property's characters to those of the whole message.
func (v *validation) count(x any, property string) {
	m, _ := x.(map[string]any)
	s, _ := m[property].(string)
	v.text += utf8.RuneCountInString(s)
}

// counted is a check that counts one property towards the message's text.
func counted(property string) check {
	return func(v *validation, _ string, m map[string]any) { v.count(m, property) }
}
