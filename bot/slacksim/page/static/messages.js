// Messages: grouped by who wrote them, with marks, tools and threads.
import { h, link, menu, popover, safeURL } from "./dom.js";
import { blocks } from "./blocks.js";
import { prompt, sure } from "./ask.js";
import { emoji, quick, search } from "./emoji.js";
import { ago, day, fullTime, mrkdwn, time } from "./mrkdwn.js";
import { act, store } from "./store.js";
import { avatar } from "./people.js";

const groupFor = 5 * 60; // seconds within which messages of one author stand together
const dismissed = new Set(); // ephemeral messages somebody has waved away

/** lines are the items of a list of messages: dates, messages, in order. */
export function lines(messages, pane) {
  const items = [];
  let before = null;
  for (const m of messages.filter((m) => !dismissed.has(m.ts))) {
    const today = day(+m.ts);
    if (pane === "stream" && (!before || day(+before.ts) !== today)) {
      items.push({ key: "day-" + today, sign: today, draw: () => h("div", { class: "day", role: "separator" }, h("span", {}, today)) });
      before = null;
    }
    const joined = before && sameAuthor(before, m) && m.ts - before.ts < groupFor && !m.subtype && !before.subtype && !m.ephemeral && !before.ephemeral && !pins().includes(m.ts);
    const thread = pane === "stream" ? repliesTo(m) : [];
    const pinned = pins().includes(m.ts);
    const sign = JSON.stringify([m, joined, pinned, thread.map((r) => r.ts + r.user), names(), store.me, store.here?.archived, m.files?.map((f) => store.screen.files[f])]);
    items.push({ key: m.ts, sign, draw: () => draw(m, { joined, pinned, thread, pane }) });
    before = m;
  }
  return items;
}

const pins = () => store.screen.pinned;
const names = () => store.screen.people.map((p) => p.real_name).join();
const sameAuthor = (a, b) => a.user === b.user && a.username === b.username && a.icon_emoji === b.icon_emoji;

/** repliesTo are the replies in a message's thread. */
export const repliesTo = (m) => store.screen.messages.filter((r) => r.thread_ts === m.ts && r.ts !== m.ts);

const noise = /^(channel|group)_(join|leave|topic|purpose|name|archive|unarchive)$/;

function draw(m, { joined, pinned, thread, pane }) {
  const author = store.person(m.user);
  const name = m.username || author?.real_name || author?.name || m.user;
  const quiet = noise.test(m.subtype ?? "");
  const node = h("article", {
    class: "message" + (joined ? " joined" : "") + (m.ephemeral ? " ephemeral" : "") + (pinned ? " pinned" : "") + (quiet ? " quiet" : ""),
    "data-ts": m.ts, tabindex: "-1", "aria-label": name + " at " + time(+m.ts),
  },
    m.ephemeral && h("div", { class: "note" }, "👁 Only visible to you ", h("button", { class: "plain", type: "button", onclick: () => { dismissed.add(m.ts); store.draw(); } }, "Dismiss")),
    pinned && h("div", { class: "note" }, "📌 Pinned"),
    h("div", { class: "gutter" }, quiet ? avatar(author, "tiny") : joined ? h("time", { title: fullTime(+m.ts) }, time(+m.ts)) : face(m, author)),
    h("div", { class: "body" },
      !joined && !quiet && h("div", { class: "by" }, h("b", {}, name), author?.bot && h("span", { class: "app" }, "APP"), h("time", { title: fullTime(+m.ts) }, time(+m.ts)), !typed(m) && edited(m)),
      content(m), quiet && h("time", { title: fullTime(+m.ts) }, time(+m.ts)), files(m), marks(m), thread.length > 0 && threadLink(m, thread)),
    !m.ephemeral && tools(m, pane));
  return node;
}

function face(m, author) {
  if (m.icon_emoji) return h("span", { class: "avatar emoji" }, emoji(m.icon_emoji.replaceAll(":", "")));
  if (m.icon_url && safeURL(m.icon_url)) return h("img", { class: "avatar", src: safeURL(m.icon_url), alt: "", referrerPolicy: "no-referrer" });
  return avatar(author);
}

/** content is what the message says. What people typed is read as they typed it. */
function content(m) {
  const surface = { use: (block, action, value) => act("click", { ts: m.ts, block, action, value }) };
  return [
    typed(m) ? m.text && h("div", { class: "text" + (loneEmoji(m.text) ? " jumbo" : "") }, mrkdwn(m.text), edited(m)) : h("div", { class: "blocks" }, blocks(m.blocks, surface)),
    (m.attachments ?? []).map((a) => attachment(a, surface)),
  ];
}

const typed = (m) => m.client_msg_id || !m.blocks?.length;
const edited = (m) => m.edited_ts && h("small", { class: "edited", title: fullTime(+m.edited_ts) }, " (edited)");
const loneEmoji = (text) => /^(\s*:[a-z0-9_+-]+:\s*){1,3}$/.test(text);

function attachment(a, surface) {
  const node = h("div", { class: "attachment" },
    a.pretext && h("div", {}, mrkdwn(a.pretext)),
    a.author_name && h("small", {}, a.author_name),
    a.title && h("b", {}, a.title_link ? link(a.title_link, a.title) : a.title),
    a.text && h("div", { class: "text" }, mrkdwn(a.text)),
    a.fields && h("div", { class: "fields" }, a.fields.map((f) => h("div", {}, h("b", {}, f.title), h("div", {}, mrkdwn(String(f.value ?? "")))))),
    blocks(a.blocks, surface),
    !a.text && !a.blocks && !a.title && a.fallback,
    a.footer && h("small", {}, a.footer));
  const colour = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" }[a.color] ?? (/^#?[0-9a-f]{6}$/i.test(a.color ?? "") ? "#" + a.color.replace("#", "") : "");
  if (colour) node.style.borderLeftColor = colour;
  return node;
}

function files(m) {
  return (m.files ?? []).map((id) => {
    const f = store.screen.files[id];
    if (!f) return h("div", { class: "file gone" }, "🗑 This file was deleted.");
    return h("a", { class: "file", href: "api/files/" + encodeURIComponent(id), download: f.name }, h("span", { class: "icon" }, "📄"), h("span", {}, h("b", {}, f.name), h("small", {}, size(f.size))));
  });
}

const size = (bytes) => (bytes < 1024 ? bytes + " bytes" : bytes < 1 << 20 ? Math.round(bytes / 1024) + " KB" : (bytes / (1 << 20)).toFixed(1) + " MB");

function marks(m) {
  if (!m.reactions?.length) return null;
  return h("div", { class: "reactions" }, m.reactions.map((r) => {
    const mine = r.users.includes(store.me);
    const who = r.users.map((u) => (u === store.me ? "You" : store.person(u)?.real_name ?? u)).join(", ");
    return h("button", {
      class: "reaction" + (mine ? " mine" : ""), type: "button", "aria-pressed": String(mine), title: who + " reacted with :" + r.name + ":",
      "aria-label": r.name + ", " + r.users.length, onclick: () => react(m, r.name),
    }, h("span", { class: "emoji" }, emoji(r.name)), " ", h("span", { class: "count" }, r.users.length));
  }), h("button", { class: "reaction add", type: "button", "aria-label": "Add a reaction", onclick: (e) => pickEmoji(e.currentTarget, (name) => react(m, name)) }, "☺+"));
}

function react(m, name) {
  const mine = m.reactions?.some((r) => r.name === name && r.users.includes(store.me));
  return act(mine ? "unreact" : "react", { ts: m.ts, emoji: name });
}

/** pickEmoji lets somebody search for an emoji. */
export function pickEmoji(anchor, chosen) {
  const grid = h("div", { class: "grid" });
  const list = (typed) => grid.replaceChildren(...search(typed).slice(0, 72).map((name) =>
    h("button", { type: "button", title: ":" + name + ":", "aria-label": name, onclick: () => { popover(anchor, ""); chosen(name); } }, emoji(name))));
  list("");
  popover(anchor, h("div", { class: "emojis" }, h("input", { class: "control", placeholder: "Search emoji", "aria-label": "Search emoji", oninput: (e) => list(e.target.value.trim().toLowerCase()),
    onkeydown: (e) => { if (e.key === "Enter") grid.querySelector("button")?.click(); } }), grid));
  document.querySelector("#popover input")?.focus();
}

function threadLink(m, thread) {
  const users = [...new Set(thread.map((r) => r.user))].slice(0, 4);
  return h("button", { class: "replies", type: "button", onclick: () => openThread(m.ts) }, users.map((u) => avatar(store.person(u), "tiny")),
    h("b", {}, thread.length === 1 ? "1 reply" : thread.length + " replies"), h("small", {}, "Last reply " + ago(+thread.at(-1).ts)));
}

/** openThread shows a message with its replies beside the conversation. */
export function openThread(ts) {
  store.thread = ts;
  store.side = "thread";
  store.draw();
  document.querySelector("#side textarea")?.focus();
}

const titles = { pushpin: "Pin to the timeline", star: "Key event", ballot_box_with_check: "Action item", mega: "Update" };

function tools(m, pane) {
  if (store.here?.archived) return null;
  return h("div", { class: "tools", role: "toolbar", "aria-label": "Message actions" },
    quick.map((name) => h("button", { type: "button", title: titles[name] + ": react with :" + name + ":", "aria-label": "React with " + name, "data-emoji": name, onclick: () => react(m, name) }, emoji(name))),
    h("button", { type: "button", title: "Add a reaction", "aria-label": "Add a reaction", onclick: (e) => pickEmoji(e.currentTarget, (name) => react(m, name)) }, "☺"),
    pane === "stream" && h("button", { type: "button", title: "Reply in thread", "aria-label": "Reply in thread", onclick: () => openThread(m.thread_ts || m.ts) }, "💬"),
    h("button", { type: "button", title: "More", "aria-label": "More actions", "aria-haspopup": "menu", onclick: (e) => menu(e.currentTarget, choices(m)) }, "⋮"));
}

function choices(m) {
  const pinned = pins().includes(m.ts);
  const mine = m.user === store.me;
  const list = store.setup.shortcuts.filter((s) => s.on_message).map((s) => ["⚡ " + s.name, () => act("message_shortcut", { callback: s.callback, ts: m.ts })]);
  list.push([pinned ? "Unpin from channel" : "Pin to channel", () => act(pinned ? "unpin" : "pin", { ts: m.ts })]);
  if (mine && m.client_msg_id) list.push(["Edit message", () => edit(m)]);
  if (mine) list.push(["Delete message", async () => { if (await sure("Delete this message?", "It is gone for everybody.", "Delete")) act("delete", { ts: m.ts }); }, true]);
  return list;
}

async function edit(m) {
  const shown = m.text.replace(/<@([A-Z0-9]+)>/g, (all, id) => "@" + (store.person(id)?.name ?? id)).replace(/<#([A-Z0-9]+)(\|[^>]*)?>/g, (all, id) => "#" + (store.room(id)?.name ?? id));
  const text = await prompt("Edit message", "Message", shown);
  if (text) act("edit", { ts: m.ts, text });
}

/** excerpt is the beginning of a message, for lists. */
export function excerpt(m) {
  const author = store.person(m.user);
  return [h("b", {}, author?.real_name ?? m.user), " ", h("small", {}, day(+m.ts, false) + " " + time(+m.ts)), h("div", { class: "text" }, mrkdwn(m.text.slice(0, 300)))];
}
