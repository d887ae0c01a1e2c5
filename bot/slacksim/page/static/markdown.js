// Standard Markdown as apps use it in markdown blocks, as nodes.
import { h } from "./dom.js";
import { address, emojiText, person } from "./mrkdwn.js";

/** markdown draws headings, lists, quotes, fences, rules and paragraphs. */
export function markdown(source) {
  const nodes = [];
  const lines = source.split("\n");
  while (lines.length) nodes.push(...take(lines));
  return nodes;
}

function take(lines) {
  const line = lines.shift();
  const heading = line.match(/^(#{1,6})\s+(.*)$/);
  if (heading) return [h("h" + Math.min(6, heading[1].length + 2), {}, words(heading[2]))];
  if (/^```/.test(line)) {
    const code = run(lines, (l) => !/^```/.test(l));
    lines.shift();
    return [h("pre", {}, code.join("\n"))];
  }
  if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) return [h("hr")];
  if (/^>\s?/.test(line)) return [h("blockquote", {}, markdown([line, ...run(lines, (l) => /^>/.test(l))].map((l) => l.replace(/^>\s?/, "")).join("\n")))];
  const bullet = /^\s*[-*+]\s+/, number = /^\s*\d+[.)]\s+/;
  for (const [tag, mark] of [["ul", bullet], ["ol", number]]) {
    if (mark.test(line)) return [h(tag, {}, [line, ...run(lines, (l) => mark.test(l))].map((l) => h("li", {}, words(l.replace(mark, "")))))];
  }
  if (/^\s*\|.*\|\s*$/.test(line)) return [grid([line, ...run(lines, (l) => /^\s*\|/.test(l))])];
  if (!line.trim()) return [];
  const paragraph = [line, ...run(lines, (l) => l.trim() && !/^(#|```|>|\s*[-*+]\s|\s*\d+[.)]\s|\s*\|)/.test(l))];
  return [h("p", {}, paragraph.flatMap((l, i) => (i ? [h("br"), words(l)] : [words(l)])))];
}

function run(lines, fits) {
  const end = lines.findIndex((l) => !fits(l));
  return lines.splice(0, end < 0 ? lines.length : end);
}

function grid(lines) {
  const cells = (l) => l.trim().replace(/^\||\|$/g, "").split("|").map((c) => c.trim());
  const rows = lines.filter((l) => !/^\s*\|[\s:|-]+\|?\s*$/.test(l)).map(cells);
  return h("table", {}, rows.map((row, i) => h("tr", {}, row.map((cell) => h(i ? "td" : "th", {}, words(cell))))));
}

const span = /`([^`]+)`|\*\*(.+?)\*\*|\*([^*\s][^*]*)\*|(?<![\w])_([^_]+)_(?![\w])|~~(.+?)~~|\[([^\]]+)\]\(([^)\s]+)\)|<@([UW][A-Z0-9]+)>|(https?:\/\/[^\s<>)]+)/g;

function words(text) {
  const nodes = [];
  let at = 0;
  for (const m of text.matchAll(span)) {
    nodes.push(plain(text.slice(at, m.index)), mark(m));
    at = m.index + m[0].length;
  }
  nodes.push(plain(text.slice(at)));
  return nodes;
}

const plain = (s) => emojiText(s.replace(/\\([\\`*_{}[\]()#+\-.!|<>~])/g, "$1"));

function mark([, code, strong, star, under, strike, label, url, who, bare]) {
  if (code) return h("code", {}, code);
  if (strong) return h("b", {}, words(strong));
  if (star || under) return h("i", {}, words(star || under));
  if (strike) return h("s", {}, words(strike));
  if (label) return address(url, words(label));
  if (who) return person(who);
  return address(bare, bare);
}
