package slacksim

import (
	"fmt"
	"testing"
)

func TestTypedTextIsKeptAsSlackKeepsIt(t *testing.T) {
	t.Parallel()
	w := New(Options{})
	w.AddPerson("bob", PersonOptions{})
	incidents, _ := w.Channel("incidents")
	for typed, want := range map[string]string{
		"plain":                       "plain",
		"a & b < c":                   "a &amp; b &lt; c",
		"ask @bob, or @nobody":        "ask <@U0BOB>, or @nobody",
		"see #incidents.":             "see <#" + incidents.ID + "|incidents>.",
		"<@U0BOB> <!here>":            "<@U0BOB> <!here>",
		"https://x.example.com/?a&b!": "<https://x.example.com/?a&amp;b!>",
		"<https://x.example.com|it>":  "<https://x.example.com|it>",
	} {
		if got := w.typed(typed, false); got != want {
			t.Errorf("%q is kept as %q; want %q", typed, got, want)
		}
	}
	if got := w.typed("page @bob a &amp; b <c> https://x.example", true); got != "page <@U0BOB|bob> a &amp;amp; b &lt;c&gt; <https://x.example>" {
		t.Errorf("in a command: %q", got)
	}
}

func TestRichTextSaysWhatTheTextSays(t *testing.T) {
	t.Parallel()
	got := fmt.Sprint(richText("a &amp; <@U0BOB> <#C1|x> <!here> <https://e.example|it>"))
	want := "[map[elements:[map[elements:[map[text:a &  type:text] map[type:user user_id:U0BOB] map[text:  type:text] " +
		"map[channel_id:C1 type:channel] map[text:  type:text] map[range:here type:broadcast] map[text:  type:text] " +
		"map[text:it type:link url:https://e.example]] type:rich_text_section]] type:rich_text]]"
	if got != want {
		t.Errorf("richText = %s; want %s", got, want)
	}
}
