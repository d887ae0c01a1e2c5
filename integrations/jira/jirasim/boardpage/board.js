// The board: columns with cards, drawn anew when they changed. Text is text nodes only.
const $ = (id) => document.getElementById(id);
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
    if (!document.hidden) await read(await fetch("board"));
  } catch {
    $("problem").hidden = false;
    $("problem").textContent = "Jira does not answer; trying again.";
  }
  setTimeout(refresh, 1500);
};

const act = async (what) => read(await fetch("act", {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ By: $("by").value, ...what }),
}));

function draw(board) {
  const now = JSON.stringify(board);
  // A menu that is open stays; the next look draws what changed.
  if (now === shown || document.activeElement?.matches("article select")) return;
  shown = now;
  $("name").textContent = board.Name + " (" + board.Project + ")";
  const by = $("by").value;
  $("by").replaceChildren(...board.People.map((p) => h("option", { value: p.ID, textContent: p.Name, selected: p.ID === by })));
  const focus = document.activeElement?.dataset?.focus;
  $("board").replaceChildren(...board.Columns.map((column, i) => section(board, column, i)));
  if (focus) document.querySelector('[data-focus="' + CSS.escape(focus) + '"]')?.focus();
  known = Object.fromEntries(board.Columns.flatMap((c) => c.Cards.map((card) => [card.Key, c.Name])));
}

function section(board, column, i) {
  const node = h("section", { ariaLabel: column.Name }, h("h2", { textContent: column.Name + " · " + column.Cards.length }),
    column.Cards.length ? column.Cards.map((card) => cardNode(board, column, i, card)) : h("p", { className: "none", textContent: "Nothing here." }));
  node.dataset.column = column.Name;
  node.ondragover = (event) => { event.preventDefault(); node.classList.add("over"); };
  node.ondragleave = () => node.classList.remove("over");
  node.ondrop = (event) => { event.preventDefault(); act({ Key: event.dataTransfer.getData("text/plain"), Column: column.Name }); };
  return node;
}

function cardNode(board, column, i, card) {
  const moves = [[i - 1, "← "], [i + 1, ""]].filter(([to]) => board.Columns[to]).map(([to, arrow]) => {
    const name = board.Columns[to].Name;
    const button = h("button", { type: "button", textContent: arrow + name + (arrow ? "" : " →"), ariaLabel: "Move " + card.Key + " to " + name, onclick: () => act({ Key: card.Key, Column: name }) });
    button.dataset.focus = card.Key + name;
    return button;
  });
  const people = [{ ID: "", Name: "Unassigned" }, ...board.People];
  if (card.AssigneeID && !people.some((p) => p.ID === card.AssigneeID)) people.push({ ID: card.AssigneeID, Name: card.Assignee });
  const assignee = h("select", { ariaLabel: "Assignee of " + card.Key, onchange: (event) => { event.target.blur(); act({ Key: card.Key, Assign: event.target.value }); } },
    people.map((p) => h("option", { value: p.ID, textContent: p.Name, selected: p.ID === (card.AssigneeID ?? "") })));
  const fresh = known && known[card.Key] !== column.Name;
  const node = h("article", { className: (fresh ? "fresh " : "") + (i === board.Columns.length - 1 ? "done" : ""), draggable: true },
    h("div", { className: "summary", textContent: card.Summary }),
    h("div", { className: "meta" }, h("a", { href: /^https?:/.test(card.URL) ? card.URL : "#", target: "_blank", rel: "noopener noreferrer", textContent: card.Key }), card.Type, card.Priority && h("span", { textContent: card.Priority }),
      card.Due && h("span", { textContent: "due " + card.Due }), (card.Labels ?? []).map((l) => h("span", { className: "label", textContent: l }))),
    h("div", { className: "row" }, assignee, moves));
  node.dataset.key = card.Key;
  node.ondragstart = (event) => event.dataTransfer.setData("text/plain", card.Key);
  return node;
}

refresh();
