package organisation

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Bounds of a file. They are far beyond any organisation and keep a hostile
// document from costing more than a moment.
const (
	MaxFile     = 4 << 20 // bytes
	maxNodes    = 400_000 // with everything that aliases repeat
	maxDepth    = 24      // of nesting, aliases included
	maxText     = 2000    // characters of one value
	maxMistakes = 200
)

// decode reads the text into a document and notes what is wrong with its form,
// and where everything stands.
func decode(text []byte) (*Document, *ledger) {
	d := &decoder{ledger: &ledger{lines: map[string]int{}}}
	doc := &Document{}
	if len(text) > MaxFile {
		d.wrong("", "The file is larger than %d MiB; split off what is not the organisation.", MaxFile>>20)
		return doc, d.ledger
	}
	if top := d.top(text); top != nil {
		d.value(top, "", reflect.ValueOf(doc).Elem(), 0)
	}
	return doc, d.ledger
}

// decoder walks YAML nodes beside the structs that they fill.
type decoder struct {
	*ledger
	nodes int // visited so far
	spent bool
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?(.*)$`)

// top parses the text; nil when there is nothing to read.
func (d *decoder) top(text []byte) *yaml.Node {
	reader := yaml.NewDecoder(bytes.NewReader(text))
	var file, more yaml.Node
	if err := reader.Decode(&file); errors.Is(err, io.EOF) {
		return nil
	} else if err != nil {
		d.notYAML(err)
		return nil
	}
	if err := reader.Decode(&more); !errors.Is(err, io.EOF) {
		d.note(Mistake{Line: more.Line, Text: "A second document begins after ---; keep everything in one."})
	}
	if len(file.Content) == 0 || isNull(file.Content[0]) {
		return nil
	}
	return file.Content[0]
}

// notYAML turns the parser's complaint into a mistake with its line.
func (d *decoder) notYAML(err error) {
	said := yamlLine.FindStringSubmatch(strings.ReplaceAll(err.Error(), "\n", " "))
	line, _ := strconv.Atoi(said[1]) // no line: 0, the file as a whole
	d.note(Mistake{Line: line, Text: fmt.Sprintf("This is not YAML: %s. Check the indentation and the quotes around here.", said[2])})
}

// value decodes one node into a place of the document.
func (d *decoder) value(n *yaml.Node, path string, into reflect.Value, depth int) {
	n, ok := d.enter(n, path, depth)
	if !ok {
		return
	}
	if path != "" {
		if _, known := d.lines[path]; !known {
			d.lines[path] = n.Line
		}
	}
	if _, isDuration := reflect.TypeAssert[Duration](into); isDuration {
		d.duration(n, path, into)
		return
	}
	switch into.Kind() {
	case reflect.Pointer:
		made, before := reflect.New(into.Type().Elem()), len(d.list)
		d.value(n, path, made.Elem(), depth)
		if isGroup := made.Elem().Kind() == reflect.Struct; isGroup || len(d.list) == before {
			into.Set(made) // a number that cannot be read is not zero
		}
	case reflect.Struct:
		d.group(n, path, into, depth)
	case reflect.Map:
		d.named(n, path, into, depth)
	case reflect.Slice:
		d.sequence(n, path, into, depth)
	case reflect.String:
		d.text(n, path, into)
	case reflect.Int:
		d.integer(n, path, into)
	default:
		panic("organisation: no way to read a " + into.Type().String())
	}
}

// enter follows an alias and refuses what is too much; ok is false when there is
// nothing to decode.
func (d *decoder) enter(n *yaml.Node, path string, depth int) (*yaml.Node, bool) {
	d.nodes++
	for hops := 0; n.Kind == yaml.AliasNode; hops++ {
		if n.Alias == nil || hops > maxDepth {
			return nil, false
		}
		n = n.Alias
	}
	switch {
	case d.spent:
		return nil, false
	case d.nodes > maxNodes || depth > maxDepth:
		d.spent = true
		d.note(Mistake{Line: n.Line, Path: path, Text: "is too much: aliases repeat a great deal here, or it is nested too deeply; write it out more simply."})
		return nil, false
	case isNull(n):
		d.lines[path] = n.Line
		if path != "" {
			d.wrong(path, "has no value; give one, or remove the line.")
		}
		return nil, false
	}
	return n, true
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// group decodes a mapping whose keys are the fields of a struct.
func (d *decoder) group(n *yaml.Node, path string, into reflect.Value, depth int) {
	fields := fieldsOf(into.Type())
	known := make([]string, len(fields))
	for i, f := range fields {
		known[i] = f.key
	}
	d.pairs(n, path, func(key, value *yaml.Node, at string) {
		for i, f := range fields {
			if f.key == key.Value {
				d.value(value, at, into.Field(i), depth+1)
				return
			}
		}
		d.wrong(at, "is not a key that belongs here%s", orNearest(key.Value, known, "remove it; the keys here are "+strings.Join(known, ", ")+"."))
	})
	d.required(path, into, fields)
}

// required notes the keys that are missing though they must be there.
func (d *decoder) required(path string, into reflect.Value, fields []field) {
	for i, f := range fields {
		at := join(path, f.key)
		if _, stands := d.lines[at]; f.need && !stands && into.Field(i).IsZero() {
			d.wrong(path, "lacks %s; add it.", f.key)
		}
	}
}

// named decodes a mapping whose keys are names.
func (d *decoder) named(n *yaml.Node, path string, into reflect.Value, depth int) {
	into.Set(reflect.MakeMap(into.Type()))
	d.pairs(n, path, func(key, value *yaml.Node, at string) {
		if problem := nameForm(key.Value); problem != "" {
			d.wrong(at, "%s", problem)
			return
		}
		one := reflect.New(into.Type().Elem()).Elem()
		d.value(value, at, one, depth+1)
		into.SetMapIndex(reflect.ValueOf(key.Value), one)
	})
}

var name = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

func nameForm(s string) string {
	switch {
	case s == nobody:
		return "cannot be a name: it stands for an empty place in a rotation; choose another."
	case !name.MatchString(s):
		return "is not a name; use small letters, digits, dots, dashes and underscores, at most 63, and begin with a letter or digit."
	}
	return ""
}

// pairs hands out the entries of a mapping, each key once.
func (d *decoder) pairs(n *yaml.Node, path string, each func(key, value *yaml.Node, at string)) {
	if n.Kind != yaml.MappingNode {
		d.wrong(path, "is %s where keys with values are expected; write one key: value a line, indented.", described(n))
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		if key == nil || key.Kind != yaml.ScalarNode || len(key.Value) > maxText {
			d.note(Mistake{Line: n.Content[i].Line, Path: path, Text: "has a key that is not a plain word; correct it."})
			continue
		}
		at := join(path, printable(key.Value))
		if first, twice := seen[key.Value]; twice {
			d.note(Mistake{Line: n.Content[i].Line, Path: at, Text: fmt.Sprintf("stands here and in line %d; remove one of them.", first)})
			continue
		}
		seen[key.Value] = n.Content[i].Line
		d.lines[at] = n.Content[i].Line
		each(key, value, at)
	}
}

// sequence decodes a list.
func (d *decoder) sequence(n *yaml.Node, path string, into reflect.Value, depth int) {
	if n.Kind != yaml.SequenceNode {
		d.wrong(path, "is %s where a list is expected; write [one, two], or one item a line after a dash.", described(n))
		return
	}
	if room := maxNodes - d.nodes; len(n.Content) > room {
		d.nodes = maxNodes
		d.enter(n, path, 0)
		return
	}
	into.Set(reflect.MakeSlice(into.Type(), len(n.Content), len(n.Content)))
	for i, item := range n.Content {
		at := fmt.Sprintf("%s[%d]", path, i+1)
		d.lines[at] = item.Line
		d.value(item, at, into.Index(i), depth+1)
	}
}
