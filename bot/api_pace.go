package bot

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// patience is how long a call waits for its turn before it is refused: longer
// would keep a worker from what can be done meanwhile.
const patience = 2 * time.Second

// perMinute is what Slack allows of each method, in calls per minute and
// workspace: tiers 2, 3 and 4 are 20, 50 and 100. Source: rate_limits of the
// method definitions at docs.slack.dev, August 2026. The special ones are Slack's
// "several hundred" (chat.postMessage) and "hundreds" (auth.test,
// chat.getPermalink) put into numbers.
var perMinute = map[string]int{
	"auth.test":               200,
	"bookmarks.add":           20,
	"bookmarks.edit":          20,
	"bookmarks.list":          50,
	"chat.delete":             50,
	"chat.getPermalink":       200,
	"chat.postEphemeral":      100,
	"chat.postMessage":        300,
	"chat.update":             50,
	"conversations.archive":   20,
	"conversations.create":    20,
	"conversations.history":   50,
	"conversations.info":      50,
	"conversations.invite":    50,
	"conversations.members":   100,
	"conversations.open":      50,
	"conversations.rename":    20,
	"conversations.replies":   50,
	"conversations.setTopic":  20,
	"pins.add":                20,
	"pins.list":               20,
	"pins.remove":             20,
	"reactions.add":           50,
	"usergroups.list":         20,
	"usergroups.users.update": 20,
	"users.conversations":     50,
	"users.info":              100,
	"users.lookupByEmail":     50,
	"views.open":              100,
	"views.publish":           100,
	"views.push":              100,
	"views.update":            100,
}

// byChannel are the methods that also share one message per second and channel,
// short bursts tolerated (docs.slack.dev, rate limits).
var byChannel = map[string]bool{"chat.postMessage": true, "chat.update": true}

const (
	channelBurst = 3
	// Beyond so many lanes the idle ones are forgotten.
	manyChannels = 1000
)

// pace gives each call its turn. A lane is a method or a channel.
type pace struct {
	mu       sync.Mutex
	methods  map[string]*lane
	channels map[string]*lane
	pages    bool // only Slack's own refusals slow a channel down
}

type lane struct {
	bucket *rate.Limiter
	until  time.Time // Slack told us to stop until then
}

func newPace() *pace {
	return &pace{methods: map[string]*lane{}, channels: map[string]*lane{}}
}

// forPages returns the same API with rates of its own, so that a page never waits
// behind anything else that we have to say. A burst to one person is left to Slack
// to refuse.
func (a *API) forPages() *API {
	p := newPace()
	p.pages = true
	return &API{client: a.client, log: a.log, pace: p, count: a.count}
}

// wait returns when the call may be made, or *RateLimited at once when that is
// further away than the caller can wait: the end of ctx, or patience.
func (p *pace) wait(ctx context.Context, method, channel string) error {
	deadline := time.Now().Add(patience)
	if end, ok := ctx.Deadline(); ok && end.Before(deadline) {
		deadline = end
	}
	delay, ok := p.reserve(method, channel, deadline)
	for ok && delay > 0 {
		if !sleep(ctx, delay) {
			return wrapCall(method, context.Cause(ctx))
		}
		delay = p.paused(method, channel) // meanwhile Slack may have told somebody else to stop
		ok = !time.Now().Add(delay).After(deadline)
	}
	if !ok {
		return &RateLimited{Method: method, RetryAfter: delay}
	}
	return nil
}

// reserve takes a turn in all lanes of a call, or in none.
func (p *pace) reserve(method, channel string, deadline time.Time) (delay time.Duration, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	var taken []*rate.Reservation
	for _, l := range p.lanes(method, channel) {
		r := l.bucket.ReserveN(now, 1)
		taken = append(taken, r)
		delay = max(delay, r.DelayFrom(now), l.until.Sub(now))
	}
	if !now.Add(delay).After(deadline) {
		return delay, true
	}
	for _, r := range taken {
		r.CancelAt(now)
	}
	return delay, false
}

func (p *pace) paused(method, channel string) (delay time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.lanes(method, channel) {
		delay = max(delay, time.Until(l.until))
	}
	return delay
}

// pause stops whoever would make the refused call: the channel where Slack
// limits by channel, else the method. When a second channel is refused while the
// first still waits, it is the workspace's limit, and the method stops.
func (p *pace) pause(method, channel string, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	until := now.Add(d)
	if method == "chat.postMessage" && channel != "" && !p.anotherPaused(channel, now) {
		p.channelLane(channel).stop(until)
		return
	}
	p.methodLane(method).stop(until)
}

func (p *pace) anotherPaused(channel string, now time.Time) bool {
	for name, l := range p.channels {
		if name != channel && l.until.After(now) {
			return true
		}
	}
	return false
}

func (l *lane) stop(until time.Time) {
	if until.After(l.until) {
		l.until = until
	}
}

func (p *pace) lanes(method, channel string) []*lane {
	lanes := []*lane{p.methodLane(method)}
	if byChannel[method] && channel != "" {
		lanes = append(lanes, p.channelLane(channel))
	}
	return lanes
}

// methodLane starts full, with half a minute's calls: Slack tolerates occasional
// bursts, but counts by the minute. What is not in the table is not limited by
// method, such as response URLs.
func (p *pace) methodLane(method string) *lane {
	l := p.methods[method]
	if l == nil {
		l = &lane{bucket: rate.NewLimiter(rate.Inf, 1)}
		if n := perMinute[method]; n > 0 {
			l.bucket = rate.NewLimiter(rate.Every(time.Minute/time.Duration(n)), n/2)
		}
		p.methods[method] = l
	}
	return l
}

func (p *pace) channelLane(channel string) *lane {
	l := p.channels[channel]
	if l == nil {
		p.forgetIdle()
		l = &lane{bucket: rate.NewLimiter(1, channelBurst)}
		if p.pages {
			l.bucket = rate.NewLimiter(rate.Inf, channelBurst)
		}
		p.channels[channel] = l
	}
	return l
}

func (p *pace) forgetIdle() {
	if len(p.channels) < manyChannels {
		return
	}
	now := time.Now()
	for name, l := range p.channels {
		if l.until.Before(now) && l.bucket.TokensAt(now) >= channelBurst {
			delete(p.channels, name)
		}
	}
}
