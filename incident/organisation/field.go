package organisation

import "reflect"

// field is one key of a group, as the tags of its struct say.
type field struct {
	key, help, def string
	need, mask     bool
}

// fieldsOf lists the keys of a struct, in its order: field i is field i.
func fieldsOf(t reflect.Type) []field {
	all := make([]field, t.NumField())
	for i := range all {
		tag := t.Field(i).Tag
		all[i] = field{tag.Get("yaml"), tag.Get("help"), tag.Get("default"), tag.Get("need") != "", tag.Get("mask") != ""}
	}
	return all
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
