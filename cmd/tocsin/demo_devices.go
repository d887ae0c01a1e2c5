package main

import (
	"context"
	"slices"
	"strings"
)

// everybody is the cast, and after them each other telephone, mailbox and push topic
// that anything was sent to, in the order of their first messages.
func (p *phones) everybody(ctx context.Context) ([]reachable, error) {
	all := slices.Clone(p.people)
	var owners map[string]string
	for _, found := range p.addressed() {
		if slices.ContainsFunc(all, found.isPartOf) {
			continue
		}
		if owners == nil {
			var err error
			if owners, err = p.owners(ctx); err != nil {
				return nil, err
			}
		}
		found.Name = "Nobody in particular"
		if owner := owners[strings.ToLower(found.ID)]; owner != "" {
			found.Name = owner + ", added"
		}
		all = append(all, found)
	}
	return all, nil
}

// addressed are the places that anything was sent to. One may be there several times.
func (p *phones) addressed() []reachable {
	var found []reachable
	for _, m := range p.twilio.Messages() {
		found = append(found, reachable{ID: m.To, Number: m.To})
	}
	for _, c := range p.twilio.Calls() {
		found = append(found, reachable{ID: c.To, Number: c.To})
	}
	for _, m := range p.mail.All() {
		found = append(found, reachable{ID: strings.ToLower(m.To), Email: m.To})
	}
	for _, m := range p.ntfy.All() {
		found = append(found, reachable{ID: m.Topic, Topic: m.Topic})
	}
	return found
}

// isPartOf reports whether somebody is shown what is sent to the one place of r.
func (r reachable) isPartOf(other reachable) bool {
	switch {
	case r.Number != "":
		return r.Number == other.Number
	case r.Email != "":
		return strings.EqualFold(r.Email, other.Email)
	}
	return r.Topic == other.Topic
}
