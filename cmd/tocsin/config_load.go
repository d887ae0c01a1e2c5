package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxSettingsFile is far more than any settings file needs, in bytes.
const maxSettingsFile = 1 << 20

// load completes what the command line gave: every setting without a flag is
// taken from the environment, else from the settings file. given reports
// whether a flag was on the command line. What is wrong with the file is kept
// for Validate, so that people see all mistakes together.
func (c *Config) load(given func(flag string) bool, env func(string) (string, bool)) {
	c.origin, c.mistakes = map[string]string{}, nil
	open := map[string]bool{} // neither flag nor environment speaks for it
	for _, s := range settings() {
		value, ok := env(s.name)
		switch {
		case given(s.flag):
			s.set(c, s.get(c)) // a list from a flag loses its colons too
		case ok:
			s.set(c, value)
		default:
			open[s.name] = true
		}
	}
	if c.File == "" {
		return
	}
	text, err := readSettingsFile(c.File)
	if err != nil {
		c.mistakes = append(c.mistakes, Mistake{"TOCSIN_CONFIG", "", fmt.Sprintf("names a settings file that cannot be read (%v); correct the path or its permissions.", err)})
		return
	}
	c.loadFile(text, open)
}

func readSettingsFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	defer func() { _ = f.Close() }() // opened for reading: nothing can be lost
	text, err := io.ReadAll(io.LimitReader(f, maxSettingsFile+1))
	if err == nil && len(text) > maxSettingsFile {
		return nil, errors.New("it is larger than 1 MiB")
	}
	return text, err
}

// loadFile takes the open settings from the text of the settings file.
func (c *Config) loadFile(text []byte, open map[string]bool) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		c.wrong("", 0, "is not YAML: %s; write one NAME: value a line.", strings.TrimPrefix(err.Error(), "yaml: "))
		return
	}
	if len(doc.Content) == 0 {
		return // an empty file says nothing
	}
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode {
		c.wrong("", top.Line, "is %s; write one NAME: value a line.", described(top))
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		if first, twice := seen[key.Value]; twice {
			c.wrong(key.Value, key.Line, "stands here and in line %d; remove one of them.", first)
			continue
		}
		seen[key.Value] = key.Line
		c.loadEntry(key, value, open)
	}
}

// loadEntry takes one line of the settings file.
func (c *Config) loadEntry(key, value *yaml.Node, open map[string]bool) {
	all := settings()
	at := slices.IndexFunc(all, func(s setting) bool { return s.name == key.Value })
	if at < 0 {
		c.wrong(key.Value, key.Line, "is not a setting%s", suggestion(key.Value, all))
		return
	}
	s := all[at]
	if s.name == "TOCSIN_CONFIG" {
		c.wrong(s.name, key.Line, "cannot stand in the settings file itself; remove it.")
		return
	}
	text, problem := fileValue(value, s.isList(c))
	if problem != "" {
		c.wrong(s.name, key.Line, "%s", problem)
		return
	}
	if open[s.name] {
		c.origin[s.name] = fmt.Sprintf("%s:%d", c.File, key.Line)
		s.set(c, text)
	}
}

// fileValue reads a value as the text that the environment would hold, or
// says in a sentence why it cannot.
func fileValue(value *yaml.Node, list bool) (text, problem string) {
	if value.Kind == yaml.AliasNode {
		value = value.Alias
	}
	switch {
	case value.Tag == "!!null":
		return "", `has no value; give one (in quotes when it starts with #), or remove the line.`
	case value.Kind == yaml.ScalarNode && value.Tag != "!!bool":
		return value.Value, "" // as written: +15550100 is a number to YAML and a telephone to us
	case !list:
		return "", fmt.Sprintf("is %s where text is expected; put the text in quotes.", described(value))
	case value.Kind != yaml.SequenceNode:
		return "", fmt.Sprintf("is %s where a list of words is expected; write [one, two].", described(value))
	}
	var words []string
	for _, item := range value.Content {
		if item.Kind != yaml.ScalarNode || item.Tag != "!!str" {
			return "", fmt.Sprintf("holds %s where a word is expected; write [one, two].", described(item))
		}
		words = append(words, item.Value)
	}
	return strings.Join(words, ","), ""
}

// described says in words what kind of thing stands in the file.
func described(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a group of settings"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Tag == "!!bool":
		return "true or false"
	case n.Tag == "!!null":
		return "nothing"
	case n.Tag == "!!int" || n.Tag == "!!float":
		return "a number"
	}
	return "plain text"
}

// wrong keeps a mistake of the settings file. Line 0 is the file as a whole.
func (c *Config) wrong(setting string, line int, format string, args ...any) {
	where := c.File
	if line > 0 {
		where = fmt.Sprintf("%s:%d", c.File, line)
	}
	c.mistakes = append(c.mistakes, Mistake{setting, where, fmt.Sprintf(format, args...)})
}

// suggestion names the setting nearest to a misspelt one: in small letters, as a flag is
// written, or without TOCSIN_.
func suggestion(name string, all []setting) string {
	best, nearest := len(name)/3+1, ""
	typed := strings.ToUpper(strings.ReplaceAll(strings.TrimLeft(name, "-"), "-", "_"))
	for _, s := range all {
		if d := min(distance(typed, s.name), distance(typed, strings.TrimPrefix(s.name, "TOCSIN_"))); d < best {
			best, nearest = d, s.name
		}
	}
	if nearest == "" {
		return "; remove it, or look up the name with tocsin --help."
	}
	return "; did you mean " + nearest + "?"
}

// distance counts the letters to insert, delete or replace between a and b
// (Levenshtein's distance).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
