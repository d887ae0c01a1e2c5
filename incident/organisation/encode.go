package organisation

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// YAML prints the document. Reading it again gives an equal document. What has
// its default and needs no mention is left out.
func (d *Document) YAML() ([]byte, error) {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(nodeOf(reflect.ValueOf(d.canonical()).Elem())); err != nil {
		return nil, fmt.Errorf("write YAML: %w", err)
	}
	return out.Bytes(), nil
}

// nodeOf is the YAML of one value.
func nodeOf(v reflect.Value) *yaml.Node {
	if d, ok := reflect.TypeAssert[Duration](v); ok {
		return word(d.String())
	}
	switch v.Kind() {
	case reflect.Pointer:
		return nodeOf(v.Elem())
	case reflect.Struct:
		return groupNode(v)
	case reflect.Map:
		node := &yaml.Node{Kind: yaml.MappingNode}
		for _, key := range slices.Sorted(maps.Keys(namesOf(v))) {
			node.Content = append(node.Content, word(key), nodeOf(v.MapIndex(reflect.ValueOf(key))))
		}
		return node
	case reflect.Slice:
		return sequenceNode(v)
	case reflect.Int:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.FormatInt(v.Int(), 10)}
	}
	return word(v.String())
}

// word is a text; the encoder puts quotes where YAML would read something else.
func word(s string) *yaml.Node {
	if s == "0" { // a duration
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: s}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
}

func groupNode(v reflect.Value) *yaml.Node {
	node := &yaml.Node{Kind: yaml.MappingNode}
	for i, f := range fieldsOf(v.Type()) {
		if !absent(v.Field(i)) {
			node.Content = append(node.Content, word(f.key), nodeOf(v.Field(i)))
		}
	}
	return node
}

func sequenceNode(v reflect.Value) *yaml.Node {
	node := &yaml.Node{Kind: yaml.SequenceNode}
	for i := range v.Len() {
		node.Content = append(node.Content, nodeOf(v.Index(i)))
	}
	if v.Type().Elem().Kind() == reflect.String {
		node.Style = yaml.FlowStyle
	}
	return node
}

// absent reports whether a value is not written. A number is: zero is not nothing.
func absent(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Pointer:
		return v.IsNil()
	}
	return false
}

// namesOf is the keys of a map whose keys are names.
func namesOf(v reflect.Value) map[string]bool {
	names := map[string]bool{}
	for _, key := range v.MapKeys() {
		names[key.String()] = true
	}
	return names
}
