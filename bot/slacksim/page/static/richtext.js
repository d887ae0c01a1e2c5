// Slack's rich_text blocks as nodes.
import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { address, channel, formatDate, fullTime, person } from "./mrkdwn.js";

/** richText draws a rich_text block or a cell of one. */
export function richText(block) {
  return (block.elements ?? []).map((part) => (parts[part.type] ?? parts.rich_text_section)(part));
}

const inside = (part) => (part.elements ?? []).map(leaf);

const parts = {
  rich_text_section: (p) => h("span", { class: "rich" }, inside(p)),
  rich_text_quote: (p) => h("blockquote", {}, inside(p)),
  rich_text_preformatted: (p) => h("pre", {}, inside(p)),
  rich_text_list: (p) => h(p.style === "ordered" ? "ol" : "ul", { class: "indent-" + Math.min(p.indent ?? 0, 5), start: p.style === "ordered" ? (p.offset ?? 0) + 1 : undefined },
    (p.elements ?? []).map((item) => h("li", {}, inside(item)))),
};

function leaf(e) {
  const s = e.style ?? {};
  let node = (leaves[e.type] ?? (() => e.text ?? ""))(e);
  for (const [key, tag] of [["code", "code"], ["strike", "s"], ["italic", "i"], ["bold", "b"], ["underline", "u"]]) {
    if (s[key]) node = h(tag, {}, node);
  }
  return node;
}

const leaves = {
  text: (e) => lines(e.text ?? ""),
  link: (e) => address(e.url ?? "", e.text || e.url),
  user: (e) => person(e.user_id),
  channel: (e) => channel(e.channel_id),
  usergroup: () => h("span", { class: "mention" }, "@group"),
  broadcast: (e) => h("span", { class: "mention wide" }, "@" + e.range),
  emoji: (e) => h("span", { class: "emoji", title: ":" + e.name + ":" }, emoji(e.name)),
  date: (e) => h("time", { title: fullTime(e.timestamp) }, formatDate(e.timestamp, e.format ?? "{date_short_pretty} {time}")),
  color: (e) => h("code", {}, e.value),
};

function lines(words) {
  return words.split("\n").flatMap((line, i) => (i ? [h("br"), line] : [line]));
}
