// What stands above a conversation: name, topic, pins, bookmarks.
import { fill, h, menu, popover } from "./dom.js";
import { prompt, sure } from "./ask.js";
import { address, emojiText, mrkdwn } from "./mrkdwn.js";
import { avatar } from "./people.js";
import { excerpt } from "./messages.js";
import { act, remember, store } from "./store.js";

let sign = "";

/** drawHead draws the header and the bookmarks when they changed. */
export function drawHead(head, bar) {
  const room = store.here;
  const now = JSON.stringify([room, store.home, store.screen.pinned, store.name, store.side, store.screen.people.length, store.screen.channels.find(isApp)?.id]);
  if (now === sign) return;
  sign = now;
  fill(head, store.home ? homeHead() : room ? roomHead(room) : h("h1", {}, "No conversation"));
  const marks = store.home ? [] : room?.bookmarks ?? [];
  bar.hidden = !marks.length;
  fill(bar, marks.map((b) => {
    const a = address(b.link, (b.emoji ? emojiText(b.emoji) + " " : "🔗 ") + b.title);
    a.classList.add("bookmark");
    return a;
  }));
}

const isApp = (room) => room?.kind === "im" && room.members.includes(store.setup.bot);

function homeHead() {
  const app = store.person(store.setup.bot);
  return [h("h1", {}, avatar(app, "small"), app.real_name || app.name), tabs(), h("span", { class: "grow" }), sideButton()];
}

function tabs() {
  const dm = store.screen.channels.find(isApp);
  return h("div", { class: "tabs", role: "tablist" },
    h("a", { role: "tab", "aria-selected": String(store.home), href: "#" + store.name + "/home" }, "Home"),
    dm && h("a", { role: "tab", "aria-selected": String(!store.home), href: "#" + store.name + "/" + dm.id }, "Messages"));
}

function roomHead(room) {
  if (isApp(room)) return homeHead();
  const name = room.kind === "im" ? room.members.filter((m) => m !== store.me).map((m) => store.person(m)?.real_name).join(", ") : room.name;
  return [
    h("h1", {}, h("button", { class: "plain", type: "button", "aria-haspopup": "menu", title: "Channel menu", onclick: (e) => menu(e.currentTarget, choices(room)) },
      room.private ? "🔒 " : "# ", name, h("span", { class: "caret" }, "▾"))),
    room.archived && h("span", { class: "tag" }, "Archived"),
    h("div", { class: "topic", title: room.topic }, room.topic ? mrkdwn(room.topic) : mrkdwn(room.purpose)),
    h("span", { class: "grow" }),
    store.screen.pinned.length > 0 && h("button", { class: "chip", type: "button", id: "pins", "aria-label": store.screen.pinned.length + " pinned", onclick: (e) => popover(e.currentTarget, pinList()) }, "📌 " + store.screen.pinned.length),
    h("button", { class: "chip", type: "button", "aria-label": room.members.length + " members", onclick: (e) => popover(e.currentTarget, memberList(room)) }, "👥 " + room.members.length),
    sideButton(),
  ];
}

function sideButton() {
  if (!store.setup.panels.length && !store.side) return null;
  const open = Boolean(store.side);
  return h("button", { class: "chip", type: "button", id: "toggle-side", "aria-expanded": String(open), "aria-controls": "side", title: open ? "Hide the side panel" : "Show the side panel",
    onclick: () => { store.side = open ? "" : store.setup.panels.length ? "panel-0" : ""; remember("side", store.side); store.draw(); } }, open ? "⇥" : "⇤ " + (store.setup.panels[0]?.title ?? "Panel"));
}

function pinList() {
  const pinned = store.screen.pinned.map((ts) => store.screen.messages.find((m) => m.ts === ts)).filter(Boolean);
  return h("div", { class: "list" }, h("h2", {}, "Pinned"), pinned.map((m) => h("a", { class: "card", href: "#" + store.name + "/" + store.channel + "/" + m.ts }, excerpt(m))));
}

function memberList(room) {
  return h("div", { class: "list" }, h("h2", {}, "Members"), room.members.map((id) => {
    const them = store.person(id);
    return h("div", { class: "member" }, avatar(them, "small"), h("span", {}, them?.real_name ?? id, them?.title && h("small", {}, them.title)));
  }));
}

function choices(room) {
  if (room.archived) return [["Un-archive channel", () => act("unarchive")]];
  const list = [];
  if (!room.member) list.push(["Join channel", () => act("join")]);
  list.push(["Add a person…", async () => { const name = await prompt("Add a person", "Name, such as " + (store.screen.people[1]?.name ?? "bob"), "", "Add"); if (name) act("invite", { name }); }]);
  list.push(["Set topic…", async () => { const text = await prompt("Set the topic", "Topic", room.topic); if (text !== null) act("topic", { text }); }]);
  list.push(["Rename channel…", async () => { const name = await prompt("Rename the channel", "Name", room.name); if (name) act("rename", { name }); }]);
  if (room.member) list.push(["Leave channel", () => act("leave")]);
  if (!room.general) list.push(["Archive channel", async () => { if (await sure("Archive #" + room.name + "?", "Nobody can post in it any more, and bots are removed.", "Archive")) act("archive"); }, true]);
  return list;
}
