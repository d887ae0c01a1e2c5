// The page as a whole: where it is, and drawing it after every change.
import { closePopover, fill, h, keyed } from "./dom.js";
import { closeAsk } from "./ask.js";
import { blocks } from "./blocks.js";
import { composer } from "./composer.js";
import { valueOf } from "./elements.js";
import { drawHead } from "./head.js";
import { lines } from "./messages.js";
import { drawModal, watchModal } from "./modal.js";
import { drawRail } from "./people.js";
import { closeSide, drawSide } from "./side.js";
import { drawSidebar, readHere } from "./sidebar.js";
import { act, listen, recall, refresh, remember, store } from "./store.js";

const $ = (id) => document.getElementById(id);
let field, shown = "", jump = "";

store.draw = () => {
  if (!store.screen) return;
  document.body.classList.remove("offline");
  readHere();
  drawRail($("rail"));
  drawSidebar($("sidebar"));
  drawHead($("head"), $("bookmarks"));
  if (store.home) drawHome($("stream"));
  else drawStream($("stream"));
  $("composer").hidden = store.home;
  field.sync();
  drawSide($("side"));
  drawModal($("modal"));
  const unread = document.querySelectorAll("#sidebar .unread").length;
  document.title = (unread ? "(" + unread + ") " : "") + (store.here && !store.home ? store.here.name + " · " : "") + store.setup.title;
};

function drawStream(stream) {
  const place = store.screen.unread ? "" : store.name + "/" + store.channel;
  const moved = shown !== place;
  const atEnd = moved || stream.scrollHeight - stream.scrollTop - stream.clientHeight < 80;
  stream.classList.remove("home");
  const whispers = store.screen.ephemerals.filter((e) => !e.thread_ts).map((e) => ({ ...e, ephemeral: true }));
  const all = store.screen.messages.filter((m) => !m.thread_ts || m.thread_ts === m.ts || m.broadcast).concat(whispers).sort((a, b) => (a.ts < b.ts ? -1 : 1));
  const items = lines(all, "stream");
  if (!all.length && place) items.push({ key: "empty", sign: "", draw: () => h("p", { class: "empty" }, "Nothing here yet. Say something, or type ", h("code", {}, store.setup.command), ".") });
  keyed(stream, items, (item) => item.draw());
  if (jump && scrollTo(stream, jump)) jump = "";
  else if (atEnd) stream.scrollTop = stream.scrollHeight;
  shown = place;
}

function scrollTo(stream, ts) {
  const m = store.screen.messages.find((m) => m.ts === ts);
  const node = stream.querySelector('[data-ts="' + CSS.escape(m?.thread_ts || ts) + '"]');
  if (!node) return false;
  node.scrollIntoView({ block: "center" });
  node.classList.add("flash");
  setTimeout(() => node.classList.remove("flash"), 2000);
  return true;
}

function drawHome(stream) {
  const view = store.screen.home;
  const surface = view && {
    value: (e, b) => valueOf(view.values?.[b.block_id]?.[e.action_id]),
    use: (block, action, value) => act("click_view", { view: view.id, block, action, value }),
    entered: () => {},
  };
  stream.classList.add("home");
  keyed(stream, [{ key: "home", sign: JSON.stringify([view?.content, store.me]) }], () =>
    h("div", { class: "blocks" }, view ? blocks(view.content.blocks, surface) : h("p", { class: "empty" }, "The app has not drawn its Home yet.")));
  shown = "";
}

/** go reads the address: #person/channel/ts, or #person/home. */
function go() {
  const [name, place, ts] = decodeURIComponent(location.hash.slice(1)).split("/");
  const home = place === "home";
  const other = name !== store.name || (!home && (place ?? "") !== store.channel);
  if (other) store.thread = "";
  if (store.side === "thread" && !store.thread) store.side = recall("side", "");
  if (name && name !== store.name && !place) visit(name);
  else if (!home && place) store.channel = place;
  if (name && name !== store.name) {
    closeAsk();
    closePopover();
    store.look(name);
  }
  store.home = home;
  jump = ts ?? "";
  remember("last", { name: store.name, channel: store.channel });
  if (home) act("home");
  store.draw();
  refresh();
}

/** visit finds where somebody was when the page last looked as them. */
function visit(name) {
  places.set(store.name, store.channel);
  store.channel = places.get(name) ?? store.channel;
}
const places = new Map();

async function start() {
  store.setup = await (await fetch("api/setup")).json();
  for (const key of ["commands", "shortcuts", "panels"]) store.setup[key] ??= [];
  document.title = store.setup.title;
  field = composer(() => store.here && { key: store.name + "/" + store.channel, channel: store.channel, placeholder: placeholder(store.here), closed: store.here.archived });
  $("composer").append(field);
  store.side = recall("side", innerWidth >= 1200 && store.setup.panels.length ? "panel-0" : "");
  welcome();
  watchModal($("modal"));
  const last = recall("last", {});
  store.look(last.name || store.setup.first);
  store.channel = last.channel ?? "";
  window.addEventListener("hashchange", go);
  if (location.hash) go();
  listen();
  stayAtEnd($("stream"));
  field.querySelector("textarea").focus();
}

/** stayAtEnd keeps the newest message in sight when the space for messages changes. */
function stayAtEnd(stream) {
  let atEnd = true;
  stream.addEventListener("scroll", () => { atEnd = stream.scrollHeight - stream.scrollTop - stream.clientHeight < 80; });
  new ResizeObserver(() => { if (atEnd && !store.home) stream.scrollTop = stream.scrollHeight; }).observe(stream);
}

function placeholder(room) {
  if (room.archived) return "This channel is archived.";
  return room.kind === "im" ? "Message the app" : "Message #" + room.name + (room.member ? "" : " (joins it)");
}

function welcome() {
  if (!store.setup.intro || recall("welcomed") === store.setup.intro) return;
  const box = $("intro");
  box.hidden = false;
  const done = () => { box.hidden = true; remember("welcomed", store.setup.intro); };
  fill(box, h("span", {}, store.setup.intro), h("button", { class: "plain", type: "button", "aria-label": "Dismiss the introduction", onclick: done }, "×"));
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open]") && store.side === "thread") closeSide();
});

start();
