// Building the document. Text becomes text nodes, and nothing else makes nodes:
// there is no way from a string to markup here, and there must be none.

/** h makes an element. Properties: class, on<event>, data-…/aria-…/role, or a DOM property. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "class") element.className = value;
    else if (key in element && !key.startsWith("aria") && key !== "list" && key !== "role") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...flat(children));
  return element;
}

function flat(children) {
  return children.flat(Infinity).filter((c) => c !== undefined && c !== null && c !== false && c !== "");
}

export function fill(element, ...children) {
  element.replaceChildren(...flat(children));
  return element;
}

/**
 * keyed makes container's children be the items, keeping the nodes of those that are
 * as they were: focus, typed text and open menus in them survive. Each item has a key
 * and a sign that changes when it has to be drawn anew.
 */
export function keyed(container, items, draw) {
  const before = new Map([...container.children].map((node) => [node.dataset.key, node]));
  let at = container.firstChild;
  for (const item of items) {
    let node = before.get(item.key);
    before.delete(item.key);
    if (!node || node.sign !== item.sign) {
      const fresh = draw(item);
      fresh.dataset.key = item.key;
      fresh.sign = item.sign;
      if (node) {
        if (node === at) at = fresh;
        node.replaceWith(fresh);
      }
      node = fresh;
    }
    if (node === at) at = at.nextSibling;
    else container.insertBefore(node, at);
  }
  for (const gone of before.values()) gone.remove();
}

const schemes = ["http:", "https:", "mailto:"];

/** safeURL is the address if a click may lead there, otherwise "". */
export function safeURL(address) {
  try {
    const url = new URL(address, location.href);
    return schemes.includes(url.protocol) && /^(https?|mailto):/i.test(address) ? url.href : "";
  } catch {
    return "";
  }
}

export function link(address, ...children) {
  const href = safeURL(address);
  if (!href) return h("span", {}, ...children);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

/** popover shows content next to an element until something else is clicked or Esc. */
export function popover(anchor, content) {
  const box = document.getElementById("popover");
  const opened = box.anchor === anchor && !box.hidden;
  closePopover();
  if (opened) return;
  fill(box, content);
  box.anchor = anchor;
  box.hidden = false;
  // Inside a modal dialog only what belongs to the dialog can be clicked.
  (anchor.closest("dialog") || document.body).append(box);
  anchor.setAttribute("aria-expanded", "true");
  const a = anchor.getBoundingClientRect();
  const b = box.getBoundingClientRect();
  box.style.left = Math.max(8, Math.min(a.left, innerWidth - b.width - 8)) + "px";
  box.style.top = (a.bottom + b.height + 8 > innerHeight ? Math.max(8, a.top - b.height - 4) : a.bottom + 4) + "px";
  box.querySelector("button, input, select")?.focus();
}

export function closePopover(refocus) {
  const box = document.getElementById("popover");
  if (box.hidden) return false;
  box.hidden = true;
  box.anchor?.removeAttribute("aria-expanded");
  if (refocus && box.anchor?.isConnected) box.anchor.focus();
  return true;
}

/** menu is a popover of choices; a choice is [label, act, danger?]. */
export function menu(anchor, choices) {
  popover(anchor, h("div", { class: "menu", role: "menu", onkeydown: arrows }, choices.map(([label, act, danger]) =>
    h("button", { class: danger ? "danger" : "", role: "menuitem", type: "button", onclick: () => { closePopover(true); act(); } }, label))));
}

function arrows(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...event.currentTarget.querySelectorAll("button")];
  all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
}

document.addEventListener("pointerdown", (event) => {
  const box = document.getElementById("popover");
  if (!box.hidden && !box.contains(event.target) && !box.anchor?.contains(event.target)) closePopover();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && closePopover(true)) {
    event.preventDefault();
    event.stopPropagation();
  }
}, true);

export function toast(text, kind = "error") {
  const note = h("div", { class: "toast " + kind }, h("span", {}, text),
    h("button", { type: "button", "aria-label": "Dismiss", onclick: () => note.remove() }, "×"));
  const box = document.getElementById("toasts");
  (document.querySelector("dialog[open]:last-of-type") || document.body).append(box);
  box.append(note);
  setTimeout(() => note.remove(), 9000);
}
