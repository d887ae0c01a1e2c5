package organisation

import (
	"reflect"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// text decodes a value as it was written: +15550100 is a number to YAML and a
// telephone to us.
func (d *decoder) text(n *yaml.Node, path string, into reflect.Value) {
	if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!bool" || n.ShortTag() == "!!binary" {
		d.wrong(path, "is %s where text is expected; put the text in quotes.", described(n))
		return
	}
	value := strings.TrimSpace(n.Value)
	switch {
	case value == "":
		d.wrong(path, "is empty; give a value, or remove the line.")
	case len([]rune(value)) > maxText:
		d.wrong(path, "is longer than %d characters; shorten it.", maxText)
	case printable(value) != value:
		d.wrong(path, "holds line breaks or characters that cannot be seen; write it on one line, without them.")
	default:
		into.SetString(value)
	}
}

// printable replaces what cannot be seen, so that it can be shown in a message.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) && (r == ' ' || !unicode.IsSpace(r)) && r != unicode.ReplacementChar {
			return r
		}
		return '?'
	}, s)
}

func (d *decoder) integer(n *yaml.Node, path string, into reflect.Value) {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" {
		d.wrong(path, "is %s where a whole number is expected; write it in digits.", described(n))
		return
	}
	whole, err := strconv.Atoi(n.Value)
	if err != nil || whole < 0 || whole > 1_000_000 {
		d.wrong(path, "is not a number from 0 to a million; write it in digits.")
		return
	}
	into.SetInt(int64(whole))
}

func (d *decoder) duration(n *yaml.Node, path string, into reflect.Value) {
	if n.Kind != yaml.ScalarNode {
		d.wrong(path, "is %s where a duration is expected; write 90s, 5m, 1h30m or 2d.", described(n))
		return
	}
	value, problem := parseDuration(n.Value)
	if problem != "" {
		d.wrong(path, "%s", problem)
		return
	}
	into.SetInt(int64(value))
}

// described says in words what kind of thing stands in the file.
func described(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a group of keys"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	}
	switch n.ShortTag() {
	case "!!bool":
		return "true or false"
	case "!!null":
		return "nothing"
	case "!!int", "!!float":
		return "a number"
	}
	return "plain text"
}
