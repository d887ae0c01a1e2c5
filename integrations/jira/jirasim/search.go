package jirasim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// query is a search in either shape; a GET's parameters are brought into it.
type query struct {
	JQL       string   `json:"jql"`
	Fields    []string `json:"fields"`
	Start     int      `json:"startAt"`
	Max       int      `json:"maxResults"`
	Token     string   `json:"nextPageToken"`
	Reconcile []int64  `json:"reconcileIssues"`
}

func readQuery(c call) (query, bool) {
	if c.Method == http.MethodPost {
		var q query
		ok := json.Unmarshal(c.raw, &q) == nil
		return q, ok
	}
	q := query{JQL: c.query.Get("jql"), Fields: splitList(c.query["fields"]), Start: number(c.query.Get("startAt"), 0), Max: number(c.query.Get("maxResults"), 50), Token: c.query.Get("nextPageToken")}
	for _, id := range c.query["reconcileIssues"] {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return q, false
		}
		q.Reconcile = append(q.Reconcile, n)
	}
	return q, true
}

// gone is what Jira Cloud answers since the classic search was removed in 2025
// (CHANGE-2046).
const gone = "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"

func (s *Sim) searchClassic(c call) reply {
	if s.options.Cloud {
		return refuse(http.StatusGone, gone)
	}
	q, found, bad := s.search(c)
	if bad != nil {
		return *bad
	}
	page := found[min(q.Start, len(found)):]
	page = page[:min(q.Max, len(page))]
	return reply{status: http.StatusOK, body: object{"startAt": q.Start, "maxResults": q.Max, "total": len(found), "issues": s.wireIssues(page, q.Fields)}}
}

func (s *Sim) searchJQL(c call) reply {
	if !s.options.Cloud {
		return noRoute(c)
	}
	q, found, bad := s.search(c)
	if bad != nil {
		return *bad
	}
	start := number(strings.TrimPrefix(q.Token, "page-"), 0)
	page := found[min(start, len(found)):]
	page = page[:min(q.Max, len(page))]
	if len(q.Fields) == 0 {
		q.Fields = []string{"id"}
	}
	out := object{"issues": s.wireIssues(page, q.Fields), "isLast": start+len(page) >= len(found)}
	if start+len(page) < len(found) {
		out["nextPageToken"] = "page-" + strconv.Itoa(start+len(page))
	}
	return reply{status: http.StatusOK, body: out}
}

func (s *Sim) wireIssues(list []*issue, fields []string) []object {
	out := []object{}
	for _, i := range list {
		out = append(out, s.wireIssue(i, fields))
	}
	return out
}

// search finds what the index knows by now, oldest first.
func (s *Sim) search(c call) (query, []*issue, *reply) {
	q, ok := readQuery(c)
	if !ok {
		r := refuse(http.StatusBadRequest, "Invalid request payload. Refer to the REST API documentation and try again.")
		return q, nil, &r
	}
	if q.Max <= 0 || q.Max > 5000 {
		q.Max = 50
	}
	match, complaint := s.parseJQL(q.JQL)
	if complaint != "" {
		r := refuse(http.StatusBadRequest, complaint)
		return q, nil, &r
	}
	var found []*issue
	for _, i := range s.state.Issues {
		if s.indexed(i, q.Reconcile) && match(i) {
			found = append(found, i)
		}
	}
	return q, found, nil
}

func (s *Sim) indexed(i *issue, reconcile []int64) bool {
	if time.Since(i.Created) >= s.faults.lag {
		return true
	}
	id, err := strconv.ParseInt(i.ID, 10, 64)
	return err == nil && slices.Contains(reconcile, id)
}

var (
	orderBy = regexp.MustCompile(`(?i)\s*\border\s+by\s+.*$`)
	and     = regexp.MustCompile(`(?i)\s+and\s+`)
	clause  = regexp.MustCompile(`(?is)^\s*"?([\w.]+)"?\s*(!=|=|\bnot\s+in\b|\bin\b)\s*(.+?)\s*$`)
	literal = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"|([\w@.-]+)`)
	escape  = regexp.MustCompile(`\\(.)`)
)

// parseJQL reads clauses joined by AND: field = value, !=, in (…), not in (…). That is
// the JQL which we send. It returns Jira's complaint about anything else.
func (s *Sim) parseJQL(jql string) (match func(*issue) bool, complaint string) {
	rest := orderBy.ReplaceAllString(jql, "")
	if strings.TrimSpace(rest) == "" {
		if s.options.Cloud {
			return nil, "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
		}
		return func(*issue) bool { return true }, ""
	}
	var tests []func(*issue) bool
	for _, part := range and.Split(rest, -1) {
		m := clause.FindStringSubmatch(part)
		if m == nil {
			return nil, fmt.Sprintf("Error in the JQL Query: '%s' could not be understood. (line 1, character 1)", part)
		}
		test, complaint := s.clause(strings.ToLower(m[1]), strings.HasPrefix(strings.ToLower(m[2]), "not") || m[2] == "!=", literals(m[3]))
		if complaint != "" {
			return nil, complaint
		}
		tests = append(tests, test)
	}
	return func(i *issue) bool {
		return !slices.ContainsFunc(tests, func(t func(*issue) bool) bool { return !t(i) })
	}, ""
}

func literals(s string) []string {
	var list []string
	for _, m := range literal.FindAllStringSubmatch(s, -1) {
		list = append(list, escape.ReplaceAllString(m[1], "$1")+m[2])
	}
	return list
}

func (s *Sim) clause(name string, negated bool, values []string) (func(*issue) bool, string) {
	var of func(*issue) []string
	switch name {
	case "labels":
		of = func(i *issue) []string { return labelsOf(i) }
	case "key", "issuekey", "id":
		if missing := slices.IndexFunc(values, func(v string) bool { return s.find(v) == nil }); missing >= 0 {
			return nil, fmt.Sprintf("An issue with key '%s' does not exist for field '%s'.", values[missing], name)
		}
		of = func(i *issue) []string { return []string{i.Key, i.ID} }
	case "project":
		if missing := slices.IndexFunc(values, func(v string) bool { return !strings.EqualFold(v, s.options.Project) }); missing >= 0 {
			return nil, fmt.Sprintf("The value '%s' does not exist for the field 'project'.", values[missing])
		}
		of = func(*issue) []string { return []string{s.options.Project} }
	case "status":
		of = func(i *issue) []string { return []string{i.Status} }
	case "statuscategory":
		of = func(i *issue) []string { st, _ := statusNamed(i.Status); return []string{st.Name, st.Category} }
	case "issuetype", "type":
		of = func(i *issue) []string { return []string{i.Type} }
	default:
		return nil, fmt.Sprintf("Field '%s' does not exist or you do not have permission to view it.", name)
	}
	return func(i *issue) bool {
		hit := slices.ContainsFunc(of(i), func(have string) bool {
			return slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(v, have) })
		})
		return hit != negated
	}, ""
}

func labelsOf(i *issue) []string {
	list, _ := i.Fields["labels"].([]any)
	var out []string
	for _, l := range list {
		if t, ok := l.(string); ok {
			out = append(out, t)
		}
	}
	return out
}
