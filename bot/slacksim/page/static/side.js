// What stands beside the conversation: a thread, or one of the panels.
import { h, keyed } from "./dom.js";
import { composer } from "./composer.js";
import { lines, repliesTo } from "./messages.js";
import { remember, store } from "./store.js";

const frames = new Map(); // a panel's frame is made once, so that it keeps its place
let list, field, panes;

/** drawSide draws the tabs and what is chosen. */
export function drawSide(side) {
  if (!panes) build(side);
  const thread = store.thread && store.screen.messages.find((m) => m.ts === store.thread);
  if (store.side === "thread" && !thread) store.side = recalled();
  document.body.classList.toggle("with-side", Boolean(store.side));
  side.hidden = !store.side;
  if (!store.side) return;
  keyed(side.firstChild, tabs(thread), (item) => item.draw());
  for (const pane of panes.children) pane.hidden = pane.id !== "pane-" + store.side;
  if (store.side === "thread") drawThread(thread);
  else frame(store.side);
}

const recalled = () => (store.setup.panels.length ? "panel-0" : "");

function build(side) {
  list = h("div", { class: "replies-list", role: "log", "aria-label": "Thread", tabindex: "0" });
  field = composer(() => store.here && { key: store.name + "/" + store.channel + "/" + store.thread, channel: store.channel, thread: store.thread, placeholder: "Reply…", closed: store.here.archived });
  panes = h("div", { class: "panes" }, h("div", { class: "pane thread", id: "pane-thread", role: "tabpanel" }, list, field));
  side.append(h("div", { class: "side-head", role: "tablist" }), panes);
}

function tabs(thread) {
  const all = store.setup.panels.map((p, i) => ["panel-" + i, p.title]);
  if (thread) all.unshift(["thread", "Thread"]);
  const items = all.map(([id, title]) => ({ key: id, sign: title + (store.side === id), draw: () =>
    h("button", { type: "button", role: "tab", "aria-selected": String(store.side === id), "aria-controls": "pane-" + id, onclick: () => { store.side = id; remember("side", id); reload(id); store.draw(); } }, title) }));
  items.push({ key: "grow", sign: "", draw: () => h("span", { class: "grow" }) });
  if (store.side !== "thread") items.push({ key: "reload", sign: "", draw: () => h("button", { class: "chip", type: "button", title: "Reload the panel", "aria-label": "Reload the panel", onclick: () => reload(store.side) }, "↻") });
  items.push({ key: "close", sign: "", draw: () => h("button", { class: "chip", type: "button", title: "Close the side panel", "aria-label": "Close the side panel", onclick: closeSide }, "×") });
  return items;
}

/** closeSide hides the side; a thread in it is left. */
export function closeSide() {
  if (store.side === "thread") {
    store.thread = "";
    store.side = store.sideBefore ?? "";
  } else {
    store.side = "";
    remember("side", "");
  }
  store.draw();
  document.querySelector("#composer textarea")?.focus();
}

function frame(id) {
  if (frames.has(id)) return;
  const panel = store.setup.panels[+id.slice(6)];
  if (!panel) return;
  const node = h("iframe", { class: "pane", id: "pane-" + id, title: panel.title, src: panel.url });
  frames.set(id, node);
  panes.append(node);
}

function reload(id) {
  const panel = store.setup.panels[+id.slice(6)];
  if (frames.has(id) && panel) frames.get(id).src = panel.url;
}

function drawThread(root) {
  const messages = [root, ...repliesTo(root), ...store.screen.ephemerals.filter((e) => e.thread_ts === root.ts).map((e) => ({ ...e, ephemeral: true }))];
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  keyed(list, lines(messages, "thread"), (item) => item.draw());
  if (atEnd || list.of !== root.ts) list.scrollTop = list.scrollHeight;
  list.of = root.ts;
  field.sync();
}
