// Everybody's phone and mailbox, drawn anew when something came. Text is text nodes only.
const $ = (id) => document.getElementById(id);
const icons = { sms: "💬", voice: "📞", email: "✉️", push: "🔔" };
let shown = "", known = null;

function h(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.flat().filter(Boolean));
  return element;
}

async function read(response) {
  const body = await response.json();
  $("problem").hidden = response.ok;
  $("problem").textContent = response.ok ? "" : body.error;
  if (response.ok) draw(body);
}

const refresh = async () => {
  try {
    if (!document.hidden) await read(await fetch("state"));
  } catch {
    $("problem").hidden = false;
    $("problem").textContent = "The demo does not answer; trying again.";
  }
  setTimeout(refresh, 1000);
};

const act = async (what) => read(await fetch("act", {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(what),
}));

function draw(state) {
  const now = JSON.stringify(state);
  // Whoever is typing an answer is not disturbed; the next look draws what came.
  if (now === shown || document.activeElement?.matches("input") && document.activeElement.value) return;
  shown = now;
  const focus = document.activeElement?.dataset?.focus;
  $("people").replaceChildren(...state.people.map(phone));
  if (focus) document.querySelector('[data-focus="' + CSS.escape(focus) + '"]')?.focus();
  known = new Set(state.people.flatMap((p) => p.items.map((i) => i.id)));
}

function phone(person) {
  return h("section", { ariaLabel: person.name }, h("h2", { textContent: person.name }),
    h("p", { className: "address", textContent: [person.number, person.email, person.topic].filter(Boolean).join(" · ") }),
    person.items.length ? person.items.map((item) => message(person, item)) : h("p", { className: "none", textContent: "Silence." }));
}

function message(person, item) {
  const fresh = known && !known.has(item.id);
  const node = h("article", { className: item.medium + (item.own ? " own" : "") + (fresh ? " fresh" : "") + (item.state === "ringing" ? " ringing" : "") },
    h("div", { className: "meta" }, (icons[item.medium] ?? "•") + " " + item.label, h("time", { dateTime: item.at, textContent: when(new Date(item.at)) }), h("span", { className: "state", textContent: item.state })),
    item.title && h("strong", { textContent: item.title }), h("p", { className: "text", textContent: item.text.replace(/\n{3,}/g, "\n\n") }),
    item.actions?.length && h("div", { className: "row" }, item.actions.map((a) => button(person, item, a))),
    item.reply && replyForm(person, item));
  node.dataset.item = item.id;
  return node;
}

// What is left of other days says of which.
function when(at) {
  const day = at.toDateString() === new Date().toDateString() ? {} : { day: "numeric", month: "short" };
  return at.toLocaleString([], { ...day, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
}

function button(person, item, action) {
  const node = h("button", { type: "button", textContent: action.label, ariaLabel: person.name + ": " + action.label, onclick: () => act({ person: person.id, item: item.id, do: action.do, text: action.text ?? "" }) });
  node.dataset.focus = item.id + action.do + (action.text ?? "");
  return node;
}

function replyForm(person, item) {
  const input = h("input", { name: "text", autocomplete: "off", placeholder: "Reply…", ariaLabel: "Reply of " + person.name, maxLength: 320 });
  input.dataset.focus = item.id + "reply";
  return h("form", { className: "row", onsubmit: (event) => { event.preventDefault(); const text = input.value; input.value = ""; act({ person: person.id, item: item.id, do: "reply", text }); } },
    input, h("button", { textContent: "Send" }));
}

refresh();
