package slacksim

import (
	"strings"
	"time"
)

// user is a member of the workspace, a person or a bot.
type user struct {
	ID      string        `json:"id"`
	Name    string        `json:"name"`
	Updated int64         `json:"updated"`
	Color   string        `json:"color"`
	As      PersonOptions `json:"as"`
	IsBot   bool          `json:"is_bot"`
	IsApp   bool          `json:"is_app"` // the app's own bot
}

// PersonOptions say who somebody is. Empty names are derived from the name.
type PersonOptions struct {
	RealName    string `json:"real_name"`
	DisplayName string `json:"display_name"`
	Title       string `json:"title"`
	Email       string `json:"email"` // name@example.com when empty
	Phone       string `json:"phone"`
	TZ          string `json:"tz"` // IANA name; "Etc/UTC" when empty
	Deactivated bool   `json:"deactivated"`
	IsBot       bool   `json:"is_bot"`
	Guest       bool   `json:"guest"` // restricted: cannot be invited by the app
	Admin       bool   `json:"admin"`
	Away        bool   `json:"away"`
	DND         bool   `json:"dnd"`
}

// Person acts as a human in front of Slack. Its methods may be called from
// several goroutines, like one human with several windows open.
type Person struct {
	ID   string
	Name string

	w     *Workspace
	stack []string // ids of the open modal views, bottom first; guarded by w.mu
}

// AddPerson lets somebody join the workspace; ids are like U0ALICE. A name
// that exists is replaced by what o says now.
func (w *Workspace) AddPerson(name string, o PersonOptions) *Person {
	w.mu.Lock()
	defer w.mu.Unlock()
	if u := w.findUser(name); u != nil {
		w.changeUser(u, o)
		return w.person(u)
	}
	u := w.addUser(name, o)
	if general := w.channelNamed("general"); general != nil && !u.As.Deactivated && !u.IsBot {
		general.Members = append(general.Members, u.ID)
	}
	w.emit(object{"type": "team_join", "user": w.userJSON(u)})
	w.changed()
	return w.person(u)
}

// Person finds somebody by name or id; nil when there is no such person.
func (w *Workspace) Person(name string) *Person {
	w.mu.Lock()
	defer w.mu.Unlock()
	u := w.findUser(name)
	if u == nil {
		return nil
	}
	return w.person(u)
}

// People lists everybody but the app's bot, in the order they joined.
func (w *Workspace) People() []*Person {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []*Person
	for _, u := range w.state.People {
		if !u.IsApp {
			all = append(all, w.person(u))
		}
	}
	return all
}

// person is the one Person of a user: windows and open modals belong to it.
func (w *Workspace) person(u *user) *Person {
	if p := w.persons[u.ID]; p != nil {
		return p
	}
	p := &Person{ID: u.ID, Name: u.Name, w: w}
	w.persons[u.ID] = p
	return p
}

// Options are who this person is now.
func (p *Person) Options() PersonOptions {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	return p.w.findUser(p.ID).As
}

// Becomes changes who this person is; the app hears a user_change.
func (p *Person) Becomes(o PersonOptions) {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	p.w.changeUser(p.w.findUser(p.ID), o)
}

func (w *Workspace) changeUser(u *user, o PersonOptions) {
	u.As = o.withDefaults(u.Name)
	u.Updated = time.Now().Unix()
	w.emit(object{"type": "user_change", "user": w.userJSON(u), "cache_ts": u.Updated, "event_ts": w.stamp()})
	w.changed()
}

func (o PersonOptions) withDefaults(name string) PersonOptions {
	if o.RealName == "" {
		o.RealName = title(name)
	}
	if o.DisplayName == "" {
		o.DisplayName = name
	}
	if o.Email == "" && !o.IsBot {
		o.Email = strings.ToLower(name) + "@example.com"
	}
	if o.TZ == "" {
		o.TZ = "Etc/UTC"
	}
	return o
}

var colours = []string{"9f69e7", "4bbe2e", "e7392d", "3c989f", "674b1b", "e96699", "e0a729", "684b6c"}

func (w *Workspace) addUser(name string, o PersonOptions) *user {
	u := &user{
		ID: "U0" + idPart(name), Name: name, Updated: time.Now().Unix(), As: o.withDefaults(name), IsBot: o.IsBot,
		Color: colours[len(w.state.People)%len(colours)], IsApp: len(w.state.People) == 0,
	}
	w.state.People = append(w.state.People, u)
	return u
}

// findUser finds a user by id or by name, with or without @.
func (w *Workspace) findUser(nameOrID string) *user {
	name := strings.TrimPrefix(nameOrID, "@")
	for _, u := range w.state.People {
		if u.ID == name || u.Name == name {
			return u
		}
	}
	return nil
}

// userByID finds a user as the API does: by id alone.
func (w *Workspace) userByID(id string) *user {
	if u := w.findUser(id); u != nil && u.ID == id {
		return u
	}
	return nil
}

func (w *Workspace) userJSON(u *user) object {
	zone, offset := "UTC", 0
	if location, err := time.LoadLocation(u.As.TZ); err == nil {
		zone, offset = time.Now().In(location).Zone()
	}
	return object{
		"id": u.ID, "team_id": w.TeamID(), "name": u.Name, "deleted": u.As.Deactivated, "color": u.Color,
		"real_name": u.As.RealName, "tz": u.As.TZ, "tz_label": zone, "tz_offset": offset, "profile": w.profileJSON(u),
		"is_admin": u.As.Admin, "is_owner": false, "is_primary_owner": false, "is_restricted": u.As.Guest,
		"is_ultra_restricted": false, "is_bot": u.IsBot, "is_app_user": false, "updated": u.Updated,
		"is_email_confirmed": !u.IsBot, "who_can_share_contact_card": "EVERYONE",
	}
}

func (w *Workspace) profileJSON(u *user) object {
	first, last, _ := strings.Cut(u.As.RealName, " ")
	p := object{
		"title": u.As.Title, "phone": u.As.Phone, "skype": "", "real_name": u.As.RealName,
		"real_name_normalized": u.As.RealName, "display_name": u.As.DisplayName,
		"display_name_normalized": u.As.DisplayName, "status_text": "", "status_emoji": "", "status_expiration": 0,
		"avatar_hash": "g" + strings.ToLower(u.ID), "team": w.TeamID(), "first_name": first, "last_name": last,
	}
	for _, size := range []string{"24", "32", "48", "72", "192", "512"} {
		p["image_"+size] = w.URL() + "/files/avatar/" + u.ID + "_" + size + ".png"
	}
	if u.IsApp {
		p["bot_id"], p["api_app_id"], p["always_active"] = w.BotID(), w.AppID(), true
	}
	// An address is personal: it takes a scope of its own.
	if u.As.Email != "" && w.granted("users:read.email") {
		p["email"] = u.As.Email
	}
	return p
}
