package jirasim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// field is a field of the site. All issue types share one screen.
type field struct {
	ID, Name    string
	Type, Items string // of the schema
	Custom      string // kind of custom field, empty for Jira's own
	Required    bool
	HasDefault  bool
	Hidden      bool // not on the screens
	Allowed     []string
}

// Limits of texts, as Jira enforces them.
const (
	maxSummary = 254
	maxText    = 32767
)

var priorities = []string{"Highest", "High", "Medium", "Low", "Lowest"}

func standardFields() []field {
	const kind = "com.atlassian.jira.plugin.system.customfieldtypes:"
	return []field{
		{ID: "summary", Name: "Summary", Type: "string", Required: true},
		{ID: "issuetype", Name: "Issue Type", Type: "issuetype", Required: true},
		{ID: "project", Name: "Project", Type: "project", Required: true},
		{ID: "reporter", Name: "Reporter", Type: "user", Required: true, HasDefault: true},
		{ID: "description", Name: "Description", Type: "string"},
		{ID: "labels", Name: "Labels", Type: "array", Items: "string"},
		{ID: "priority", Name: "Priority", Type: "priority", HasDefault: true, Allowed: priorities},
		{ID: "assignee", Name: "Assignee", Type: "user"},
		{ID: "duedate", Name: "Due date", Type: "date"},
		{ID: "customfield_10011", Name: "Severity", Type: "option", Custom: kind + "select", Allowed: []string{"SEV1", "SEV2", "SEV3", "SEV4", "SEV5"}},
		{ID: "customfield_10012", Name: "Affected services", Type: "array", Items: "option", Custom: kind + "multiselect", Allowed: []string{"Checkout", "Payments", "Search"}},
		{ID: "customfield_10013", Name: "Customers affected", Type: "number", Custom: kind + "float"},
		{ID: "customfield_10014", Name: "War room", Type: "string", Custom: kind + "url"},
	}
}

// RequireField makes the field of this name required, without a default. A name that
// the site does not know becomes a new text field.
func (s *Sim) RequireField(name string) {
	s.changeField(name, func(f *field) { f.Required, f.HasDefault = true, false })
}

// HideField takes the field of this name off the screens.
func (s *Sim) HideField(name string) {
	s.changeField(name, func(f *field) { f.Hidden = true })
}

func (s *Sim) changeField(name string, change func(*field)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.fields {
		if strings.EqualFold(s.fields[i].Name, name) {
			change(&s.fields[i])
			return
		}
	}
	f := field{ID: "customfield_" + strconv.Itoa(10100+len(s.fields)), Name: name, Type: "string", Custom: "com.atlassian.jira.plugin.system.customfieldtypes:textfield"}
	change(&f)
	s.fields = append(s.fields, f)
}

func (s *Sim) field(id string) (field, bool) {
	i := slices.IndexFunc(s.fields, func(f field) bool { return f.ID == id })
	if i < 0 {
		return field{}, false
	}
	return s.fields[i], true
}

// checkFields returns Jira's complaint for each field that cannot be set, and, for a
// new issue, for each that is missing.
func (s *Sim) checkFields(given map[string]any, isNew bool) map[string]string {
	errs := map[string]string{}
	for id, v := range given {
		f, ok := s.field(id)
		if !ok || f.Hidden {
			errs[id] = fmt.Sprintf("Field '%s' cannot be set. It is not on the appropriate screen, or unknown.", id)
			continue
		}
		if complaint := s.checkValue(f, v); complaint != "" {
			errs[id] = complaint
		}
	}
	for _, f := range s.fields {
		v, sent := given[f.ID]
		if f.Required && !f.HasDefault && (isNew && !sent || sent && v == nil) && errs[f.ID] == "" {
			errs[f.ID] = missing(f)
		}
	}
	return errs
}

func missing(f field) string {
	switch f.ID {
	case "summary":
		return "You must specify a summary of the issue."
	case "project":
		return "Specify a valid project ID or key"
	case "issuetype":
		return "Specify an issue type"
	}
	return f.Name + " is required."
}

func (s *Sim) checkValue(f field, v any) string {
	if v == nil {
		return ""
	}
	if f.Type == "array" {
		list, ok := v.([]any)
		if !ok {
			return "data was not an array"
		}
		for _, one := range list {
			if complaint := s.checkOne(f, f.Items, one); complaint != "" {
				return complaint
			}
		}
		return ""
	}
	return s.checkOne(f, f.Type, v)
}

func (s *Sim) checkOne(f field, kind string, v any) string {
	switch kind {
	case "string":
		return checkText(f, v)
	case "date":
		t, ok := v.(string)
		if _, err := time.Parse(time.DateOnly, t); !ok || err != nil {
			return fmt.Sprintf("Error parsing date string: %v", v)
		}
	case "number":
		if _, ok := v.(float64); !ok {
			return "Operation value must be a number"
		}
	case "option":
		if name := member(v, "value"); !slices.Contains(f.Allowed, name) {
			return fmt.Sprintf("Option value '%s' is not valid", name)
		}
	case "priority":
		if !slices.Contains(f.Allowed, member(v, "name")) && !isIndex(member(v, "id"), len(f.Allowed)) {
			return "The priority selected is invalid."
		}
	case "user":
		return s.checkUser(v)
	case "issuetype":
		if _, ok := s.typeOf(v); !ok {
			return "The issue type selected is invalid."
		}
	case "project":
		if member(v, "key") != s.options.Project && member(v, "id") != projectID {
			return "valid project is required"
		}
	}
	return ""
}

func checkText(f field, v any) string {
	t, ok := v.(string)
	switch {
	case !ok:
		return "Operation value must be a string"
	case f.ID == "labels" && strings.ContainsAny(t, " \t\n"):
		return fmt.Sprintf("The label '%s' contains spaces which is invalid.", t)
	case f.ID == "labels" && utf8.RuneCountInString(t) > 255:
		return fmt.Sprintf("The label '%s' exceeds the maximum length of 255 characters.", t)
	case f.ID == "summary" && strings.TrimSpace(t) == "":
		return "You must specify a summary of the issue."
	case f.ID == "summary" && strings.ContainsAny(t, "\r\n"):
		return "The summary is invalid because it contains newline characters."
	case f.ID == "summary" && utf8.RuneCountInString(t) > maxSummary:
		return "Summary must be less than 255 characters."
	case utf8.RuneCountInString(t) > maxText:
		return "The entered text is too long. It exceeds the allowed limit of 32,767 characters."
	}
	return ""
}

// userKey is how this edition refers to a person.
func (s *Sim) userKey() string {
	if s.options.Cloud {
		return "accountId"
	}
	return "name"
}

func (s *Sim) checkUser(v any) string {
	if s.options.Cloud && member(v, "name") != "" {
		return "'accountId' must be the only user identifying query parameter in GDPR strict mode."
	}
	id := member(v, s.userKey())
	if u, ok := s.user(id); !ok {
		return fmt.Sprintf("User '%s' does not exist.", id)
	} else if u.Gone {
		return fmt.Sprintf("User '%s' cannot be assigned issues.", id)
	}
	return ""
}

// member reads one text of an object, or nothing.
func member(v any, name string) string {
	m, ok := v.(map[string]any)
	if !ok {
		return ""
	}
	t, ok := m[name].(string)
	if !ok {
		return ""
	}
	return t
}

func isIndex(id string, n int) bool {
	i, err := strconv.Atoi(id)
	return err == nil && i >= 1 && i <= n
}

func (s *Sim) typeOf(v any) (string, bool) {
	name, id := member(v, "name"), member(v, "id")
	for i, t := range s.options.IssueTypes {
		if t == name || typeID(i) == id {
			return t, true
		}
	}
	return "", false
}

func typeID(i int) string { return strconv.Itoa(10100 + i) }

// AllowEmpty makes the field of this name optional again.
func (s *Sim) AllowEmpty(name string) {
	s.changeField(name, func(f *field) { f.Required = false })
}
