package bot

import "strings"

// Meaning is what an emoji on a message in a war room stands for.
type Meaning int

// The meanings; MeansNothing is every other emoji.
const (
	MeansNothing Meaning = iota
	MeansTimeline
	MeansKeyEvent
	MeansActionItem
	MeansUpdate
)

// Emoji says which reactions mean something, by Slack's names without colons.
// Any name of a set counts; sets must not overlap.
type Emoji struct {
	Timeline   []string
	KeyEvent   []string
	ActionItem []string
	Update     []string
}

// DefaultEmoji are 📌, ⭐, ☑ and 📣.
func DefaultEmoji() Emoji {
	return Emoji{Timeline: []string{"pushpin"}, KeyEvent: []string{"star"}, ActionItem: []string{"ballot_box_with_check"}, Update: []string{"mega"}}
}

// Meaning looks a reaction up; skin tones make no difference.
func (e Emoji) Meaning(reaction string) Meaning {
	name, _, _ := strings.Cut(reaction, "::")
	for meaning, set := range map[Meaning][]string{
		MeansTimeline: e.Timeline, MeansKeyEvent: e.KeyEvent, MeansActionItem: e.ActionItem, MeansUpdate: e.Update,
	} {
		for _, known := range set {
			if known == name {
				return meaning
			}
		}
	}
	return MeansNothing
}
