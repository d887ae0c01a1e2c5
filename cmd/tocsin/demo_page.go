package main

import (
	"context"
	"net/http"
	"strings"

	"github.com/tocsinhq/tocsin/bot"
	"github.com/tocsinhq/tocsin/bot/slacksim/page"
	"github.com/tocsinhq/tocsin/incident"
)

// pages mounts the simulated client and the board beside our own pages.
func (d *demo) pages() {
	d.server.Handle("/jira/", http.StripPrefix("/jira", d.jira.BoardPage()))
	d.server.Handle("/phones/", http.StripPrefix("/phones", d.phones().handler()))
	d.server.Handle("GET /review", http.HandlerFunc(d.latestPostmortem))
	d.server.Handle("/", page.New(page.Options{
		Workspace: d.slack, Title: "Tocsin demo", Commands: hints(), Shortcuts: demoShortcuts(),
		Panels:  []page.Panel{{Title: "Phones", URL: "/phones/"}, {Title: "Jira", URL: "/jira/"}, {Title: "Postmortem", URL: "/review"}},
		Closing: d.server.Closing(),
		Intro:   "Everything here is simulated but Tocsin. Type /incident declare, press buttons, react with 📌 ⭐ ☑ 📣, and switch between people on the left.",
	}))
}

// phones are the telephones and mailboxes of the cast, as the sample organisation
// has them.
func (d *demo) phones() *phones {
	p := &phones{simulated: d.others, client: http.DefaultClient, owners: d.owners}
	for _, c := range cast {
		p.people = append(p.people, reachable{ID: c.name, Name: c.real, Number: c.number, Email: c.name + "@acme.example", Topic: c.topic})
	}
	return p
}

// owners names the people of the cast by what they are reached at, in lower case.
func (d *demo) owners(ctx context.Context) (map[string]string, error) {
	owners := map[string]string{}
	for _, c := range cast {
		contacts, err := d.app.Paging.Contacts(ctx, incident.PersonID(d.slack.Person(c.name).ID))
		if err != nil {
			return nil, err
		}
		for _, contact := range contacts {
			owners[strings.ToLower(contact.Address)] = c.real
		}
	}
	return owners, nil
}

func hints() []page.Hint {
	var list []page.Hint
	for _, row := range bot.CommandRows() {
		list = append(list, page.Hint{Name: row.Name, Args: row.Args, Help: row.Help})
	}
	return list
}

func demoShortcuts() []page.Shortcut {
	var list []page.Shortcut
	for _, s := range bot.ShortcutRows() {
		list = append(list, page.Shortcut{Callback: s.Callback, Name: s.Name, OnMessage: s.OnMessage})
	}
	return list
}
