package view

import (
	"strings"
)

// stepTitles say what a step makes, as people call it.
var stepTitles = map[string]string{
	"room":         "war room",
	"announcement": "announcement",
	"card":         "card",
	"pin":          "pin of the card",
	"invitations":  "invitations",
	"topic":        "channel topic",
	"bookmarks":    "bookmarks",
}

func stepTitle(name string) string {
	if t, ok := stepTitles[name]; ok {
		return t
	}
	return said(name, maxLine)
}

// steps lists what a declare set off and is not in place yet, worst first;
// nothing when all is. What is merely on its way shares one line.
func steps(s Situation) []string {
	var failed, waiting, coming []string
	for _, step := range s.Steps {
		name := stepTitle(step.Name)
		switch {
		case step.State == StepFailed:
			failed = append(failed, ":x: Not done: *"+name+"*"+because(step.Reason))
		case step.State == StepWaiting && step.Reason != "":
			waiting = append(waiting, ":hourglass_flowing_sand: Still trying: *"+name+"*"+because(step.Reason))
		case step.State == StepWaiting:
			coming = append(coming, name)
		}
	}
	list := append(failed, waiting...)
	if len(coming) > 0 {
		list = append(list, ":hourglass_flowing_sand: On its way: "+strings.Join(coming, ", "))
	}
	return list
}
