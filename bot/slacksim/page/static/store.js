// What the page knows, and how it talks to the workspace.
import { toast } from "./dom.js";

/** store is the one copy of the state. Whoever changes it calls store.draw. */
export const store = {
  setup: { command: "/incident", commands: [], shortcuts: [], panels: [] },
  screen: null, // what the person who looks sees; it is theirs always
  name: "", // of the person who looks; look changes it
  channel: "",
  thread: "", // ts of the open thread's first message
  home: false, // whether the App Home is shown instead of a channel
  draw: () => {},

  /**
   * look makes somebody else the one who looks. What the one before saw is gone at once:
   * nobody may press what another one sees.
   */
  look(name) {
    if (name === this.name) return;
    const { people = [] } = this.screen ?? {};
    const them = people.find((p) => p.name === name);
    this.name = name;
    this.screen = them ? { me: them.id, people, channels: [], messages: [], ephemerals: [], pinned: [], files: {}, modal: null, home: null, unread: true } : null;
  },

  get me() { return this.screen?.me ?? ""; },
  get zone() { return this.person(this.me)?.tz || "UTC"; },
  person(id) { return this.screen?.people.find((p) => p.id === id || p.name === id); },
  room(id) { return this.screen?.channels.find((c) => c.id === id); },
  get here() { return this.room(this.channel); },
};

async function read(response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return { error: text.trim() || "The workspace answered " + response.status + "." };
  }
}

let asking = false, again = false;

/** refresh reads the state anew. Calls while one is under way become one more. */
export async function refresh() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  do {
    again = false;
    await ask();
  } while (again);
  asking = false;
}

async function ask() {
  const [name, channel] = [store.name, store.channel];
  try {
    const response = await fetch("api/state?" + new URLSearchParams({ person: name, channel }));
    const screen = await read(response);
    if (name !== store.name || channel !== store.channel) {
      again = true; // somebody moved on meanwhile
      return;
    }
    if (!response.ok) throw new Error(screen.error);
    store.screen = screen;
    store.channel = screen.channel;
    store.draw();
  } catch (problem) {
    document.body.classList.add("offline");
    if (!(problem instanceof TypeError)) toast(String(problem.message));
  }
}

/**
 * act does something as the person who looks, and answers what came of it, or null
 * after an error, which has been shown.
 */
export async function act(verb, what = {}) {
  let result;
  try {
    const response = await fetch("api/act", {
      method: "POST", headers: { "Content-Type": "application/json", "X-Workspace-Page": "1" },
      body: JSON.stringify({ person: store.name, channel: store.channel, verb, ...what }),
    });
    result = await read(response);
  } catch {
    result = { error: "The workspace cannot be reached; is it still running?" };
  }
  refresh();
  if (result.error) {
    toast(result.error);
    return null;
  }
  return result;
}

/** listen keeps the state fresh while the page is visible: a hidden one would hold a connection that others need. */
export function listen() {
  let source = null;
  const open = () => {
    if (document.hidden) {
      source?.close();
      source = null;
      return;
    }
    if (source) return;
    source = new EventSource("api/events");
    source.addEventListener("hello", () => { document.body.classList.remove("offline"); refresh(); });
    source.addEventListener("change", refresh);
    source.onerror = () => document.body.classList.add("offline");
  };
  document.addEventListener("visibilitychange", open);
  open();
}

/** remember keeps a small value in this browser; recall reads it. */
export function remember(key, value) {
  try { localStorage.setItem("slacksim:" + key, JSON.stringify(value)); } catch { /* private windows have no storage */ }
}
export function recall(key, otherwise) {
  try { return JSON.parse(localStorage.getItem("slacksim:" + key)) ?? otherwise; } catch { return otherwise; }
}
