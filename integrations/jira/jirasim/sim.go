// Package jirasim is a Jira that behaves like the real one and says no like it: a
// project with a board, people who work on it, the REST calls that package jira makes,
// signed webhooks, and knobs for every fault that we have met. It serves tests, also
// inside testing/synctest bubbles, and the demo.
//
// Its words and shapes are those of Jira Cloud's API version 2 (Data Center where
// Options says so). When the real Jira surprises us, teach it to the simulator first.
package jirasim

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/tocsinhq/tocsin/integrations/simnet"
)

// Options describes the site. The zero value is a Data Center site with project OPS.
type Options struct {
	Project     string          // key; empty means OPS
	ProjectName string          // empty means Operations
	Cloud       bool            // Jira Cloud: account ids, Basic login, no classic search
	User        string          // e-mail address of the account that the API is called with; empty means tocsin@example.com
	Token       string          // its token; empty means DefaultToken
	URL         string          // public address; empty means the address listened at
	IssueTypes  []string        // empty means Incident, Task, Bug
	People      []User          // further accounts
	RetryPauses []time.Duration // before each further attempt of a webhook; nil means 1 s, 5 s, 25 s
}

// DefaultToken opens a simulator made without a token of its own.
const DefaultToken = "jirasim-token"

// User is an account on the site.
type User struct {
	ID    string // account id on Cloud, user name on Data Center
	Name  string // display name
	Email string
	Gone  bool // deactivated
}

// Sim is one simulated site. Its methods may be called concurrently.
type Sim struct {
	*simnet.Server // where the site is reached

	options Options
	mux     *http.ServeMux

	mu       sync.Mutex
	state    state
	fields   []field
	forbid   map[[2]string]bool // transitions that the workflow lacks: from, to
	resolve  bool               // the way to Done asks for a resolution
	denied   map[string]bool    // permissions that the account lacks
	faults   faults
	requests []Request
	watchers map[chan struct{}]bool
	out      outbox
}

// state is what Save keeps.
type state struct {
	Number int // of the newest issue
	NextID int // of whatever gets an id
	Users  []User
	Issues []*issue
}

// issue is one ticket. Fields holds what was sent, in the shape it was sent in, besides
// what has a place of its own.
type issue struct {
	ID, Key, Type      string
	Status, Resolution string
	Assignee, Reporter string // user ids
	Created, Updated   time.Time
	Fields             map[string]any
	Comments           []comment
	Links              []link
}

type comment struct {
	ID, Author, Body string
	At               time.Time
}

type link struct {
	ID                   int
	GlobalID, URL, Title string
}

// botID is the account that the API is called with.
const botID = "tocsin-bot"

// New returns a site with an empty board. It listens nowhere yet.
func New(o Options) *Sim {
	s := &Sim{options: o.withDefaults(), fields: standardFields(), forbid: map[[2]string]bool{}, denied: map[string]bool{}, watchers: map[chan struct{}]bool{}}
	s.state.NextID = 10000
	s.state.Users = append([]User{{ID: botID, Name: "Tocsin", Email: s.options.User}}, o.People...)
	s.out.pauses = s.options.RetryPauses
	s.mux = s.routes()
	s.Server = simnet.New(pipeURL, s.mux)
	return s
}

func (o Options) withDefaults() Options {
	set := func(p *string, v string) {
		if *p == "" {
			*p = v
		}
	}
	set(&o.Project, "OPS")
	set(&o.ProjectName, "Operations")
	set(&o.User, "tocsin@example.com")
	set(&o.Token, DefaultToken)
	if len(o.IssueTypes) == 0 {
		o.IssueTypes = []string{"Incident", "Task", "Bug"}
	}
	if o.RetryPauses == nil {
		o.RetryPauses = []time.Duration{time.Second, 5 * time.Second, 25 * time.Second}
	}
	return o
}

// status is a column of the board.
type status struct {
	ID, Name   string
	Category   string // key, fixed by Jira
	CategoryID int
	Transition string // id of the transition that leads here, from anywhere
}

// workflow is the simplified workflow of a new Jira project: every status can be
// reached from every other.
var workflow = []status{
	{ID: "10000", Name: "To Do", Category: "new", CategoryID: 2, Transition: "11"},
	{ID: "3", Name: "In Progress", Category: "indeterminate", CategoryID: 4, Transition: "21"},
	{ID: "10001", Name: "Done", Category: "done", CategoryID: 3, Transition: "31"},
}

func statusNamed(name string) (status, bool) {
	for _, st := range workflow {
		if strings.EqualFold(st.Name, name) {
			return st, true
		}
	}
	return status{}, false
}

func (s *Sim) nextID() int {
	s.state.NextID++
	return s.state.NextID
}

// find returns the issue with this key or id. It expects s.mu to be held.
func (s *Sim) find(keyOrID string) *issue {
	for _, i := range s.state.Issues {
		if i.Key == keyOrID || i.ID == keyOrID {
			return i
		}
	}
	return nil
}

func (s *Sim) user(id string) (User, bool) {
	for _, u := range s.state.Users {
		if u.ID == id {
			return u, true
		}
	}
	return User{}, false
}

// AddUser adds an account, or changes the one with the same id.
func (s *Sim) AddUser(u User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.state.Users {
		if s.state.Users[i].ID == u.ID {
			s.state.Users[i] = u
			return
		}
	}
	s.state.Users = append(s.state.Users, u)
}
