package view

import (
	"time"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// UpdateModal asks for an update to stakeholders and when the next one is due; by
// default that follows from the severity.
func UpdateModal(i *incident.Incident, channel, text string) slack.ModalViewRequest {
	blocks := []slack.Block{
		small(glance(i) + " · " + said(i.Title, maxLine)),
		hinted(input("text", "How do things stand?", typing("What is known, what is being done, what customers can do meanwhile", text, incident.MaxSummary, true)),
			"It goes to the war room and, unless the incident is private, under its announcement. Nothing new is news too."),
	}
	if i.Status.Ongoing() {
		blocks = append(blocks, input("next", "Next update", menu("next", "When?", promises(), promise(incident.UpdateCadence(i.Severity)))))
	}
	return modal("update", "Post update", "Post", i, channel, blocks...)
}

// promises are the spans after which the next update may be promised.
func promises() []*slack.OptionBlockObject {
	return []*slack.OptionBlockObject{
		option("in 15 minutes", "15m"), option("in 30 minutes", "30m"), option("in 1 hour", "1h"), option("in 2 hours", "2h"),
		option("in 4 hours", "4h"), option("in 24 hours", "24h"), option("none promised", "none"),
	}
}

// promise is the option value of a cadence.
func promise(d time.Duration) string {
	if d < time.Hour {
		return d.String()[:len(d.String())-len("0s")]
	}
	return d.String()[:len(d.String())-len("0m0s")]
}

// SummaryModal asks what is known; it begins with the present summary.
func SummaryModal(i *incident.Incident, channel string) slack.ModalViewRequest {
	return modal("summary", "Summary", "Save", i, channel,
		small(glance(i)+" · "+said(i.Title, maxLine)),
		hinted(optional(input("summary", "What is known?", typing("What is broken, for whom, since when; what is being done", i.Summary, incident.MaxSummary, true))),
			"The card, the announcement and every brief show it."))
}
