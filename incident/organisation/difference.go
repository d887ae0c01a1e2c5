package organisation

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/tocsinhq/tocsin/incident/paging"
)

// Action says what becomes of one thing.
type Action string

// The actions, as a plan prints them.
const (
	Add    Action = "+"
	Remove Action = "-"
	Alter  Action = "~"
)

// Difference is one thing that a plan adds, removes or alters.
type Difference struct {
	Action Action
	Group  string // people, teams, services, policies or schedules
	Name   string
	Fields []FieldDifference // of what is altered or added, in the order of the file
}

// FieldDifference is one value that changes. Addresses are masked.
type FieldDifference struct {
	Path     string // steps[1].delay
	Old, New string // empty: absent
}

// differences tells what has to happen to make have into want. Both are
// canonical. It is empty when they are equal.
func differences(have, want *Document) []Difference {
	var all []Difference
	old, wanted := reflect.ValueOf(have).Elem(), reflect.ValueOf(want).Elem()
	for i, group := range fieldsOf(old.Type()) {
		was, becomes := old.Field(i), wanted.Field(i)
		names := namesOf(was)
		maps.Copy(names, namesOf(becomes))
		for _, name := range slices.Sorted(maps.Keys(names)) {
			key := reflect.ValueOf(name)
			if d := difference(was.MapIndex(key), becomes.MapIndex(key)); d != nil {
				d.Group, d.Name = group.key, name
				all = append(all, *d)
			}
		}
	}
	return all
}

// difference compares one thing; nil when it stays as it is.
func difference(was, becomes reflect.Value) *Difference {
	switch {
	case !was.IsValid():
		return &Difference{Action: Add, Fields: compared(nil, flat(becomes, "", false))}
	case !becomes.IsValid():
		return &Difference{Action: Remove}
	}
	if fields := compared(flat(was, "", false), flat(becomes, "", false)); len(fields) > 0 {
		return &Difference{Action: Alter, Fields: fields}
	}
	return nil
}

// leaf is one value of a thing.
type leaf struct {
	path, value string
	mask        bool
}

// flat lists the values of a thing with their paths. A list of words or of
// groups with one key is one value.
func flat(v reflect.Value, path string, mask bool) []leaf {
	if absent(v) {
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		return flat(v.Elem(), path, mask)
	case reflect.Struct:
		var all []leaf
		for i, f := range fieldsOf(v.Type()) {
			all = append(all, flat(v.Field(i), join(path, f.key), f.mask)...)
		}
		return all
	case reflect.Slice:
		return flatList(v, path)
	}
	return []leaf{{path, scalar(v), mask}}
}

func flatList(v reflect.Value, path string) []leaf {
	var all []leaf
	for i := range v.Len() {
		all = append(all, flat(v.Index(i), fmt.Sprintf("%s[%d]", path, i+1), false)...)
	}
	if v.Type().Elem().Kind() != reflect.String {
		return all
	}
	words := make([]string, len(all))
	for i, l := range all {
		words[i] = l.value
	}
	return []leaf{{path: path, value: "[" + strings.Join(words, ", ") + "]"}}
}

func scalar(v reflect.Value) string {
	if d, ok := reflect.TypeAssert[Duration](v); ok {
		return d.String()
	}
	if v.Kind() == reflect.Int {
		return fmt.Sprint(v.Int())
	}
	return v.String()
}

// compared pairs the values by their paths.
func compared(old, wanted []leaf) []FieldDifference {
	var all []FieldDifference
	had := map[string]leaf{}
	for _, l := range old {
		had[l.path] = l
	}
	for _, l := range wanted {
		before, stood := had[l.path]
		delete(had, l.path)
		if !stood || before.value != l.value {
			all = append(all, shown(l.path, before, l))
		}
	}
	for _, l := range old {
		if _, left := had[l.path]; left {
			all = append(all, shown(l.path, l, leaf{}))
		}
	}
	return all
}

func shown(path string, old, wanted leaf) FieldDifference {
	d := FieldDifference{path, old.value, wanted.value}
	if old.mask || wanted.mask {
		d.Old, d.New = paging.MaskAddress(old.value), paging.MaskAddress(wanted.value)
		if d.Old == d.New {
			d.New += " (another)"
		}
	}
	return d
}

// write prints a difference in lines.
func (d Difference) write(b *strings.Builder) {
	fmt.Fprintf(b, "%s %s.%s\n", d.Action, d.Group, d.Name)
	for _, f := range d.Fields {
		b.WriteString("    " + f.line(d.Action) + "\n")
	}
}

func (f FieldDifference) line(of Action) string {
	switch {
	case of == Add:
		return fmt.Sprintf("%s: %s", f.Path, f.New)
	case f.Old == "":
		return fmt.Sprintf("+ %s: %s", f.Path, f.New)
	case f.New == "":
		return fmt.Sprintf("- %s: %s", f.Path, f.Old)
	}
	return fmt.Sprintf("~ %s: %s -> %s", f.Path, f.Old, f.New)
}
