package page_test

import (
	"strings"
	"testing"
)

// Between a click on somebody's face and the answer of the workspace the page knows who
// looks, and not yet what they see.
func TestNobodyEverActsOnWhatAnotherOneSees(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.card()
	b := o.browse("alice")
	b.reads(".team", "as Alice Adler")
	b.types("/incident resolve now")
	b.reads(".ephemeral", "Only visible to you")
	b.Becomes("answers to be held back", `(() => {
		const fetched = window.fetch;
		window.fetch = async (...all) => { if (String(all[0]).includes("api/state")) await new Promise((go) => { (window.held ??= []).push(go); }); return fetched(...all); };
		return true;
	})()`)
	b.click(`[data-person="bob"]`)
	b.Becomes("bob to be waited for", `window.held?.length > 0 && location.hash === "#bob"`)
	if team := b.Text(".team"); !strings.Contains(team, "as Bob Brown") {
		t.Errorf("the page acts for bob and says %q", team)
	}
	if face := b.Text(`[data-person][aria-current="true"]`); !strings.Contains(face, "Bob") {
		t.Errorf("the page acts for bob and marks %q", face)
	}
	if left := b.Text("#stream .message, #stream [data-action]"); left != "" {
		t.Errorf("what alice sees is left for bob to press:\n%s", left)
	}
	b.Becomes("the answers to come", `(() => { window.held.splice(0).forEach((go) => go()); return document.querySelector("#stream [data-action]"); })()`)
	b.Becomes("every way to lead to what bob sees", `[...document.querySelectorAll("#sidebar a, #head a")].every((a) => a.hash.startsWith("#bob/"))`)
}

// The name stood there one click late.
func TestWhoLooksIsNamedAfterEachClick(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.publish("U0ALICE", homeView)
	b := o.browse("alice")
	for _, next := range []struct{ name, real string }{{"carol", "Carol Chen"}, {"bob", "Bob Brown"}, {"alice", "Alice Adler"}, {"carol", "Carol Chen"}} {
		b.click(`[data-person="` + next.name + `"]`)
		b.Becomes(next.name+" to look", `document.querySelector('[data-person="`+next.name+`"].current') && document.querySelector(".room.current")`)
		if team := b.Text(".team"); !strings.Contains(team, "as "+next.real) {
			t.Errorf("%s looks and the page says %q", next.name, team)
		}
		b.Becomes("every way to lead to what "+next.name+" sees", `[...document.querySelectorAll("#sidebar a, #head a")].every((a) => a.hash.startsWith("#`+next.name+`/"))`)
	}
}

// A question that is open belongs to whoever asked it: one that another person answers
// would be done in their name.
func TestAQuestionIsGoneWithWhoeverAskedIt(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.card()
	b := o.browse("alice")
	b.click(`[data-action="resolve"]`)
	b.reads("#ask", "Is it really over?")
	b.Becomes("the address to lead to bob", `(location.hash = "#bob") === "#bob"`)
	b.Becomes("bob to look, and no question to be open", `document.querySelector('[data-person="bob"].current') && !document.querySelector("#ask").open`)
	o.w.Person("carol").Says("#incidents", "the end")
	b.reads("#stream", "the end")
	if text := b.Text("#stream"); strings.Contains(text, "used resolve") {
		t.Errorf("the question was answered:\n%s", text)
	}
}
