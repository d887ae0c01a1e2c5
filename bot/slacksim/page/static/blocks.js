// Block Kit as nodes. A surface says what its elements do:
//   use(block, action, value): somebody used an element
//   value(element, block): what it shows, undefined for its initial value
//   entered(block, value): somebody changed an input; only in modals
//   errors: what is wrong with inputs, by block id
import { h, link, safeURL } from "./dom.js";
import { control } from "./elements.js";
import { markdown } from "./markdown.js";
import { emojiText, mrkdwn } from "./mrkdwn.js";
import { richText } from "./richtext.js";

/** text draws a text object. */
export function text(object) {
  if (!object) return [];
  if (typeof object === "string") return [emojiText(object)];
  return object.type === "mrkdwn" ? mrkdwn(object.text ?? "") : [emojiText(object.text ?? "")];
}

/** blocks draws a list of blocks. */
export function blocks(list, surface) {
  return (list ?? []).map((block) => {
    const draw = table[block.type];
    const node = draw ? draw(block, surface) : h("div", { class: "unknown" }, "A “" + block.type + "” block is not shown here.");
    node.dataset.block = block.block_id ?? "";
    return node;
  });
}

const table = {
  header: (b) => h("h3", { class: "block header" }, text(b.text)),
  divider: () => h("hr", { class: "block" }),
  rich_text: (b) => h("div", { class: "block" }, richText(b)),
  markdown: (b) => h("div", { class: "block markdown" }, markdown(b.text ?? "")),
  section: (b, surface) => h("div", { class: "block section" + (b.accessory ? " split" : "") },
    h("div", { class: "words" },
      b.text && h("div", { class: "text" }, text(b.text)),
      b.fields && h("div", { class: "fields" }, b.fields.map((f) => h("div", {}, text(f))))),
    b.accessory && control(b.accessory, b, surface)),
  context: (b) => h("div", { class: "block context" }, (b.elements ?? []).map((e) => (e.type === "image" ? image(e, "tiny") : h("span", {}, text(e))))),
  actions: row,
  context_actions: row,
  image: (b) => h("figure", { class: "block" }, b.title && h("figcaption", {}, text(b.title)), image(b, "large")),
  video: (b) => h("div", { class: "block" }, link(b.title_url || b.video_url || "", text(b.title), " ▶")),
  file: () => h("div", { class: "block context" }, "📄 A file from elsewhere"),
  input,
  table: (b) => h("table", { class: "block" }, (b.rows ?? []).map((cells) =>
    h("tr", {}, cells.map((cell) => h("td", {}, cell.type === "rich_text" ? richText(cell) : text(cell)))))),
};

function row(b, surface) {
  return h("div", { class: "block actions" }, (b.elements ?? []).map((e) => control(e, b, surface)));
}

let inputs = 0;

function input(b, surface) {
  const id = "input-" + ++inputs;
  const wrong = surface.errors?.[b.block_id];
  const node = control(b.element, b, { ...surface, inInput: true, dispatch: b.dispatch_action });
  const field = node.matches("input, textarea, select") ? node : null;
  const hint = h("p", { class: "hint", id: id + "-hint" }, text(b.hint));
  const error = h("p", { class: "error", id: id + "-error", role: "alert" }, wrong ?? "");
  (field ?? node).setAttribute("aria-describedby", id + "-error " + id + "-hint");
  if (wrong) (field ?? node).setAttribute("aria-invalid", "true");
  if (field) field.id = id;
  else node.setAttribute("aria-labelledby", id + "-label");
  return h("div", { class: "block input" + (wrong ? " wrong" : "") },
    h("label", { htmlFor: id, id: id + "-label" }, text(b.label), b.optional && h("small", {}, " (optional)")), node, error, b.hint && hint);
}

/** image draws a picture from the web. */
export function image(e, size) {
  const src = safeURL(e.image_url ?? e.slack_file?.url ?? "");
  return src ? h("img", { class: size, src, alt: e.alt_text ?? "", loading: "lazy", referrerPolicy: "no-referrer" }) : h("span", {}, e.alt_text ?? "");
}
