package organisation

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// randomly makes organisations without mistakes, of every shape that the file has.
type randomly struct {
	*rand.Rand
	doc *Document
}

func randomOrganisation(seed uint64) *Document {
	r := &randomly{rand.New(rand.NewPCG(seed, 7)), &Document{
		People: map[string]Person{}, Teams: map[string]Team{}, Services: map[string]Service{}, Policies: map[string]Policy{}, Schedules: map[string]Schedule{}}}
	r.people()
	r.schedules()
	for i := range r.IntN(3) {
		r.doc.Teams[fmt.Sprintf("team-%d", i)] = Team{
			Name: r.maybe(fmt.Sprintf("Team: %d \"x\" #1", i)), Channel: r.maybe("#team"), Manager: r.maybe(r.person()), Members: r.some(r.person)}
	}
	r.policies()
	r.services()
	return r.doc
}

func (r *randomly) people() {
	for i := range 1 + r.IntN(5) {
		handle, slack := fmt.Sprintf("p%d", i), i
		if r.IntN(4) == 0 {
			slack = i + 100 // a handle may pass to somebody else
		}
		p := Person{Slack: fmt.Sprintf("U0%d", slack), Name: r.pick("Ann", "Zoë", "true", "0x1F", "- dash", "\"quoted\" 'name'", "名前", "a: b", "#hash"), Zone: r.zone()}
		number := fmt.Sprintf("+1555010%04d", (i+r.IntN(2)*5)%7) // numbers move between people
		for _, c := range []Contact{{SMS: number}, {Voice: number}, {Email: fmt.Sprintf("p%d@example.com", i)}, {Push: fmt.Sprintf("topic-%d", i)}, {Webhook: fmt.Sprintf("https://example.com/%d?a=b&c=#d", i)}} {
			if r.IntN(3) == 0 && !r.taken(number) {
				p.Contact = append(p.Contact, c)
			}
		}
		r.doc.People[handle] = p
	}
}

// taken reports whether somebody has a number already.
func (r *randomly) taken(number string) bool {
	for _, p := range r.doc.People {
		for _, c := range p.Contact {
			if c.SMS == number || c.Voice == number {
				return true
			}
		}
	}
	return false
}

func (r *randomly) schedules() {
	for i := range r.IntN(4) {
		s := Schedule{Name: r.maybe(fmt.Sprintf("Schedule %d", i)), Zone: r.zone(), Combine: r.pick("", "highest", "union"), UserGroup: r.maybe(fmt.Sprintf("S0%d", (i+r.IntN(2)*2)%4))}
		s.Layers = []Layer{{Person: r.person()}}
		for range r.IntN(3) {
			s.Layers = append(s.Layers, r.layer())
		}
		if r.IntN(3) == 0 {
			s.Temporary = []Temporary{{From: "2026-10-25T01:30", Until: "2026-10-26 18:00", Shifts: []Shift{{Person: r.person(), From: "2026-10-25T01:30", Until: "2026-10-26"}}}}
			if s.Zone == "Europe/Berlin" {
				s.Temporary[0].From, s.Temporary[0].Shifts[0].From = "2026-10-25T02:30+01:00", "2026-10-25T02:30+01:00"
			}
		}
		r.doc.Schedules[fmt.Sprintf("schedule-%d", i)] = s
	}
}

func (r *randomly) layer() Layer {
	l := Layer{Name: r.maybe("layer"), Rotation: &Rotation{
		Start: r.pick("2026-01-05T09:00", "2026-03-29T02:30", "2026-01-31"), Unit: r.pick("hour", "day", "week", "month"),
		Length: r.number(1, 2, 12), People: append(r.some(func() string { return r.pick(r.person(), nobody) }), r.person())}}
	if l.Rotation.Unit == "hour" {
		l.Rotation.Timeline = r.pick("", "wall", "elapsed")
	}
	if r.IntN(2) == 0 {
		l.Windows = append(l.Windows, Window{Days: []string{"fri", "mon"}, Start: "9:00", End: r.pick("17:00", "00:00", "9:00")})
	}
	if r.IntN(3) == 0 {
		l.Windows = append(l.Windows, Window{From: "fri 17:00", Until: "mon 9:00"})
	}
	if r.IntN(3) == 0 {
		l.From, l.Until = "2026-02-01", "2099-01-01T00:00"
	}
	return l
}

func (r *randomly) policies() {
	for i := range r.IntN(3) {
		p := Policy{Name: r.maybe(fmt.Sprintf("Policy %d", i)), Repeat: r.number(0, 1, 5), Acks: r.number(1), Fallback: []Target{{Channel: "#fallback"}}}
		for range 1 + r.IntN(3) {
			p.Steps = append(p.Steps, Step{Targets: r.targets(), Delay: r.duration(10*time.Minute, time.Hour+time.Second, 48*time.Hour)})
		}
		p.AckTimeout = r.duration(0, time.Minute)
		p.AutoResolve = r.duration(0, 365*24*time.Hour)
		r.doc.Policies[fmt.Sprintf("policy-%d", i)] = p
	}
}

func (r *randomly) targets() []Target {
	all := []Target{{Person: r.person()}, {UserGroup: "S0GROUP"}, {Channel: "C0123456789"}, {Webhook: "https://example.com/hook?x=1"}}
	for name := range r.doc.Schedules {
		all = append(all, Target{Schedule: name}, Target{Next: name})
	}
	for name, t := range r.doc.Teams {
		if len(t.Members) > 0 {
			all = append(all, Target{Team: name})
		}
	}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:1+r.IntN(3)]
}

func (r *randomly) services() {
	for i := range r.IntN(4) {
		s := Service{Name: r.maybe(fmt.Sprintf("Service %d", i))}
		for name := range r.doc.Policies {
			s.Policy = r.maybe(name)
		}
		for name := range r.doc.Teams {
			s.Team = r.maybe(name)
		}
		if i > 0 {
			s.DependsOn = []string{"service-0"}
		}
		switch r.IntN(4) {
		case 0:
			s.Urgency = &Urgency{Always: r.pick("high", "low")}
		case 1:
			s.Urgency = &Urgency{Low: r.pick("sev4", "SEV2", "5", "sev-1")}
		case 2:
			s.Urgency = &Urgency{Hours: &Hours{Zone: r.zone(), Days: []string{"sun", "mon"}, Start: "8:30", End: "17:00"}}
		}
		r.doc.Services[fmt.Sprintf("service-%d", i)] = s
	}
}

func (r *randomly) pick(from ...string) string { return from[r.IntN(len(from))] }

func (r *randomly) maybe(s string) string { return r.pick(s, "") }

func (r *randomly) zone() string {
	return r.pick("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")
}

func (r *randomly) person() string { return fmt.Sprintf("p%d", r.IntN(len(r.doc.People))) }

// some are different words.
func (r *randomly) some(one func() string) (all []string) {
	seen := map[string]bool{}
	for range r.IntN(4) {
		if word := one(); !seen[word] {
			seen[word] = true
			all = append(all, word)
		}
	}
	return all
}

// number is one of them, or not written.
func (r *randomly) number(from ...int) *int {
	if i := r.IntN(len(from) + 1); i < len(from) {
		return &from[i]
	}
	return nil
}

func (r *randomly) duration(from ...time.Duration) *Duration {
	if i := r.IntN(len(from) + 1); i < len(from) {
		d := Duration(from[i])
		return &d
	}
	return nil
}
