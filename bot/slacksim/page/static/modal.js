// The modal: the view on top of what an app has opened for the person who looks.
import { fill, h } from "./dom.js";
import { blocks, text } from "./blocks.js";
import { valueOf } from "./elements.js";
import { act, store } from "./store.js";

const entered = new Map(); // by view id: what was typed and the workspace does not know yet
let sign = "", errors = {};

/** drawModal opens, redraws or closes the modal, as the state says. */
export function drawModal(dialog) {
  const view = store.screen.modal;
  if (!view) {
    sign = dialog.dataset.view = "";
    if (dialog.open) dialog.close();
    return;
  }
  const now = store.me + JSON.stringify([view.id, view.content]);
  if (now !== sign) {
    errors = {};
    draw(dialog, view);
    sign = now;
  }
  if (dialog.open && dialog.dataset.view === view.id) return;
  dialog.dataset.view = view.id;
  if (!dialog.open) dialog.showModal();
  (dialog.querySelector(".sheet :is(input, textarea, select)") ?? dialog.querySelector("[type=submit]") ?? dialog.querySelector("footer button"))?.focus();
}

const typedIn = (view) => {
  if (!entered.has(view.id)) entered.set(view.id, {});
  return entered.get(view.id);
};

function draw(dialog, view) {
  const c = view.content;
  const typed = typedIn(view);
  const focus = dialog.contains(document.activeElement) ? document.activeElement.closest("[data-block]")?.dataset.block : "";
  const scroll = dialog.querySelector(".sheet")?.scrollTop ?? 0;
  const surface = {
    errors,
    value: (e, b) => (b.block_id in typed ? (typed[b.block_id] ?? "") : valueOf(view.values?.[b.block_id]?.[e.action_id])),
    entered: (block, value) => { typed[block] = value; },
    use: (block, action, value) => act("click_view", { view: view.id, block, action, value, values: known(view) }),
    again: () => draw(dialog, view),
  };
  const submit = h("button", { class: "button primary", type: "submit" }, text(c.submit).length ? text(c.submit) : "Submit");
  const send = async (event) => {
    event.preventDefault();
    submit.disabled = true;
    const result = await act("submit", { view: view.id, values: known(view) });
    submit.disabled = false;
    if (!result?.errors) return;
    errors = result.errors;
    draw(dialog, view);
    dialog.querySelector("[aria-invalid]")?.focus();
  };
  fill(dialog, h("form", { onsubmit: send, noValidate: true, "data-view": view.id },
    h("header", {}, h("h2", { id: "modal-title" }, text(c.title)), h("button", { class: "plain", type: "button", "aria-label": "Close", onclick: close }, "×")),
    h("div", { class: "sheet" }, blocks(c.blocks, surface)),
    h("footer", {}, h("button", { class: "button", type: "button", onclick: close }, text(c.close).length ? text(c.close) : c.submit ? "Cancel" : "Close"), c.submit && submit)));
  dialog.querySelector(".sheet").scrollTop = scroll;
  if (dialog.open) (focus ? dialog.querySelector('[data-block="' + CSS.escape(focus) + '"]') : dialog.querySelector(".sheet"))?.querySelector("input, textarea, select, button")?.focus();
}

/** known is what was entered, for inputs that are still there. */
function known(view) {
  const there = new Set(view.content.blocks.filter((b) => b.type === "input").map((b) => b.block_id));
  return Object.fromEntries(Object.entries(typedIn(view)).filter(([block]) => there.has(block)));
}

const close = () => act("close");

/** watchModal makes Esc close the view on top, as its button does. */
export function watchModal(dialog) {
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  dialog.addEventListener("keydown", (event) => {
    // Without a cancel event a second Esc would close the dialog behind our back.
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    close();
  });
}
