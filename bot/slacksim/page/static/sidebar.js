// The list of conversations.
import { h, keyed } from "./dom.js";
import { prompt } from "./ask.js";
import { avatar } from "./people.js";
import { act, recall, remember, store } from "./store.js";

/** seen keeps how far each person has read. The first look counts as having read all. */
const seen = recall("seen", {});

function markOf(id) {
  const mine = (seen[store.name] ??= Object.fromEntries(store.screen.channels.map((c) => [c.id, c.latest])));
  return mine[id] ?? "";
}

/** readHere notes that the open channel has been read to its end. */
export function readHere() {
  const room = store.here;
  if (!room || store.home || document.hidden) return;
  const newest = store.screen.messages.at(-1)?.ts ?? "";
  const last = [room.latest, newest, store.screen.ephemerals.at(-1)?.ts ?? ""].sort().at(-1);
  if (markOf(room.id) < last) {
    seen[store.name][room.id] = last;
    remember("seen", seen);
  }
}

const unread = (c) => c.member && c.latest > markOf(c.id);
const badge = (c) => (c.member ? c.mentions.filter((ts) => ts > markOf(c.id)).length : 0);

/** drawSidebar draws the list anew where it changed. */
export function drawSidebar(bar) {
  const all = store.screen.channels;
  const byName = (a, b) => a.name.localeCompare(b.name);
  const open = all.filter((c) => c.kind !== "im" && !c.archived);
  const items = [{ key: "team", sign: looking(), draw: team }];
  group(items, "Channels", open.filter((c) => c.member).sort(byName), true);
  group(items, "Not joined", open.filter((c) => !c.member).sort(byName));
  group(items, "Direct messages", all.filter((c) => c.kind === "im" && !c.members.includes(store.setup.bot)));
  const app = store.person(store.setup.bot);
  const dm = all.find((c) => c.kind === "im" && c.members.includes(store.setup.bot));
  items.push({ key: "apps", sign: "", draw: () => h("h2", {}, "Apps") });
  const current = store.home || (dm && dm.id === store.channel);
  items.push({ key: "app", sign: JSON.stringify([app, current, dm && unread(dm), store.name]), draw: () =>
    h("a", { class: "room" + (current ? " current" : "") + (dm && unread(dm) ? " unread" : ""), href: "#" + store.name + "/home", "aria-current": current ? "page" : undefined },
      avatar(app, "tiny"), h("span", { class: "name" }, app.real_name || app.name)) });
  group(items, "Archived", all.filter((c) => c.archived).sort(byName));
  keyed(bar, items, (item) => item.draw());
}

function group(items, title, rooms, always) {
  if (!rooms.length && !always) return;
  items.push({ key: "group-" + title, sign: title, draw: () => h("h2", {}, title, always && h("button", { type: "button", title: "Create a channel", "aria-label": "Create a channel", onclick: create }, "+")) });
  for (const c of rooms) {
    const current = !store.home && c.id === store.channel;
    const sign = JSON.stringify([c.name, c.private, c.member, current, unread(c), badge(c), c.archived, store.name]);
    items.push({ key: c.id, sign, draw: () => entry(c, current) });
  }
}

function entry(c, current) {
  const name = c.kind === "im" ? c.members.filter((m) => m !== store.me).map((m) => store.person(m)?.real_name ?? m).join(", ") : c.name;
  const count = badge(c);
  return h("a", {
    class: "room" + (current ? " current" : "") + (unread(c) ? " unread" : "") + (c.member ? "" : " other"), href: "#" + store.name + "/" + c.id,
    "aria-current": current ? "page" : undefined, "data-channel": c.name, "aria-label": (c.private ? "Private channel " : "Channel ") + name + (unread(c) ? ", unread" : ""),
  }, h("span", { class: "sign" }, c.kind === "im" ? "@" : c.private ? "🔒" : "#"), h("span", { class: "name", title: name }, name), count > 0 && h("span", { class: "badge" }, count));
}

const looking = () => "as " + (store.person(store.me)?.real_name ?? store.name);
const team = () => h("div", { class: "team" }, h("b", {}, store.setup.title), h("small", {}, looking()));

async function create() {
  const name = await prompt("Create a channel", "Name, such as team-payments", "", "Create");
  if (!name) return;
  const by = store.name;
  const made = await act("create", { name: name.replace(/^#/, "") });
  if (made?.channel && by === store.name) location.hash = by + "/" + made.channel;
}
