// Small questions in a dialog of their own.
import { fill, h } from "./dom.js";
import { text } from "./blocks.js";

const box = () => document.getElementById("ask");

/** closeAsk answers a question that is open with Cancel. */
export const closeAsk = () => box().close();

/** show opens the dialog and answers what was pressed or entered; null for Cancel or Esc. */
function show(title, body, yes, no, danger, read) {
  const dialog = box();
  return new Promise((resolve) => {
    let result = null;
    const done = (event) => { event.preventDefault(); result = read(); dialog.close(); };
    fill(dialog, h("form", { onsubmit: done },
      h("h2", { id: "ask-title" }, title), body,
      h("footer", {}, h("button", { class: "button", type: "button", onclick: () => dialog.close() }, no),
        h("button", { class: "button " + (danger ? "danger" : "primary"), type: "submit" }, yes))));
    dialog.onclose = () => resolve(result);
    dialog.showModal();
  });
}

/** confirm asks what a confirm object says. */
export async function confirm(c) {
  const answer = await show(text(c.title), h("div", { class: "text" }, text(c.text)), text(c.confirm).length ? text(c.confirm) : "Yes",
    text(c.deny).length ? text(c.deny) : "Cancel", c.style === "danger", () => true);
  return answer === true;
}

/** sure asks before something that cannot be undone. */
export const sure = (title, words, yes) => show(title, h("p", {}, words), yes, "Cancel", true, () => true);

/** prompt asks for one line. */
export function prompt(title, label, value = "", yes = "Save") {
  const field = h("input", { class: "control", value, "aria-label": label, required: true });
  return show(title, h("label", { class: "field" }, label, field), yes, "Cancel", false, () => field.value.trim());
}
