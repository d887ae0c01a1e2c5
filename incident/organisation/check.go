package organisation

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// nobody stands for an empty place in a rotation.
const nobody = "nobody"

// check notes everything that is wrong with the meaning of a document: unknown
// names, forms, steps that can never run. now is where the look at who will be
// on call begins.
func (l *ledger) check(d *Document, now time.Time) {
	c := &checker{ledger: l, doc: d, now: now, empty: map[string]bool{}}
	c.people()
	c.teams()
	c.services()
	c.policies()
	c.schedules()
}

// checker looks at one document.
type checker struct {
	*ledger
	doc   *Document
	now   time.Time
	empty map[string]bool // schedules that were looked at: nobody is on call
}

// known notes a name that does not exist in a group. An empty one is no name.
func known[T any](c *checker, path, name, thing string, group map[string]T) bool {
	if _, exists := group[name]; exists || name == "" {
		return exists
	}
	if c.full() {
		return false // looking for the nearest name is the dearest of all checks
	}
	c.wrong(path, "names the %s %s, which is not in the file%s", thing, name,
		orNearest(name, sortedNames(group), "add it, or remove the line."))
	return false
}

// knownList notes names that do not exist or stand twice.
func knownList[T any](c *checker, path string, names []string, thing string, group map[string]T) {
	seen := map[string]bool{}
	for i, name := range names {
		at := fmt.Sprintf("%s[%d]", path, i+1)
		known(c, at, name, thing, group)
		if seen[name] && name != "" {
			c.wrong(at, "names %s a second time; remove it.", name)
		}
		seen[name] = true
	}
}

// unlike notes things of a group that people could not tell apart, since they
// have the same name.
func unlike[T any](c *checker, group string, all map[string]T, nameOf func(T) string) {
	first := map[string]string{}
	for _, key := range sortedNames(all) {
		name := strings.ToLower(nameOf(all[key]))
		other, taken := first[name]
		if name != "" && taken {
			c.wrong(group+"."+key+".name", "is the name of %s as well (line %d); give it another.", other, c.lineOf(group+"."+other))
			continue
		}
		first[name] = key
	}
}

// form notes a problem with what stands at the path; none when it is empty.
func (c *checker) form(path, problem string) {
	if problem != "" {
		c.wrong(path, "%s", problem)
	}
}

// formOf is form for a value that may be absent.
func (c *checker) formOf(path, value string, problem func(string) string) {
	if value != "" {
		c.form(path, problem(value))
	}
}

// oneOf names the only field of a group that is set; ok is false, and noted,
// when it is none or several.
func (c *checker) oneOf(path string, set, all []string) (ok bool) {
	switch len(set) {
	case 1:
		return true
	case 0:
		if c.spotless(path) {
			c.wrong(path, "says nothing; give one of %s.", strings.Join(all, ", "))
		}
	default:
		c.wrong(path, "says several things at once (%s); make an item of each.", strings.Join(set, ", "))
	}
	return false
}

// spotless reports whether nothing was noted yet about the path or what is below.
func (c *checker) spotless(path string) bool {
	return !slices.ContainsFunc(c.list, func(m Mistake) bool {
		return m.Path == path || strings.HasPrefix(m.Path, path+".")
	})
}

// setFields lists which of the keys have a value, with keys and values in the
// same order.
func setFields(keys, values []string) (set []string) {
	for i, value := range values {
		if value != "" {
			set = append(set, keys[i])
		}
	}
	return set
}
