package page_test

import "testing"

// A mark beside a space marks nothing, and one without width is a space to Slack.
func TestMarksBesideSpacesAreLetters(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.w.Person("bob").Says("#incidents", "*bold* _lean_ ~gone~ and \u200b*\u200bstar\u200b*\u200b \u200b_\u200bline\u200b_\u200b \u200b~\u200bwave\u200b~\u200b")
	b := o.browse("alice")
	b.reads("#stream", "star")
	b.Becomes("the marks of words to count and those beside spaces not",
		`[...document.querySelectorAll("#stream .text :is(b, i, s)")].map((e) => e.innerText).join() === "bold,lean,gone"`)
}
