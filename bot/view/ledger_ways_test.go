package view

import (
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident/paging"
)

func TestMessagesOfOneMethodAreToldOnce(t *testing.T) {
	t.Parallel()
	const (
		chat, text, mail = paging.MethodSlack, paging.MethodSMS, paging.MethodEmail
		sent, arrived    = paging.StateSent, paging.StateDelivered
	)
	at := func(minute int, m paging.Method, s paging.State, reason string) Way {
		return Way{Method: m, State: s, Due: noon.Add(time.Duration(minute) * time.Minute), Reason: reason}
	}
	for _, c := range []struct {
		want string
		ways []Way
	}{
		{"Slack delivered", []Way{at(0, chat, arrived, "")}},
		{"Slack delivered twice, e-mail sent twice", []Way{at(0, chat, arrived, ""), at(1, mail, sent, ""), at(2, mail, sent, ""), at(3, chat, arrived, "")}},
		{"Slack delivered, text message sent, e-mail sent 3 times", []Way{at(0, mail, sent, ""), at(0, text, sent, ""), at(1, mail, sent, ""), at(1, mail, sent, ""), at(2, chat, arrived, "")}},
		{":warning: text message *failed* (busy), then sent", []Way{at(2, text, sent, ""), at(1, text, paging.StateFailed, "busy")}},
		{"e-mail delivered, then sent twice", []Way{at(0, mail, sent, ""), at(1, mail, arrived, ""), at(2, mail, sent, "")}},
		{"e-mail delivered, then seen, then being sent", []Way{at(0, mail, sent, ""), at(1, mail, arrived, ""), at(2, mail, paging.StateSeen, ""), at(3, mail, paging.StateSending, "")}},
		{"", nil},
	} {
		if got := strings.Join(wayWords(c.ways), ", "); got != c.want {
			t.Errorf("%+v\nis told as %q\nwant       %q", c.ways, got, c.want)
		}
	}
}
