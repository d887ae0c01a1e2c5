package view

import (
	"strings"
	"testing"

	"github.com/tocsinhq/tocsin/incident/oncall"
)

func someCalendars() Calendars {
	return Calendars{Command: "/incident", Names: map[string]string{"payments": "Payments <primary>"}, All: []oncall.FeedInfo{
		{ID: 3, FeedSubject: oncall.FeedSubject{Person: alice}, CreatedBy: alice, CreatedAt: noon},
		{ID: 12, FeedSubject: oncall.FeedSubject{Schedule: "payments"}, CreatedBy: alice, CreatedAt: noon},
		{ID: 13, FeedSubject: oncall.FeedSubject{Schedule: "gone"}, CreatedBy: alice, CreatedAt: noon},
	}}
}

func addCalendars(views map[string]any) {
	fresh, revoked := someCalendars(), Calendars{Command: "/incident", Revoked: 3}
	fresh.Fresh, fresh.Of = "https://tocsin.example.com/calendars/SECRETSECRETSECRETSECRET26.ics", oncall.FeedSubject{Schedule: "payments"}
	views["calendar_fresh"], views["calendar_list"], views["calendar_revoked"] = CalendarList(fresh), CalendarList(someCalendars()), CalendarList(revoked)
	views["modal_calendars"], views["modal_calendars_fresh"] = CalendarsModal(someCalendars()), CalendarsModal(fresh)
	views["modal_calendars_revoked"] = CalendarsModal(revoked)
}

func TestAnAddressIsShownOnlyWhenItIsFresh(t *testing.T) {
	t.Parallel()
	if text := CalendarList(someCalendars()).Text; strings.Contains(text, "/calendars/") {
		t.Errorf("the list shows an address:\n%s", text)
	}
	if text := string(encode(t, CalendarsModal(someCalendars()))); strings.Contains(text, "/calendars/") {
		t.Errorf("the form shows an address:\n%s", text)
	}
}
