package timeline

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/incident"
)

func TestDecideCapture(t *testing.T) {
	t.Parallel()
	m := incident.Message{Channel: "C1", TS: "1.1", Text: "look"}
	captured := func(via Via, key bool) []incident.Event {
		return []incident.Event{incident.MessageCaptured{Message: m, Via: string(via), Key: key}}
	}
	var (
		restored  = incident.EntryRestored{Entry: 7}
		withdrawn = incident.EntryWithdrawn{Entry: 7}
		starred   = incident.EntryStarred{Entry: 7}
		unstarred = incident.EntryUnstarred{Entry: 7}
		shown     = captureState{known: true, entry: 7}
		key       = captureState{known: true, entry: 7, starred: true}
		gone      = captureState{known: true, entry: 7, withdrawn: true}
		goneKey   = captureState{known: true, entry: 7, withdrawn: true, starred: true}
	)
	for name, c := range map[string]struct {
		state   captureState
		marks   []Via // after the mark
		via     Via
		present bool
		want    []incident.Event
	}{
		"first pin":                             {captureState{}, []Via{ViaPin}, ViaPin, true, captured(ViaPin, false)},
		"first emoji":                           {captureState{}, []Via{ViaEmoji}, ViaEmoji, true, captured(ViaEmoji, false)},
		"first shortcut":                        {captureState{}, []Via{ViaShortcut}, ViaShortcut, true, captured(ViaShortcut, false)},
		"first star":                            {captureState{}, []Via{ViaStar}, ViaStar, true, captured(ViaStar, true)},
		"taken back before it was known":        {captureState{}, nil, ViaPin, false, nil},
		"second mark":                           {shown, []Via{ViaPin, ViaEmoji}, ViaEmoji, true, nil},
		"star on top":                           {shown, []Via{ViaPin, ViaStar}, ViaStar, true, []incident.Event{starred}},
		"second star":                           {key, []Via{ViaStar}, ViaStar, true, nil},
		"one of two stars goes":                 {key, []Via{ViaStar}, ViaStar, false, nil},
		"star goes, pin stays":                  {key, []Via{ViaPin}, ViaStar, false, []incident.Event{unstarred}},
		"pin goes, star stays":                  {key, []Via{ViaStar}, ViaPin, false, nil},
		"last mark goes":                        {shown, nil, ViaPin, false, []incident.Event{withdrawn}},
		"last star goes":                        {key, nil, ViaStar, false, []incident.Event{withdrawn, unstarred}},
		"marked again":                          {gone, []Via{ViaPin}, ViaPin, true, []incident.Event{restored}},
		"starred again":                         {gone, []Via{ViaStar}, ViaStar, true, []incident.Event{restored, starred}},
		"last mark goes from one withdrawn":     {gone, nil, ViaPin, false, nil},
		"starred by hand, emoji comes":          {key, []Via{ViaPin, ViaEmoji}, ViaEmoji, true, nil},
		"starred by hand, emoji goes":           {key, []Via{ViaPin}, ViaEmoji, false, nil},
		"withdrawn by hand, one of two goes":    {gone, []Via{ViaPin}, ViaEmoji, false, nil},
		"withdrawn by hand, somebody wants it":  {goneKey, []Via{ViaPin, ViaEmoji}, ViaEmoji, true, []incident.Event{restored}},
		"unstarred by hand, another star comes": {shown, []Via{ViaStar}, ViaStar, true, []incident.Event{starred}},
	} {
		marks := map[Via]bool{}
		for _, via := range c.marks {
			marks[via] = true
		}
		got := decideCapture(c.state, marks, Mark{Message: m, By: "U1", Via: c.via, Present: c.present})
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
