// The people of the workspace: their faces, and the rail that switches between them.
import { h, keyed } from "./dom.js";
import { store } from "./store.js";

const colours = 8; // classes tint-0 … tint-7

/** avatar is somebody's initials on their colour. */
export function avatar(them, size = "") {
  if (!them) return h("span", { class: "avatar tint-0 " + size, "aria-hidden": "true" }, "?");
  if (them.app) return h("span", { class: "avatar bot " + size, "aria-hidden": "true" }, "🔔");
  const name = them.real_name || them.name;
  const letters = name.split(/\s+/).map((word) => [...word][0] ?? "").slice(0, 2).join("").toUpperCase();
  const n = store.screen.people.indexOf(them) % colours;
  return h("span", { class: "avatar tint-" + n + " " + size, "aria-hidden": "true" }, letters);
}

/** drawRail lists who can look; one of them does. */
export function drawRail(rail) {
  const items = store.screen.people.filter((p) => !p.bot && !p.deactivated).map((p) => ({ key: p.id, sign: JSON.stringify([p, p.id === store.me]), p }));
  items.unshift({ key: "title", sign: "" });
  keyed(rail, items, ({ p }) => (p ? entry(p) : h("h2", {}, "View as")));
}

function entry(p) {
  const current = p.id === store.me;
  return h("a", {
    class: "person" + (current ? " current" : ""), href: "#" + p.name, "aria-current": current ? "true" : undefined, "data-person": p.name,
    title: (p.real_name || p.name) + (p.title ? ", " + p.title : "") + "\n" + p.tz, "aria-label": "View as " + (p.real_name || p.name),
  }, avatar(p, "big"), h("span", {}, (p.real_name || p.name).split(" ")[0]), h("i", { class: p.away ? "away" : "here" }));
}
