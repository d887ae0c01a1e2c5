package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/slack-go/slack"
)

// Finding is what looking at one part of the Slack side came to. Text says what is
// the case when Fine, else what is wrong; Meaning and Remedy are then set too. All
// three are sentences.
type Finding struct {
	Fine    bool
	Minor   bool // not fine, yet Tocsin works
	Text    string
	Meaning string
	Remedy  string
}

// Access is how a workspace is reached, to look at it.
type Access struct {
	BotToken, AppToken string // "" skips what needs it
	APIURL             string // with a slash at the end
	AnnounceChannel    string // id or #name; "" skips it
	HTTP               *http.Client

	// Connect opens a Socket Mode connection and closes it as soon as Slack has
	// greeted. While Tocsin runs leave it out: what Slack sends to that connection
	// in this moment would be answered by nobody.
	Connect bool
}

// inspection is one look at a workspace.
type inspection struct {
	Access
	client *slack.Client
	api    *API
	self   *slack.AuthTestResponse
	found  []Finding
}

// Inspect looks at everything in Slack that Tocsin depends on and that can be seen
// without changing anything, and says of each how it is. Whether Slack lets us
// create channels cannot be seen without creating one. Doing it twice is fine.
func (a Access) Inspect(ctx context.Context) []Finding {
	client := a.client()
	i := &inspection{Access: a, client: client, api: NewAPI(client, slog.New(slog.DiscardHandler))}
	if a.BotToken != "" {
		i.inspectBot(ctx)
	}
	if a.AppToken != "" {
		i.inspectSocket(ctx)
	}
	return i.found
}

func (a Access) client() *slack.Client {
	return slack.New(a.BotToken, slack.OptionAppLevelToken(a.AppToken), slack.OptionAPIURL(a.APIURL), slack.OptionHTTPClient(a.HTTP))
}

func (i *inspection) fine(format string, args ...any) {
	i.found = append(i.found, Finding{Fine: true, Text: fmt.Sprintf(format, args...)})
}

func (i *inspection) wrong(text, meaning, remedy string) {
	i.found = append(i.found, Finding{Text: text, Meaning: meaning, Remedy: remedy})
}

func (i *inspection) warn(text, meaning, remedy string) {
	i.found = append(i.found, Finding{Minor: true, Text: text, Meaning: meaning, Remedy: remedy})
}

// refused notes a call that failed: what Slack said, or that it said nothing.
func (i *inspection) refused(method, meaning string, err error) {
	if gone, ok := errors.AsType[*Gone](err); ok {
		problem, remedy, _ := strings.Cut(gone.Sentence, ". ")
		i.wrong(fmt.Sprintf("%s (%s: %s).", strings.TrimSuffix(problem, "."), method, gone.Code), meaning, remedy)
		return
	}
	if limited, ok := errors.AsType[*RateLimited](err); ok {
		i.warn(fmt.Sprintf("Slack limits how often %s may be called.", method), "This could not be looked at.",
			fmt.Sprintf("Try again in %v.", limited.RetryAfter))
		return
	}
	i.wrong(fmt.Sprintf("%s does not answer as Slack does (%v).", i.APIURL, err), meaning,
		"Check SLACK_API_URL, the network and the proxy of this machine, and status.slack.com.")
}

func (i *inspection) inspectBot(ctx context.Context) {
	self, err := i.api.Identify(ctx)
	if err != nil {
		i.refused("auth.test", "Nothing can be done in Slack.", err)
		return
	}
	i.self = self
	i.fine("The bot token is that of @%s in the workspace %s.", self.User, self.Team)
	i.inspectScopes(self.Header.Get("X-OAuth-Scopes"))
	i.inspectApp(ctx)
	i.inspectAnnouncements(ctx)
}

// inspectScopes compares what the token may do with what we need.
func (i *inspection) inspectScopes(header string) {
	if header == "" {
		i.warn("Slack did not say which scopes the bot token has.", "A missing one shows only when it is needed.",
			"Check that no proxy removes the header X-OAuth-Scopes, and compare with `tocsin manifest`.")
		return
	}
	var has []string
	for scope := range strings.SplitSeq(header, ",") {
		has = append(has, strings.TrimSpace(scope))
	}
	missing := absent(Scopes(), has)
	for _, scope := range missing {
		i.wrong("The bot token lacks the scope "+scope+".", "Slack refuses "+usersOf(scope)+".",
			"Put the output of `tocsin manifest` under App Manifest of the app's pages and install the app again.")
	}
	if len(missing) == 0 {
		i.fine("The bot token has all %d scopes.", len(Scopes()))
	}
	if extra := absent(has, Scopes()); len(extra) > 0 {
		i.warn("The bot token has scopes that Tocsin does not use: "+strings.Join(extra, ", ")+".", "A stolen token could do more than it must.",
			"Put the output of `tocsin manifest` under App Manifest; scopes go away only when the app is removed and installed anew.")
	}
}

// absent returns what is in all and not in less, sorted.
func absent(all, less []string) []string {
	left := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(less, s) })
	slices.Sort(left)
	return left
}

// usersOf names what a scope is needed for.
func usersOf(scope string) string {
	var names []string
	for method, scopes := range methodScopes {
		if slices.Contains(scopes, scope) {
			names = append(names, method)
		}
	}
	for event, scopes := range eventScopes {
		if slices.Contains(scopes, scope) {
			names = append(names, "the event "+event)
		}
	}
	if len(names) == 0 {
		return "the slash command and the shortcuts"
	}
	slices.Sort(names)
	if more := len(names) - 3; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), more)
	}
	return strings.Join(names, ", ")
}

// inspectApp makes sure that both tokens are of one app; else commands would come
// to one and be answered by the other. An app-level token carries the app's id.
func (i *inspection) inspectApp(ctx context.Context) {
	parts := strings.Split(i.AppToken, "-")
	if len(parts) < 4 || i.self.BotID == "" {
		return
	}
	var bot *slack.Bot
	err := i.api.do(ctx, "bots.info", "", func(ctx context.Context) (err error) {
		bot, err = i.client.GetBotInfoContext(ctx, slack.GetBotInfoParameters{Bot: i.self.BotID})
		return err
	})
	switch {
	case isGone(err, "missing_scope"):
		return // said already
	case err != nil:
		i.refused("bots.info", "Whether both tokens are of one app is unknown.", err)
	case bot.AppID != parts[2]:
		i.wrong(fmt.Sprintf("The tokens are of two apps: the bot token of %s, the app-level token of %s.", bot.AppID, parts[2]),
			"Commands reach one app and answers come from the other.", "Copy both tokens from the pages of one app.")
	}
}

func (i *inspection) inspectAnnouncements(ctx context.Context) {
	const meaning = "New incidents are announced to nobody."
	name := strings.TrimPrefix(i.AnnounceChannel, "#")
	switch {
	case name == "":
	case channelID.MatchString(name):
		c, err := i.api.ChannelInfo(ctx, name)
		if err != nil {
			i.refused("conversations.info", meaning, err)
			return
		}
		i.judgeChannel(c.Name, c.IsMember, c.IsArchived)
	default:
		id, member, err := i.api.FindChannel(ctx, name)
		switch {
		case isGone(err, "missing_scope"): // said already
		case err != nil:
			i.refused("conversations.list", meaning, err)
		case id == "":
			i.wrong("There is no open public channel #"+name+".", meaning,
				"Make it, or set TOCSIN_ANNOUNCE_CHANNEL to another one; a private channel by its id, with @"+i.self.User+" invited to it.")
		case member:
			i.judgeChannel(name, true, false)
		default:
			i.fine("The announcement channel #%s exists; Tocsin joins it when it starts.", name)
		}
	}
}

// judgeChannel is about a channel that is posted to without being joined first.
func (i *inspection) judgeChannel(name string, member, archived bool) {
	switch {
	case archived:
		i.wrong("The announcement channel #"+name+" is archived.", "New incidents are announced to nobody.", "Un-archive it, or set TOCSIN_ANNOUNCE_CHANNEL to another one.")
	case !member:
		i.wrong("Tocsin is not in the announcement channel #"+name+".", "New incidents are announced to nobody.", "Type /invite @"+i.self.User+" there.")
	default:
		i.fine("The announcement channel #%s is there, and Tocsin is in it.", name)
	}
}
