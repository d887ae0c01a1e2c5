package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tocsinhq/tocsin/bot/slacksim"
)

const (
	privateTitle = "Somebody stole the laptop"
	privateRoom  = "inc-1-somebody-stole-the-laptop"
)

// TestPrivateStaysPrivateThroughEachFaultOfEachCall lets every call of a private
// declaration, of its update and of its end go wrong in every way. No call, answered or
// not, ever asks for a public channel or tells the incident to anybody outside; and
// after the fault there is one room, which is private and complete.
func TestPrivateStaysPrivateThroughEachFaultOfEachCall(t *testing.T) {
	t.Parallel()
	for method := range declareCalls {
		for name, f := range privateFaults() {
			t.Run(method+"/"+name, func(t *testing.T) {
				t.Parallel()
				inWorld(t, func(t *testing.T, w *world) { declarePrivatelyThrough(t, w, method, f) })
			})
		}
	}
}

// privateFaults are the faults, with the right to private channels in the place of that
// to public ones.
func privateFaults() map[string]fault {
	all := map[string]fault{}
	for name, f := range faults {
		all[name] = f
	}
	scope := func(method string) string {
		return strings.ReplaceAll(declareCalls[method].scope, "channels:manage", "groups:write")
	}
	all["forbidden"] = fault{
		func(w *slacksim.Workspace, method string) { w.Revoke(scope(method)) },
		func(w *slacksim.Workspace, method string) { w.Grant(scope(method)) }, true,
	}
	return all
}

func declarePrivatelyThrough(t *testing.T, w *world, method string, f fault) {
	f.begin(w.slack, method)
	s := w.patient()
	for _, line := range []string{
		"alice types /incident declare private sev1 " + privateTitle,
		"INC-1 is active",
		"alice types /incident role INC-1 scribe @carol",
		"INC-1 has carol as scribe",
		"alice types /incident update INC-1 We look for it",
		"alice is answered INC-1 has a new update",
		"after 10s",
	} {
		if err := s.perform(t.Context(), line); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	f.mend(w.slack, method)
	if err := s.play(t.Context(), privateIsThere); err != nil {
		t.Error(err)
	}
	atRest(t, w)
	keptToItself(t, w)
}

const privateIsThere = `
#inc-1-somebody-stole-the-laptop is private
#inc-1-somebody-stole-the-laptop has topic SEV1
#inc-1-somebody-stole-the-laptop has pinned Somebody stole the laptop
#inc-1-somebody-stole-the-laptop has alice in it
#inc-1-somebody-stole-the-laptop has carol in it
#inc-1-somebody-stole-the-laptop does not have bob in it
there are 1 channels called inc-
#incidents shows nothing of laptop
bob types /incident list all
bob sees nothing of laptop
alice types /incident resolve INC-1 It was found
INC-1 is resolved
the postmortem of INC-1 says Somebody stole the laptop
#inc-1-somebody-stole-the-laptop has bookmark Postmortem
jira has 0 issues
#incidents shows nothing of laptop
bob sees nothing of laptop
`

// keptToItself looks at every call that was made, also those that failed.
func keptToItself(t *testing.T, w *world) {
	t.Helper()
	may := map[string]bool{}
	if c, ok := w.slack.Channel(privateRoom); ok {
		may[c.ID] = true
	}
	for _, name := range []string{"alice", "carol"} { // who have a part in it
		p := w.slack.Person(name)
		may[p.ID], may[p.DirectChannel()] = true, true
	}
	for _, c := range w.slack.Calls("") {
		if c.Method == "conversations.create" && fmt.Sprint(c.Args["is_private"]) != "true" {
			t.Errorf("a public channel was asked for: %v", c.Args)
		}
		to := fmt.Sprint(c.Args["channel"])
		if strings.HasPrefix(c.Method, "chat.") && !may[to] && strings.Contains(strings.ToLower(fmt.Sprint(c.Args)), "laptop") {
			t.Errorf("%s told %s: %v", c.Method, to, c.Args)
		}
		if strings.HasPrefix(c.Method, "views.publish") && !may[fmt.Sprint(c.Args["user_id"])] && strings.Contains(fmt.Sprint(c.Args), "laptop") {
			t.Errorf("the home of %v shows it", c.Args["user_id"])
		}
	}
}
