// The field for typing, with hints for commands and completion of names.
import { fill, h, menu, toast } from "./dom.js";
import { pickEmoji } from "./messages.js";
import { act, store } from "./store.js";
import { avatar } from "./people.js";

const drafts = new Map(); // what was typed and not sent, by person and place

/** composer makes a field; target says where its text goes, and changes with what is open. */
export function composer(target) {
  const hints = h("ul", { class: "hints", role: "listbox", hidden: true, id: "hints-" + Math.random().toString(36).slice(2) });
  const field = h("textarea", { rows: 1, "aria-label": "Message", "aria-autocomplete": "list", "aria-controls": hints.id });
  const file = h("input", { type: "file", hidden: true, "aria-hidden": "true", tabIndex: -1 });
  const node = h("div", { class: "composer" }, hints, field, h("div", { class: "bar" },
    h("button", { type: "button", title: "Shortcuts", "aria-label": "Shortcuts", onclick: (e) => shortcuts(e.currentTarget) }, "⚡"),
    h("button", { type: "button", title: "Attach a file", "aria-label": "Attach a file", onclick: () => file.click() }, "📎"),
    h("button", { type: "button", title: "Emoji", "aria-label": "Emoji", onclick: (e) => pickEmoji(e.currentTarget, (name) => insert(":" + name + ": ")) }, "☺"), file,
    h("small", { class: "keys" }, "Enter sends · Shift+Enter new line · / commands · @ people"),
    h("button", { type: "button", class: "send", title: "Send", "aria-label": "Send", onclick: () => send() }, "➤")));
  let place = "", offers = [], chosen = 0;

  const grow = () => { field.style.height = "auto"; field.style.height = Math.min(field.scrollHeight, 180) + "px"; };
  const note = () => { drafts.set(place, field.value); grow(); offer(); };
  const insert = (text) => { field.setRangeText(text, field.selectionStart, field.selectionEnd, "end"); note(); field.focus(); };

  function offer() {
    offers = suggestions(field.value, field.selectionStart);
    chosen = 0;
    show();
  }
  function show() {
    hints.hidden = !offers.length;
    fill(hints, offers.map((o, i) => h("li", { role: "option", id: hints.id + "-" + i, "aria-selected": String(i === chosen), class: i === chosen ? "chosen" : "", onpointerdown: (e) => { e.preventDefault(); take(o); } }, o.draw())));
    field.setAttribute("aria-activedescendant", offers.length ? hints.id + "-" + chosen : "");
    hints.children[chosen]?.scrollIntoView({ block: "nearest" });
  }
  function take(o) {
    field.setRangeText(o.text, o.from, field.selectionStart, "end");
    note();
  }

  async function send() {
    const text = field.value.trim();
    const to = target();
    if (!text || !to) return;
    const [verb, what] = words(text, to);
    if (!verb) return;
    field.value = "";
    note();
    node.classList.add("busy");
    const sent = await act(verb, what);
    node.classList.remove("busy");
    if (sent || drafts.get(to.key)) return;
    drafts.set(to.key, text); // nothing typed is ever lost
    if (place === to.key) field.value = text;
    grow();
  }

  field.addEventListener("input", note);
  field.addEventListener("blur", () => { hints.hidden = true; });
  field.addEventListener("focus", offer);
  field.addEventListener("keydown", (e) => {
    const open = !hints.hidden && offers.length > 0;
    if (open && (e.key === "ArrowDown" || e.key === "ArrowUp")) {
      chosen = (chosen + (e.key === "ArrowDown" ? 1 : -1) + offers.length) % offers.length;
      show();
    } else if (open && (e.key === "Tab" || (e.key === "Enter" && offers[chosen].enter)) && !e.shiftKey) take(offers[chosen]);
    else if (open && e.key === "Escape") hints.hidden = true;
    else if (e.key === "Enter" && !e.shiftKey && !e.isComposing) send();
    else return;
    e.preventDefault();
    e.stopPropagation();
  });
  file.addEventListener("change", async () => {
    const [picked] = file.files;
    file.value = "";
    if (picked) act("upload", { channel: target().channel, name: picked.name, content: await base64(picked) });
  });

  /** sync follows the page to another place, keeping what was typed in each. */
  node.sync = () => {
    const to = target();
    if (!to) return;
    field.placeholder = to.placeholder;
    field.disabled = Boolean(to.closed);
    if (to.key === place) return;
    place = to.key;
    field.value = drafts.get(place) ?? "";
    hints.hidden = true;
    grow();
  };
  return node;
}

function words(text, to) {
  if (!text.startsWith("/")) return to.thread ? ["reply", { ts: to.thread, text }] : ["message", { text }];
  if (to.thread) {
    toast(text.split(/\s/)[0] + " is not supported in threads. Type it in the channel.");
    return [];
  }
  return ["command", { text }];
}

/** suggestions are what fits what stands before the cursor. */
function suggestions(text, cursor) {
  const before = text.slice(0, cursor);
  if (/^\/[^\n]*$/.test(before)) return commands(before);
  const at = before.match(/(?:^|[\s(])([@#:])([a-z0-9._+-]*)$/i);
  if (!at) return [];
  const [, sign, typed] = at;
  const from = cursor - typed.length - 1, like = typed.toLowerCase();
  if (sign === "@") {
    return store.screen.people.filter((p) => !p.deactivated && (p.name.toLowerCase().startsWith(like) || p.real_name.toLowerCase().split(" ").some((w) => w.startsWith(like)))).slice(0, 8)
      .map((p) => ({ from, text: "@" + p.name + " ", enter: true, draw: () => [avatar(p, "tiny"), h("b", {}, p.real_name), h("small", {}, "@" + p.name)] }));
  }
  if (sign === "#") {
    return store.screen.channels.filter((c) => c.kind !== "im" && c.name.includes(like)).slice(0, 8)
      .map((c) => ({ from, text: "#" + c.name + " ", enter: true, draw: () => [h("span", {}, c.private ? "🔒" : "#"), h("b", {}, c.name)] }));
  }
  return [];
}

/** commands are the subcommands that begin with what was typed. Their arguments stay in sight while they are typed. */
function commands(before) {
  const { command, commands: all } = store.setup;
  const full = (c) => command + (c.name ? " " + c.name : "");
  const fits = all.filter((c) => full(c).startsWith(before.trimEnd()) || before.startsWith(full(c) + " ") || command.startsWith(before));
  const exact = fits.filter((c) => c.name && before.startsWith(full(c) + " "));
  return (exact.length ? exact : fits).map((c) => ({
    from: 0, text: before.startsWith(full(c) + " ") ? before : full(c) + " ", enter: false,
    draw: () => [h("code", {}, full(c), c.args && h("i", {}, " " + c.args)), h("small", {}, c.help)],
  }));
}

function shortcuts(anchor) {
  const all = store.setup.shortcuts.filter((s) => !s.on_message);
  if (!all.length) return toast("The app has no shortcuts.", "info");
  menu(anchor, all.map((s) => ["⚡ " + s.name, () => act("shortcut", { callback: s.callback })]));
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
