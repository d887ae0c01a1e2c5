package page_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/tocsinhq/tocsin/bot/slacksim"
)

func TestCommandIsHintedAnsweredAndSeenByOneOnly(t *testing.T) {
	t.Parallel()
	o := open(t)
	b := o.browse("alice")
	b.enters("#composer textarea", "/inc")
	b.reads(".hints li", "Open a war room")
	b.Do(press(kb.ArrowDown), press(kb.Tab))
	b.Becomes("the second hint to be taken", `document.querySelector("#composer textarea").value === "/incident resolve "`)
	b.types("now")
	b.reads(".ephemeral", "You typed resolve now")
	b.reads(".ephemeral", "Only visible to you")
	b.click(`[data-person="bob"]`)
	b.Becomes("bob to be the one who looks", `document.querySelector('[data-person="bob"]').getAttribute("aria-current") === "true" && document.querySelector(".message")`)
	if text := b.Text("#stream"); strings.Contains(text, "You typed") {
		t.Errorf("bob sees what is for alice only:\n%s", text)
	}
}

func TestCommandWithoutAnAnswerIsToldAndNotLost(t *testing.T) {
	t.Parallel()
	b := open(t).browse("alice")
	b.types("/incident silence")
	b.reads(".toast", `/incident failed with the error "dispatch_failed"`)
	b.Becomes("the command to be back in the field", `document.querySelector("#composer textarea").value === "/incident silence"`)
}

func TestElementsOfAMessageReachTheApp(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.card()
	b := o.browse("alice")
	b.reads(".block.header", "Checkout is down")
	b.reads(".fields", "@Alice Adler")
	b.reads(".context time", "1 Jan 2026 at 14:00") // Berlin's clock
	b.click(`[data-action="ack"]`)
	b.reads("#stream", "alice used ack INC-1")
	b.click(`[data-action="resolve"]`)
	b.reads("#ask", "Is it really over?")
	b.click("#ask [type=button]")
	b.click(`[data-action="resolve"]`)
	b.click("#ask [type=submit]")
	b.reads("#stream", "alice used resolve")
	b.enters(`select[data-action="lead"]`, "Carol")
	b.reads("#stream", "alice used lead U0CAROL")
	b.click(`[data-action="more"]`)
	b.click(`#popover [role="menuitem"]`)
	b.reads("#stream", "alice used more roles")
	if n := strings.Count(b.Text("#stream"), "alice used resolve"); n != 1 {
		t.Errorf("resolve was used %d times; want the confirmed one only", n)
	}
}

func TestModalComplainsThenSubmits(t *testing.T) {
	t.Parallel()
	o := open(t)
	b := o.browse("alice")
	b.types("/incident declare")
	b.Becomes("the first field to have the focus", `document.activeElement.closest('[data-block="title"]') !== null`)
	b.click("#modal [type=submit]")
	b.reads("#modal .error", "Please complete this required field.")
	b.enters("#modal input", "?"+kb.Enter)
	b.reads("#modal .error", "Say what broke.")
	o.w.Person("bob").Says("#incidents", "meanwhile") // an update must not take what was typed
	b.reads("#stream", "meanwhile")
	b.enters(`#modal [data-block="sev"] select`, "SEV1")
	b.enters("#modal input", " & more")
	b.click("#modal [type=submit]")
	b.reads("#stream", "Declared: ? & more SEV1")
	b.Becomes("the modal to be closed", `!document.querySelector("#modal").open`)
}

func TestViewsStackAndKeepWhatWasTyped(t *testing.T) {
	t.Parallel()
	o := open(t)
	b := o.browse("alice")
	b.types("/incident declare")
	b.enters("#modal input", "Checkout")
	b.click(`#modal [data-action="deeper"]`)
	b.reads("#modal h2", "Severities")
	b.Becomes("a link with its label, once", `document.querySelector("#modal .sheet").innerText === "SEV1 is the worst" && document.querySelector("#modal a").href === "https://acme.example/sev"`)
	b.click("#modal footer button")
	b.reads("#modal h2", "Declare an incident")
	b.Becomes("the title to be as typed", `document.querySelector("#modal input").value === "Checkout"`)
}

func TestModalClosesOnEscape(t *testing.T) {
	t.Parallel()
	o := open(t)
	b := o.browse("alice")
	b.click(`[aria-label="Shortcuts"]`)
	b.click(`#popover [role="menuitem"]`)
	b.sees("#modal form")
	b.Do(press(kb.Escape))
	o.until("the modal to be gone from the workspace", func() bool { return o.w.Person("alice").Modal() == nil })
	b.Becomes("the modal to be closed", `!document.querySelector("#modal").open`)
}

func TestReactReplyPinEditDelete(t *testing.T) {
	t.Parallel()
	o := open(t)
	alice := o.w.Person("alice")
	ts := alice.Says("#incidents", "Checkout is *down*")
	b := o.browse("alice")
	at := `[data-ts="` + ts + `"] `
	b.reads(at+"b", "down")
	b.hover(ts)
	b.click(at + `[data-emoji="pushpin"]`)
	b.reads(at+".reaction.mine", "1")
	b.click(at + ".reaction.mine")
	b.Becomes("the reaction to be gone", `!document.querySelector(`+quoted(at+".reaction.mine")+`)`)
	b.hover(ts)
	b.click(at + `[aria-label="Reply in thread"]`)
	b.enters("#side textarea", "On it")
	b.Do(press(kb.Enter))
	b.reads(at+".replies", "1 reply")
	b.choose(ts, "Pin to channel")
	b.reads("#pins", "1")
	b.choose(ts, "Edit message")
	b.enters("#ask input", " again"+kb.Enter)
	b.reads(at, "(edited)")
	b.choose(ts, "Delete message")
	b.click("#ask [type=submit]")
	o.until("the message to be deleted", func() bool { return len(o.w.Pinned("#incidents")) == 0 })
	b.Becomes("the message to be gone", `!document.querySelector(`+quoted("#stream "+at)+`)`)
}

func TestMessageShortcutIsInTheMenuOfAMessage(t *testing.T) {
	t.Parallel()
	o := open(t)
	ts := o.w.Person("bob").Says("#incidents", "The certificate expired")
	b := o.browse("alice")
	b.reads("#stream", "The certificate expired")
	b.choose(ts, "⚡ Add to timeline")
	b.reads("#stream", "alice used note on: The certificate expired")
}

func TestUploadedFileIsInTheChannelAndCanBeSaved(t *testing.T) {
	t.Parallel()
	o := open(t)
	path := filepath.Join(t.TempDir(), "graph & <b>.csv")
	if err := os.WriteFile(path, []byte("13:58,0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := o.browse("alice")
	b.Do(chromedp.SetUploadFiles(chromedp.CSS(`#composer input[type="file"]`), []string{path}))
	b.reads("#stream a.file", "graph & <b>.csv")
	for _, m := range o.w.Messages("#incidents") {
		for _, id := range m.Files {
			if name, content, _ := o.w.File(id); name != "graph & <b>.csv" || string(content) != "13:58,0\n" {
				t.Errorf("the workspace has %q with %q", name, content)
			}
		}
	}
	b.Becomes("a link to save it", `document.querySelector("#stream a.file").download === "graph & <b>.csv"`)
}

func TestExternalSelectSuggestsWhileSomebodyTypes(t *testing.T) {
	t.Parallel()
	o := open(t)
	b := o.browse("alice")
	b.types("/incident page")
	b.Becomes("the field to have the focus", `document.activeElement.closest('[data-block="service"]') !== null`)
	b.enters("#modal .external input", "check")
	offered := `[...document.querySelectorAll("#modal .external option")].map((o) => o.value + "=" + o.innerText).join()`
	b.Becomes("both services to be offered", offered+` === "checkout=Service checkout,checkin=Service checkin"`)
	b.enters("#modal .external input", "o")
	b.Becomes("one service to be offered", offered+` === "checkout=Service checkout"`)
	b.enters("#modal .external input", "ut")
	b.Do(press(kb.Tab)) // closes the menu of the field
	b.click("#modal [type=submit]")
	b.reads("#stream", "Paged: checkout")
}

// hover puts the focus on a message, which shows its tools as the mouse does.
func (b *browser) hover(ts string) {
	b.t.Helper()
	b.Becomes("a message", `(() => { const m = document.querySelector('#stream [data-ts="`+ts+`"]'); m?.focus(); return document.activeElement === m; })()`)
}

// choose takes an entry of a message's menu.
func (b *browser) choose(ts, label string) {
	b.t.Helper()
	b.hover(ts)
	b.click(`#stream [data-ts="` + ts + `"] [aria-label="More actions"]`)
	b.Becomes("the entry "+label, `(() => { const e = [...document.querySelectorAll("#popover button")].find((e) => e.innerText === `+quoted(label)+`); e?.click(); return Boolean(e); })()`)
}

func TestUpdatesKeepTextFocusAndPlace(t *testing.T) {
	t.Parallel()
	o := open(t)
	bob := o.w.Person("bob")
	for range 40 {
		bob.Says("#incidents", "an older line")
	}
	b := o.browse("alice")
	b.reads("#stream", "an older line")
	b.enters("#composer textarea", "half a sen")
	b.Becomes("the reader to be at the top", `(document.querySelector("#stream").scrollTop = 0, document.querySelector("#stream").dispatchEvent(new Event("scroll")), true)`)
	bob.Says("#incidents", "news")
	bob.Says("#general", "elsewhere")
	b.reads("#stream", "news")
	b.Becomes("all to be as it was", `document.querySelector("#stream").scrollTop < 5 && document.activeElement.value === "half a sen"`)
	b.sees(`[data-channel="general"].unread`)
	b.click(`[data-channel="general"]`)
	b.reads("#stream", "elsewhere")
	b.Becomes("general to be read", `!document.querySelector('[data-channel="general"].unread') && document.querySelector("#composer textarea").value === ""`)
	b.click(`[data-channel="incidents"]`)
	b.Becomes("the draft to be back", `document.querySelector("#composer textarea").value === "half a sen"`)
}

func TestPrivateChannelsAreForTheirMembers(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.w.AddChannel("board-room", "alice", true)
	o.w.Person("alice").Says("#board-room", "between us")
	b := o.browse("alice")
	b.click(`[data-channel="board-room"]`)
	b.reads("#stream", "between us")
	b.click(`[data-person="carol"]`)
	b.Becomes("carol not to see it", `document.querySelector('[data-person="carol"].current') && !document.querySelector('[data-channel="board-room"]') && document.querySelector(".room.current")`)
	if text := b.Text("body"); strings.Contains(text, "between us") {
		t.Errorf("carol reads a private channel:\n%s", text)
	}
}

const homeView = `{"type":"home","blocks":[{"type":"header","text":{"type":"plain_text","text":"Your incidents"}},
 {"type":"actions","block_id":"row","elements":[{"type":"button","action_id":"declare_home","value":"x","text":{"type":"plain_text","text":"Declare"}}]}]}`

func TestHomeIsDrawnAndUsed(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.publish("U0ALICE", homeView)
	b := o.browse("alice")
	b.click(`#sidebar a[href$="/home"]`)
	b.reads("#stream .header", "Your incidents")
	b.reads("#head .tabs", "Messages")
	b.click(`[data-action="declare_home"]`)
	b.click(`[data-channel="incidents"]`)
	b.reads("#stream", "alice used declare_home x")
}

func TestWhatPeopleWriteIsNeverMarkup(t *testing.T) {
	t.Parallel()
	const evil = `<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>`
	o := open(t)
	w := o.w
	w.AddPerson("mallory", slacksim.PersonOptions{RealName: evil, Title: evil})
	mallory := w.Person("mallory")
	mallory.Says("#incidents", evil+" *"+evil+"* `"+evil+"`")
	mallory.Says("#incidents", `<javascript:window.pwned=1|click> [x](javascript:window.pwned=1) javascript:window.pwned=1`)
	ts := mallory.Says("#incidents", "reactions")
	_ = mallory.Reacts("#incidents", ts, `"><img src=x onerror=window.pwned=1>`)
	_ = mallory.SetsTopic("#incidents", evil)
	mallory.Uploads("#incidents", evil+".txt", []byte("x"))
	o.evilCard(evil)
	b := o.browse("alice")
	b.reads("#stream", "<script>window.pwned=1</script>")
	b.reads(".block.header", "<img src=x")
	b.reads(".topic", "onerror")
	b.Becomes("nothing to have run", `window.pwned === undefined && document.querySelectorAll("#stream script, #stream img, #head img, #rail img").length === 0`)
	b.Becomes("no link to lead into a script", `[...document.querySelectorAll("a")].every((a) => ["http:", "https:", "mailto:"].includes(a.protocol))`)
}
