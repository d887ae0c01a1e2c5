package slacksim

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// surface is a place where blocks can stand.
type surface string

const (
	surfaceMessage surface = "message"
	surfaceModal   surface = "modal"
	surfaceHome    surface = "home"
)

// rule judges one decoded JSON value that stands at a JSON pointer.
type rule func(v *validation, at string, x any)

// fields maps the properties an object may have to their rules.
type fields map[string]rule

// check judges an object as a whole, after its properties.
type check func(v *validation, at string, m map[string]any)

// validation is one run over one message or view: what was found wrong, and
// what must be remembered from block to block.
//
// Rules look each other up by name in shapes, because blocks hold blocks.
type validation struct {
	surface   surface
	shapes    map[string]rule
	problems  []problem
	blockIDs  map[string]bool
	actionIDs map[string]bool // of the block being judged
	focused   bool
	tables    int
	markdown  int // characters in markdown blocks
	text      int // characters in all texts
}

func newValidation(on surface) *validation {
	return &validation{surface: on, shapes: blockShapes, blockIDs: map[string]bool{}, actionIDs: map[string]bool{}}
}

func (v *validation) say(at, format string, args ...any) {
	v.problems = append(v.problems, problem{Pointer: at, Message: fmt.Sprintf(format, args...)})
}

// anything accepts every value: its rule stands elsewhere.
func anything(*validation, string, any) {}

func mustBool(v *validation, at string, x any) {
	if _, ok := x.(bool); !ok {
		v.say(at, "must provide a boolean")
	}
}

// mustString wants min to max Unicode code points.
func mustString(minimum, maximum int) rule {
	return func(v *validation, at string, x any) {
		s, ok := x.(string)
		switch n := utf8.RuneCountInString(s); {
		case !ok:
			v.say(at, "must provide a string")
		case n < minimum:
			v.say(at, "must be more than %d characters", minimum-1)
		case n > maximum:
			v.say(at, "must be less than %d characters", maximum+1)
		}
	}
}

func mustBeOneOf(allowed ...string) rule {
	return func(v *validation, at string, x any) {
		if s, ok := x.(string); !ok || !slices.Contains(allowed, s) {
			v.say(at, "must be a valid enum value: %s", strings.Join(allowed, ", "))
		}
	}
}

func mustMatch(pattern *regexp.Regexp, what string) rule {
	return func(v *validation, at string, x any) {
		if s, ok := x.(string); !ok || !pattern.MatchString(s) {
			v.say(at, "must be %s", what)
		}
	}
}

// mustBeTime wants a string that means something in the layout of package time.
func mustBeTime(layout, what string) rule {
	return func(v *validation, at string, x any) {
		s, _ := x.(string)
		if _, err := time.Parse(layout, s); err != nil || len(s) != len(layout) {
			v.say(at, "must be %s", what)
		}
	}
}

// mustURL wants an absolute URL of at most max characters.
func mustURL(maximum int) rule {
	return func(v *validation, at string, x any) {
		mustString(1, maximum)(v, at, x)
		s, ok := x.(string)
		if u, err := url.Parse(s); ok && s != "" && (err != nil || !u.IsAbs()) {
			v.say(at, "invalid url")
		}
	}
}

// mustBeWhole wants a whole number between min and max.
func mustBeWhole(minimum, maximum int64) rule {
	return func(v *validation, at string, x any) {
		n, ok := wholeNumber(x)
		if !ok {
			v.say(at, "must provide an integer")
			return
		}
		if n < minimum || n > maximum {
			v.say(at, "must be between %d and %d", minimum, maximum)
		}
	}
}

// wholeNumber reads the number kinds of encoding/json and of YAML.
func wholeNumber(x any) (int64, bool) {
	switch n := x.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	case json.Number:
		i, err := strconv.ParseInt(n.String(), 10, 64)
		return i, err == nil
	case float64:
		return int64(n), n == math.Trunc(n) && math.Abs(n) < 1<<53
	}
	return 0, false
}

func mustList(minimum, maximum int, item rule) rule {
	return func(v *validation, at string, x any) {
		list, ok := x.([]any)
		switch {
		case !ok:
			v.say(at, "must provide an array")
		case len(list) < minimum:
			v.say(at, "must provide at least %d items", minimum)
		case len(list) > maximum:
			v.say(at, "no more than %d items allowed", maximum)
		}
		for i, each := range list {
			item(v, at+"/"+strconv.Itoa(i), each)
		}
	}
}

// mustObject wants the properties named in required (separated by spaces) and
// none that is not in known.
func mustObject(required string, known fields, also ...check) rule {
	return func(v *validation, at string, x any) {
		m, ok := x.(map[string]any)
		if !ok {
			v.say(at, "must provide an object")
			return
		}
		for _, name := range strings.Fields(required) {
			if _, ok := m[name]; !ok {
				v.say(at, "missing required field: %s", name)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(m)) {
			judge, ok := known[name]
			if !ok {
				v.say(at, "invalid additional property: %s", name)
				continue
			}
			judge(v, at+"/"+name, m[name])
		}
		for _, judge := range also {
			judge(v, at, m)
		}
	}
}

// mustBeTyped wants an object whose type is one of names, in the shape called
// prefix+type.
func mustBeTyped(prefix string, names ...string) rule {
	return func(v *validation, at string, x any) {
		kind, ok := kindOf(v, at, x)
		if !ok {
			return
		}
		shape, known := v.shapes[prefix+kind]
		if !known || !slices.Contains(names, kind) {
			v.say(at+"/type", "unsupported type: %s", kind)
			return
		}
		shape(v, at, x)
	}
}

func kindOf(v *validation, at string, x any) (string, bool) {
	m, ok := x.(map[string]any)
	if !ok {
		v.say(at, "must provide an object")
		return "", false
	}
	raw, ok := m["type"]
	if !ok {
		v.say(at, "missing required field: type")
		return "", false
	}
	kind, ok := raw.(string)
	if !ok {
		v.say(at+"/type", "must provide a string")
	}
	return kind, ok
}

// exactlyOne wants one of two properties that exclude each other.
func exactlyOne(a, b string) check {
	return func(v *validation, at string, m map[string]any) {
		_, hasA := m[a]
		_, hasB := m[b]
		if !hasA && !hasB {
			v.say(at, "must define either `%s` or `%s`", a, b)
		}
		if hasA && hasB {
			v.say(at, "cannot define both `%s` and `%s`", a, b)
		}
	}
}

// with returns base and more together.
func with(base, more fields) fields {
	all := maps.Clone(base)
	maps.Copy(all, more)
	return all
}
