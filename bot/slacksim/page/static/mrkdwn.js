// Slack's mrkdwn, rich text and dates, as nodes.
import { h, link } from "./dom.js";
import { emoji, isEmoji } from "./emoji.js";
import { store } from "./store.js";

const decode = (s) => s.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

/** mrkdwn turns a text into nodes: fences, quotes, then what is inside lines. */
export function mrkdwn(text) {
  const nodes = [];
  text.split(/```\n?([\s\S]*?)\n?```/).forEach((piece, i) => {
    if (i % 2) nodes.push(h("pre", {}, decode(piece)));
    else if (piece) nodes.push(...quotes(piece));
  });
  return nodes;
}

function quotes(text) {
  const nodes = [];
  let plain = [], quoted = [];
  const flush = () => {
    if (quoted.length) nodes.push(h("blockquote", {}, inline(quoted.join("\n"))));
    if (plain.length) nodes.push(...inline(plain.join("\n")));
    plain = [], quoted = [];
  };
  for (const line of text.split("\n")) {
    const quote = line.match(/^(?:&gt;|>)\s?(.*)$/);
    if (quote) {
      if (plain.length) flush();
      quoted.push(quote[1]);
    } else {
      if (quoted.length) flush();
      plain.push(line);
    }
  }
  flush();
  return nodes;
}

// A mark beside a space, also one without width, is no mark.
const span = new RegExp([
  "<([^<>\\n]+)>", "`([^`\\n]+)`", ":([a-z0-9_+'-]+(?:::[a-z0-9-]+)?):",
  "(?<![\\p{L}\\p{N}*])\\*(?=[^\\s\\u200b*])([^*\\n]*[^\\s\\u200b*])\\*(?![\\p{L}\\p{N}*])",
  "(?<![\\p{L}\\p{N}_])_(?=[^\\s\\u200b_])([^\\n]*?[^\\s\\u200b_])_(?![\\p{L}\\p{N}_])",
  "(?<![\\p{L}\\p{N}~])~(?=[^\\s\\u200b~])([^~\\n]*[^\\s\\u200b~])~(?![\\p{L}\\p{N}~])",
  "(https?://[^\\s<>|]*[^\\s<>|.,;:!?)'\"\\]])", "(\\n)",
].join("|"), "gu");

/** inline turns text without fences and quotes into nodes. */
export function inline(text) {
  const nodes = [];
  let at = 0;
  for (const m of text.matchAll(span)) {
    if (m.index < at) continue;
    if (m.index > at) nodes.push(decode(text.slice(at, m.index)));
    nodes.push(piece(m));
    at = m.index + m[0].length;
  }
  if (at < text.length) nodes.push(decode(text.slice(at)));
  return nodes;
}

function piece([all, token, code, face, bold, italic, strike, bare, newline]) {
  if (token !== undefined) return tokenNode(token);
  if (code !== undefined) return h("code", {}, decode(code));
  if (face !== undefined) return isEmoji(face) ? picture(face) : all;
  if (bold !== undefined) return h("b", {}, inline(bold));
  if (italic !== undefined) return h("i", {}, inline(italic));
  if (strike !== undefined) return h("s", {}, inline(strike));
  if (bare !== undefined) return address(decode(bare), decode(bare));
  if (newline) return h("br");
  return all;
}

const picture = (name) => h("span", { class: "emoji", title: ":" + name + ":", role: "img", "aria-label": name }, emoji(name));

/** emojiText is plain text with its :names: as emoji. */
export function emojiText(text) {
  return text.replace(/:([a-z0-9_+'-]+):/g, (all, name) => (isEmoji(name) ? emoji(name) : all));
}

function tokenNode(token) {
  const bar = token.indexOf("|");
  const target = bar < 0 ? token : token.slice(0, bar);
  const label = bar < 0 ? "" : token.slice(bar + 1);
  if (/^@[UWB][A-Z0-9]+$/.test(target)) return person(target.slice(1), label);
  if (/^#[CGD][A-Z0-9]+$/.test(target)) return channel(target.slice(1), label);
  if (target.startsWith("!date^")) return date(target, decode(label));
  if (target.startsWith("!subteam^")) return h("span", { class: "mention" }, decode(label || "@group"));
  if (/^!(here|channel|everyone)$/.test(target)) return h("span", { class: "mention wide" }, "@" + target.slice(1));
  if (/^(https?:\/\/|mailto:)/i.test(target)) return address(decode(target), emojiText(decode(label || target.replace(/^mailto:/, ""))));
  return decode("<" + token + ">");
}

/** person is a mention of somebody. */
export function person(id, label) {
  const them = store.person(id);
  const name = them ? them.real_name || them.name : label || id;
  return h("span", { class: "mention" + (id === store.me ? " me" : ""), title: them ? "@" + them.name + (them.title ? ", " + them.title : "") : "" }, "@" + name);
}

/** channel is a mention of a channel, which leads there. */
export function channel(id, label) {
  const room = store.room(id);
  const name = room?.name || label;
  if (!room) return h("span", { class: "mention" }, name ? "#" + name : "🔒 a private channel");
  return h("a", { class: "mention", href: "#" + store.name + "/" + id }, (room.private ? "🔒" : "#") + name);
}

/** address is a link; one to a message or channel of this workspace stays on the page. */
export function address(url, ...content) {
  const inside = url.match(/^https?:\/\/[^/]*slack\.com\/(?:archives|app_redirect\?channel=)\/?([CGD][A-Z0-9]+)(?:\/p(\d{10})(\d{6}))?/);
  if (inside && store.room(inside[1])) {
    const to = "#" + store.name + "/" + inside[1] + (inside[2] ? "/" + inside[2] + "." + inside[3] : "");
    return h("a", { href: to }, ...content);
  }
  return link(url, ...content);
}

/** when prints a time for the person who is looking, in their zone. */
export function when(seconds, options) {
  return new Intl.DateTimeFormat("en-GB", { timeZone: store.zone, ...options }).format(new Date(seconds * 1000));
}

const clock = { hour: "2-digit", minute: "2-digit" };
export const time = (seconds) => when(seconds, clock);
export const fullTime = (seconds) => when(seconds, { dateStyle: "full", timeStyle: "long" });

/** day names a day: Today, Yesterday, or its date. */
export function day(seconds, long = true) {
  const name = (s) => when(s, { dateStyle: "short" });
  const now = Date.now() / 1000;
  if (name(seconds) === name(now)) return "Today";
  if (name(seconds) === name(now - 86400)) return "Yesterday";
  if (name(seconds) === name(now + 86400)) return "Tomorrow";
  return when(seconds, long ? { weekday: "long", day: "numeric", month: "long" } : { day: "numeric", month: "short", year: "numeric" });
}

const pretty = (s, options) => (/^(Today|Yesterday|Tomorrow)$/.test(day(s)) ? day(s).toLowerCase() : when(s, options));
const short = { day: "numeric", month: "short", year: "numeric" };
const middle = { day: "numeric", month: "long", year: "numeric" };
const long = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
const formats = {
  date_num: (s) => new Date(s * 1000).toISOString().slice(0, 10), date_slash: (s) => when(s, { dateStyle: "short" }),
  date: (s) => when(s, middle), date_short: (s) => when(s, short), date_long: (s) => when(s, long),
  date_pretty: (s) => pretty(s, middle), date_short_pretty: (s) => pretty(s, short), date_long_pretty: (s) => pretty(s, long),
  time: (s) => when(s, clock), time_secs: (s) => when(s, { ...clock, second: "2-digit" }), ago,
};

export function ago(seconds) {
  const past = Date.now() / 1000 - seconds;
  const size = Math.abs(past);
  const [n, unit] = size < 60 ? [Math.round(size), "second"] : size < 3600 ? [Math.round(size / 60), "minute"]
    : size < 86400 ? [Math.round(size / 3600), "hour"] : [Math.round(size / 86400), "day"];
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(past > 0 ? -n : n, unit);
}

export function formatDate(seconds, format) {
  const text = format.replace(/\{(\w+)\}/g, (all, name) => formats[name]?.(seconds) ?? all);
  return text.charAt(0).toUpperCase() + text.slice(1) === text || !/^\{date\w*_pretty\}/.test(format) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

function date(target, fallback) {
  const [, seconds, format, url] = target.split("^");
  if (!/^\d+$/.test(seconds) || !format) return fallback;
  const node = h("time", { title: fullTime(+seconds), dateTime: new Date(seconds * 1000).toISOString() }, formatDate(+seconds, decode(format)));
  return url ? link(url, node) : node;
}
