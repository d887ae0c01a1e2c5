package slacksim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"
)

// object is a JSON object.
type object = map[string]any

// Options shape a workspace. The zero value is a workspace as Slack runs it.
type Options struct {
	Team    string // the workspace's name; "Acme" when empty
	Command string // the app's slash command; "/incident" when empty
	BotName string // the app's bot user; "tocsin" when empty
	Seed    int64  // ids and tokens are the same for the same seed

	NoLimits     bool            // switch the rate limits off
	BotEvents    []string        // the manifest's bot_events; DefaultBotEvents when nil
	Scopes       []string        // the bot token's scopes; every scope there is when nil
	PingEvery    time.Duration   // server pings; 10 s when zero (clients allow 30 s), none when negative
	RefreshEvery time.Duration   // life of a connection; 18,060 s when zero, no end when negative
	AckWithin    time.Duration   // 3 s when zero
	Redeliver    []time.Duration // waits before each redelivery; now, 1 min, 5 min when nil
	TicketLife   time.Duration   // how long a Socket Mode URL can be dialled; 30 s when zero
}

// DefaultBotEvents are the events an incident bot subscribes to.
func DefaultBotEvents() []string {
	return []string{
		"app_home_opened", "app_mention", "app_uninstalled", "channel_archive", "channel_created", "channel_deleted",
		"channel_rename", "channel_unarchive", "file_shared", "group_archive", "group_deleted", "group_rename",
		"group_unarchive", "member_joined_channel", "member_left_channel", "message.channels", "message.groups",
		"message.im", "message.mpim", "pin_added", "pin_removed", "reaction_added", "reaction_removed",
		"subteam_members_changed", "team_join", "tokens_revoked", "user_change",
	}
}

func (o Options) withDefaults() Options {
	fill := func(s *string, to string) {
		if *s == "" {
			*s = to
		}
	}
	fill(&o.Team, "Acme")
	fill(&o.Command, "/incident")
	fill(&o.BotName, "tocsin")
	wait := func(d *time.Duration, to time.Duration) {
		if *d == 0 {
			*d = to
		}
	}
	wait(&o.PingEvery, 10*time.Second)
	wait(&o.RefreshEvery, 18060*time.Second)
	wait(&o.AckWithin, 3*time.Second)
	wait(&o.TicketLife, 30*time.Second)
	if o.BotEvents == nil {
		o.BotEvents = DefaultBotEvents()
	}
	if o.Scopes == nil {
		o.Scopes = everyScope()
	}
	if o.Redeliver == nil {
		o.Redeliver = []time.Duration{0, time.Minute, 5 * time.Minute}
	}
	return o
}

// Workspace is one Slack workspace with one app installed. All its methods may
// be called at any time from any goroutine. It reads the time only through
// package time, so inside a synctest bubble it lives on the bubble's clock.
type Workspace struct {
	Chaos *Chaos // what goes wrong; nothing by default

	options Options
	server  server

	mu       sync.Mutex // guards everything below; never held while doing I/O
	state    state
	limits   map[string][]time.Time
	calls    []Call
	trigger  map[string]*trigger
	replies  map[string]*responseURL
	views    map[string]*view
	persons  map[string]*Person
	chosen   map[string]object // values in the menus of a message, by ts and person
	tickets  map[string]time.Time
	sockets  []*socket
	inFlight map[string]*envelope
	waiting  []*delivery
	held     *delivery
	next     int // round robin over sockets
	watchers map[chan Change]bool
	version  uint64
	closed   bool
}

// state is what survives Save and Load.
type state struct {
	Team      string                `json:"team"`
	Seed      int64                 `json:"seed"`
	Serial    uint64                `json:"serial"`
	LastTS    int64                 `json:"last_ts"` // microseconds
	Scopes    []string              `json:"scopes"`
	Revoked   string                `json:"revoked,omitempty"` // error that every call gets once the app is gone
	People    []*user               `json:"people"`
	Channels  []*channel            `json:"channels"`
	Files     map[string]*file      `json:"files"`
	Groups    []*group              `json:"groups"`
	Scheduled map[string]*scheduled `json:"scheduled"`
	Homes     map[string]*view      `json:"homes"`
}

// New makes a workspace with #general, #incidents and the app's bot, which is
// a member of #incidents. Serve it with Listen, ListenPipe or Handler.
func New(o Options) *Workspace {
	o = o.withDefaults()
	w := &Workspace{
		options: o,
		state: state{
			Team: o.Team, Seed: o.Seed, Scopes: slices.Clone(o.Scopes),
			Files: map[string]*file{}, Scheduled: map[string]*scheduled{}, Homes: map[string]*view{},
		},
		limits: map[string][]time.Time{}, trigger: map[string]*trigger{}, replies: map[string]*responseURL{},
		views: map[string]*view{}, persons: map[string]*Person{}, chosen: map[string]object{}, tickets: map[string]time.Time{}, inFlight: map[string]*envelope{},
		watchers: map[chan Change]bool{},
	}
	w.Chaos = &Chaos{w: w}
	w.addUser(o.BotName, PersonOptions{RealName: title(o.BotName), IsBot: true})
	general := w.addChannel("general", w.BotUserID(), "channel")
	general.General, general.Members = true, nil
	w.addChannel("incidents", w.BotUserID(), "channel")
	return w
}

// BotToken is the app's bot token.
func (w *Workspace) BotToken() string { return "xoxb-" + w.digits(1) + "-" + w.secret("bot") }

// AppToken is the app-level token for Socket Mode.
func (w *Workspace) AppToken() string { return "xapp-1-" + w.AppID() + "-" + w.secret("app") }

// BotUserID is the user id of the app's bot.
func (w *Workspace) BotUserID() string { return "U0" + idPart(w.options.BotName) }

// BotID is the id of the app's bot in messages, B…
func (w *Workspace) BotID() string { return "B0" + idPart(w.options.BotName) }

// AppID is the id of the app, A…
func (w *Workspace) AppID() string { return "A0" + idPart(w.options.BotName) }

// TeamID is the id of the workspace, T…
func (w *Workspace) TeamID() string { return "T0" + idPart(w.options.Team) }

// Command is the app's slash command, such as /incident.
func (w *Workspace) Command() string { return w.options.Command }

func (w *Workspace) domain() string { return strings.ToLower(idPart(w.options.Team)) }

// Grant adds bot scopes. Granting twice is granting once.
func (w *Workspace) Grant(scopes ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range scopes {
		if !slices.Contains(w.state.Scopes, s) {
			w.state.Scopes = append(w.state.Scopes, s)
		}
	}
	slices.Sort(w.state.Scopes)
}

// Revoke takes bot scopes away. A scope that was not granted is ignored.
func (w *Workspace) Revoke(scopes ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state.Scopes = slices.DeleteFunc(w.state.Scopes, func(s string) bool { return slices.Contains(scopes, s) })
}

// Uninstall removes the app: it is told so (tokens_revoked, app_uninstalled)
// and from then on every call is answered with account_inactive.
func (w *Workspace) Uninstall() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.emit(object{"type": "tokens_revoked", "tokens": object{"oauth": []any{}, "bot": []any{w.BotUserID()}}})
	w.emit(object{"type": "app_uninstalled"})
	w.state.Revoked = "account_inactive"
}

// Change says that the workspace is no longer as it was. Versions rise; a
// subscriber who is slow sees only the latest.
type Change struct{ Version uint64 }

// Subscribe returns a channel that carries a Change after things changed, and
// the function that ends it. A slow reader holds nobody up: changes coalesce.
func (w *Workspace) Subscribe() (<-chan Change, func()) {
	changes := make(chan Change, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.watchers[changes] = true
	return changes, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.watchers, changes)
	}
}

func (w *Workspace) changed() {
	w.version++
	for c := range w.watchers {
		select {
		case <-c:
		default:
		}
		c <- Change{w.version}
	}
}

// stamp is a new ts: now in microseconds, or just after the last one. Seconds
// have ten digits, in a bubble's year 2000 too, so that ts sort as text.
func (w *Workspace) stamp() string {
	w.state.LastTS = max(w.state.LastTS+1, time.Now().UnixMicro())
	return fmt.Sprintf("%010d.%06d", w.state.LastTS/1e6, w.state.LastTS%1e6)
}

const idAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// newID makes an id such as C07QK2M9XTB: the same ones for the same seed.
func (w *Workspace) newID(prefix string) string {
	w.state.Serial++
	r := rand.New(rand.NewPCG(uint64(w.state.Seed), w.state.Serial))
	id := []byte(prefix + "0")
	for range 9 {
		id = append(id, idAlphabet[r.IntN(len(idAlphabet))])
	}
	return string(id)
}

func (w *Workspace) newUUID() string {
	s := strings.ToLower(w.newID("") + w.newID("") + w.newID("") + w.newID(""))
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:32]
}

// secret is a string nobody guesses by accident, fixed by the seed.
func (w *Workspace) secret(what string) string {
	r := rand.New(rand.NewPCG(uint64(w.options.Seed), uint64(len(what))<<32|uint64(what[0])))
	return fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64())
}

func (w *Workspace) digits(n uint64) string {
	r := rand.New(rand.NewPCG(uint64(w.options.Seed), n<<48))
	return fmt.Sprint(1_000_000_000_000 + r.Uint64()%8_999_999_999_999)
}

// idPart turns a name into what Slack ids are made of.
func idPart(name string) string {
	keep := func(r rune) rune {
		if strings.ContainsRune(idAlphabet, r) {
			return r
		}
		return -1
	}
	if id := strings.Map(keep, strings.ToUpper(name)); id != "" {
		return id
	}
	return "X"
}

func title(name string) string {
	if name == "" {
		return ""
	}
	return strings.ToUpper(name[:1]) + name[1:]
}
