// The elements of blocks that people can use.
import { h, menu, safeURL } from "./dom.js";
import { text, image } from "./blocks.js";
import { confirm } from "./ask.js";
import { emojiText } from "./mrkdwn.js";
import { act, store } from "./store.js";
import { local, toEpoch } from "./zone.js";

/** control draws one element of a block on a surface. */
export function control(e, block, surface) {
  if (!e) return h("span");
  if (e.type === "image") return image(e, "thumb");
  if (e.type === "button" || e.type === "workflow_button") return button(e, block, surface);
  if (e.type === "overflow") return overflow(e, block, surface);
  const draw = fields[e.type];
  if (!draw) return h("span", { class: "unknown" }, "A “" + e.type + "” is not shown here.");
  const node = draw(e, surface.value?.(e, block) ?? initial(e), (value, done = true) => changed(e, block, surface, value, done), block);
  if (!surface.inInput) node.setAttribute("aria-label", said(e.placeholder) || e.action_id || e.type);
  node.dataset.action = e.action_id ?? "";
  return node;
}

const said = (object) => emojiText(object?.text ?? "");

/** initial is the value an element brings along. */
function initial(e) {
  if (e.initial_options) return e.initial_options.map((o) => o.value);
  if (e.initial_option) return e.initial_option.value;
  for (const [key, value] of Object.entries(e)) if (key.startsWith("initial_") && typeof value !== "object") return String(value);
  return e.initial_users ?? e.initial_channels ?? e.initial_conversations;
}

/** valueOf reads a state as Slack keeps it. */
export function valueOf(state) {
  if (!state) return undefined;
  if (state.selected_options) return state.selected_options.map((o) => o.value);
  if (state.selected_option) return state.selected_option.value;
  if (state.rich_text_value) return flat(state.rich_text_value);
  for (const [key, value] of Object.entries(state)) {
    if (key !== "type" && value !== null && value !== undefined) return Array.isArray(value) ? value : String(value);
  }
  return undefined;
}

const flat = (x) => (x.text ?? "") + (x.elements ?? []).map(flat).join("");

async function changed(e, block, surface, value, done) {
  const given = value === "" || (Array.isArray(value) && !value.length) ? null : value;
  if (surface.inInput) {
    surface.entered?.(block.block_id, given);
    if (!surface.dispatch || !done) return;
  }
  if (e.confirm && !(await confirm(e.confirm))) return surface.again?.();
  surface.use(block.block_id, e.action_id, given);
}

function button(e, block, surface) {
  const url = safeURL(e.url ?? "");
  const press = async () => {
    if (e.confirm && !(await confirm(e.confirm))) return;
    if (url) window.open(url, "_blank", "noopener,noreferrer");
    node.classList.add("busy");
    await surface.use(block.block_id, e.action_id, e.value ?? null);
    node.classList.remove("busy");
  };
  const node = h("button", {
    class: "button " + (e.style ?? ""), type: "button", onclick: press, "data-action": e.action_id, "data-value": e.value, "aria-label": e.accessibility_label,
  }, text(e.text));
  return node;
}

function overflow(e, block, surface) {
  const choose = async (o) => {
    if (o.url && safeURL(o.url)) window.open(safeURL(o.url), "_blank", "noopener,noreferrer");
    if (e.confirm && !(await confirm(e.confirm))) return;
    surface.use(block.block_id, e.action_id, o.value);
  };
  const open = (event) => menu(event.currentTarget, (e.options ?? []).map((o) => [said(o.text), () => choose(o)]));
  return h("button", { class: "button overflow", type: "button", "aria-label": "More actions", "aria-haspopup": "menu", "data-action": e.action_id, onclick: open }, "⋯");
}

const people = () => store.screen.people.filter((p) => !p.deactivated).map((p) => ({ value: p.id, label: p.real_name || p.name }));
const rooms = () => store.screen.channels.filter((c) => c.kind !== "im" && !c.archived).map((c) => ({ value: c.id, label: "#" + c.name }));
const offered = (e) => (e.options ?? []).map((o) => ({ value: o.value, label: said(o.text), help: o.description }));

/** select draws a native menu; groups and a first empty entry included. */
function select(e, value, change, options) {
  const entry = (o) => h("option", { value: o.value, selected: o.value === value }, o.label);
  const groups = (e.option_groups ?? []).map((g) => h("optgroup", { label: said(g.label) }, offered(g).map(entry)));
  return h("select", { class: "control", onchange: (event) => change(event.target.value) },
    h("option", { value: "" }, said(e.placeholder) || "Choose…"), options.map(entry), groups);
}

/** several draws a list of boxes, or of radio buttons. */
function several(kind) {
  return (e, value, change, options = offered(e), block) => {
    const name = "choice-" + Math.random().toString(36).slice(2);
    const chosen = [value ?? []].flat();
    const all = options.concat((e.option_groups ?? []).flatMap(offered));
    const box = h("div", { class: "choices" + (e.type.startsWith("multi") ? " boxed" : ""), role: kind === "radio" ? "radiogroup" : "group" }, all.map((o) =>
      h("label", {}, h("input", { type: kind, name, value: o.value, checked: chosen.includes(o.value) }),
        h("span", {}, o.label, o.help && h("small", {}, text(o.help))))));
    box.addEventListener("change", () => {
      const now = [...box.querySelectorAll("input:checked")].map((i) => i.value);
      change(kind === "radio" ? (now[0] ?? "") : now);
    });
    return box;
  };
}

function line(type, extra = {}) {
  return (e, value, change) => h("input", {
    class: "control", type, value: value ?? "", placeholder: said(e.placeholder), maxLength: e.max_length, autofocus: e.focus_on_load,
    min: e.min_value, max: e.max_value, step: type === "number" ? (e.is_decimal_allowed ? "any" : "1") : undefined, ...extra,
    oninput: (event) => change(event.target.value, false), onchange: (event) => change(event.target.value, type !== "text"),
    onkeydown: (event) => { if (event.key === "Enter" && type === "text") change(event.target.value, true); },
  });
}

function words(e, value, change) {
  if (!e.multiline && e.type !== "rich_text_input") return line("text")(e, value, change);
  return h("textarea", { class: "control", rows: 4, value: value ?? "", placeholder: said(e.placeholder), maxLength: e.max_length, oninput: (event) => change(event.target.value, false) });
}

/** external is a select whose options the app suggests while somebody types. */
function external(e, value, change, block) {
  const menu = h("datalist", { id: "offers-" + Math.random().toString(36).slice(2) });
  const ask = async (event) => {
    change(event.target.value, false); // kept also when the menu swallows what would end the typing
    const found = await act("suggest", { block: block.block_id, action: e.action_id, text: event.target.value });
    menu.replaceChildren(...(found?.options ?? []).map((o) => h("option", { value: o.value }, said(o.text))));
  };
  const field = h("input", { class: "control", value: value ?? "", placeholder: said(e.placeholder), oninput: ask, onfocus: ask, onchange: (event) => change(event.target.value) });
  field.setAttribute("list", menu.id);
  return h("span", { class: "external" }, field, menu);
}

const fields = {
  plain_text_input: words, rich_text_input: words,
  number_input: line("number"), email_text_input: line("email"), url_text_input: line("url"),
  datepicker: line("date"), timepicker: line("time"),
  datetimepicker: (e, value, change) => {
    const field = line("datetime-local")(e, value ? local(+value, store.zone) : "", (v, done) => change(v ? String(toEpoch(v, store.zone)) : "", done));
    field.title = "In " + store.zone;
    return field;
  },
  static_select: (e, v, change) => select(e, v, change, offered(e)),
  users_select: (e, v, change) => select(e, v, change, people()),
  channels_select: (e, v, change) => select(e, v, change, rooms()),
  conversations_select: (e, v, change) => select(e, v, change, rooms()),
  external_select: external, multi_external_select: external,
  multi_static_select: (e, v, change) => several("checkbox")(e, v, change),
  multi_users_select: (e, v, change) => several("checkbox")(e, v, change, people()),
  multi_channels_select: (e, v, change) => several("checkbox")(e, v, change, rooms()),
  multi_conversations_select: (e, v, change) => several("checkbox")(e, v, change, rooms()),
  checkboxes: (e, v, change) => several("checkbox")(e, v, change),
  radio_buttons: (e, v, change) => several("radio")(e, v, change),
};
