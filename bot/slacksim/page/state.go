package page

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tocsinhq/tocsin/bot/slacksim"
)

// screen is everything one person sees at one moment.
type screen struct {
	Me         string             `json:"me"`
	People     []face             `json:"people"`
	Channels   []room             `json:"channels"`
	Channel    string             `json:"channel"` // whose messages follow
	Messages   []slacksim.Message `json:"messages"`
	Ephemerals []slacksim.Message `json:"ephemerals"`
	Pinned     []string           `json:"pinned"` // ts, the latest pin first
	Files      map[string]upload  `json:"files"`
	Modal      *sheet             `json:"modal"`
	Home       *sheet             `json:"home"`
}

// face is a member of the workspace.
type face struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	RealName    string `json:"real_name"`
	Title       string `json:"title"`
	TZ          string `json:"tz"`
	Bot         bool   `json:"bot"`
	App         bool   `json:"app"` // the app's own bot
	Away        bool   `json:"away"`
	Deactivated bool   `json:"deactivated"`
}

// room is a conversation in the list.
type room struct {
	ID        string              `json:"id"`
	Name      string              `json:"name"`
	Kind      string              `json:"kind"`
	Private   bool                `json:"private"`
	Archived  bool                `json:"archived"`
	General   bool                `json:"general"`
	Member    bool                `json:"member"`
	Topic     string              `json:"topic"`
	Purpose   string              `json:"purpose"`
	Members   []string            `json:"members"`
	Bookmarks []slacksim.Bookmark `json:"bookmarks"`
	Latest    string              `json:"latest"`   // ts of the newest message by somebody else
	Mentions  []string            `json:"mentions"` // ts of the newest messages that name the person
}

// upload is a file on a message.
type upload struct {
	Name string `json:"name"`
	Size int    `json:"size"`
}

// sheet is a modal view or an App Home.
type sheet struct {
	ID      string         `json:"id"`
	Content map[string]any `json:"content"`
	Values  map[string]any `json:"values"`
}

// state answers what ?person= sees, with the messages of ?channel=; without it, or
// when they cannot see it, those of the first conversation they are in.
func (p *page) state(w http.ResponseWriter, r *http.Request) {
	person := p.Workspace.Person(r.URL.Query().Get("person"))
	if person == nil {
		answer(w, http.StatusNotFound, outcome{Error: "There is no such person in this workspace; choose one from the list on the left."})
		return
	}
	answer(w, http.StatusOK, p.screen(person, r.URL.Query().Get("channel")))
}

func (p *page) screen(person *slacksim.Person, channel string) screen {
	s := screen{
		Me: person.ID, People: p.faces(), Files: map[string]upload{}, Pinned: []string{},
		Modal: sheetOf(person.Modal()), Home: sheetOf(person.Home()),
	}
	for _, c := range p.Workspace.Channels() {
		if visible(c, person.ID) {
			s.Channels = append(s.Channels, p.room(c, person.ID))
		}
	}
	s.Channel = pickRoom(s.Channels, channel)
	s.Messages = p.Workspace.Messages(s.Channel)
	s.Ephemerals = p.Workspace.Ephemerals(person.ID, s.Channel)
	for _, m := range p.Workspace.Pinned(s.Channel) {
		s.Pinned = append(s.Pinned, m.TS)
	}
	for _, m := range s.Messages {
		for _, id := range m.Files {
			if name, content, found := p.Workspace.File(id); found {
				s.Files[id] = upload{name, len(content)}
			}
		}
	}
	return s
}

func (p *page) faces() []face {
	w := p.Workspace
	var all []face
	for _, person := range append(w.People(), w.Person(w.BotUserID())) {
		o := person.Options()
		all = append(all, face{
			ID: person.ID, Name: person.Name, RealName: o.RealName, Title: o.Title, TZ: o.TZ, Bot: o.IsBot,
			App: person.ID == w.BotUserID(), Away: o.Away, Deactivated: o.Deactivated,
		})
	}
	return all
}

func visible(c slacksim.Channel, person string) bool {
	return !c.Private || slices.Contains(c.Members, person)
}

func pickRoom(rooms []room, wanted string) string {
	first := ""
	for _, r := range rooms {
		if r.ID == wanted {
			return r.ID
		}
		if first == "" && r.Member && r.Name == "incidents" {
			first = r.ID
		}
	}
	for _, r := range rooms {
		if first == "" && r.Member && !r.Archived {
			first = r.ID
		}
	}
	return first
}

// mentionsKept bounds how many mentions of a channel are listed: a badge does not
// say more.
const mentionsKept = 20

func (p *page) room(c slacksim.Channel, person string) room {
	r := room{
		ID: c.ID, Name: c.Name, Kind: c.Kind, Private: c.Private, Archived: c.Archived, General: c.General,
		Member: slices.Contains(c.Members, person), Topic: c.Topic, Purpose: c.Purpose, Members: c.Members,
		Bookmarks: p.Workspace.Bookmarks(c.ID), Mentions: []string{},
	}
	for _, m := range p.Workspace.Messages(c.ID) {
		if m.User == person || strings.HasPrefix(m.Subtype, "channel_") || strings.HasPrefix(m.Subtype, "group_") {
			continue
		}
		if strings.Contains(m.AllText(), "<@"+person) {
			r.Mentions = append(r.Mentions, m.TS)
		}
		if m.ThreadTS == "" || m.ThreadTS == m.TS || m.Broadcast {
			r.Latest = m.TS
		}
	}
	r.Mentions = r.Mentions[max(0, len(r.Mentions)-mentionsKept):]
	for _, m := range p.Workspace.Ephemerals(person, c.ID) {
		r.Latest = max(r.Latest, m.TS)
	}
	return r
}

func sheetOf(v *slacksim.View) *sheet {
	if v == nil {
		return nil
	}
	return &sheet{ID: v.ID, Content: v.Content, Values: v.Values}
}

// file answers the content of an uploaded file, to be saved and never shown as a page.
func (p *page) file(w http.ResponseWriter, r *http.Request) {
	name, content, found := p.Workspace.File(r.PathValue("id"))
	if !found {
		http.Error(w, "There is no such file any more.", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", "attachment; filename*=UTF-8''"+escapeName(name))
	_, _ = w.Write(content) // a reader that went away is none of our business
}

func escapeName(name string) string { return strings.ReplaceAll(url.QueryEscape(name), "+", "%20") }
