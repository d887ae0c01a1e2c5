package timeline

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// sample makes an event of a kind with every field set to something.
func sample(kind incident.Kind, r *rand.Rand) incident.Event {
	v := reflect.New(events[kind]).Elem()
	fill(v, r)
	return v.Interface().(incident.Event)
}

func fill(v reflect.Value, r *rand.Rand) {
	switch v.Kind() {
	case reflect.String:
		words := []string{"disk", "Ähre", "🔥", "a|b", "\n", "<x>", "“q”", "\\", "e\u0301", "&amp;"}
		v.SetString(words[r.IntN(len(words))] + fmt.Sprint(r.IntN(100)) + words[r.IntN(len(words))])
	case reflect.Int, reflect.Int64:
		v.SetInt(1 + r.Int64N(1<<31))
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), r)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), r)
		fill(v.Index(1), r)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.UnixMicro(r.Int64N(4e15)).UTC()))
			return
		}
		for n := range v.NumField() {
			fill(v.Field(n), r)
		}
	default:
		panic("no sample of " + v.Kind().String())
	}
}

// nameOf is how the tests call people.
func nameOf(p incident.PersonID) string {
	names := map[incident.PersonID]string{"U1": "Alice", "U2": "Bob", "U3": "Carol"}
	if n, ok := names[p]; ok {
		return n
	}
	return string(p)
}
