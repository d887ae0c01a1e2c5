// A world is one simulated Slack workspace. The Go test that starts this suite
// makes them and lets people act in them through a small control endpoint.

import { setTimeout as sleep } from 'node:timers/promises';
import bolt from '@slack/bolt';
import { LogLevel as SocketLogLevel, SocketModeClient } from '@slack/socket-mode';
import { LogLevel, WebClient } from '@slack/web-api';

const control = process.env.SLACKSIM_CONTROL;

async function post(path, body = {}) {
  if (!control) {
    throw new Error('SLACKSIM_CONTROL is not set: start this suite with `go test -run Conformance ./bot/slacksim`');
  }
  const response = await fetch(control + path, { method: 'POST', body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} ${JSON.stringify(body)}: ${text}`);
  return text ? JSON.parse(text) : undefined;
}

// newWorld makes a workspace with the people alice and bob and the channel
// general, of which the bot is a member. It has apiURL, botToken, appToken,
// channels and people (names to ids), and one function per verb.
export async function newWorld(t) {
  const world = await post('/worlds');
  world.leaving = []; // what must stop before the workspace does
  t.after(async () => {
    for (const stop of world.leaving.reverse()) await stop();
    await post(`/worlds/${world.id}/close`);
  });
  const act = (verb) => (body) => post(`/worlds/${world.id}/${verb}`, body);
  for (const verb of ['says', 'types', 'clicks', 'submits', 'reacts', 'opensHome', 'messages', 'modal', 'home', 'disconnect', 'limit', 'sockets']) {
    world[verb] = act(verb);
  }
  return world;
}

// startApp starts a Bolt app in the world and stops it after the test.
export async function startApp(world, configure) {
  const app = new bolt.App({
    token: world.botToken,
    appToken: world.appToken,
    socketMode: true,
    logLevel: bolt.LogLevel.ERROR,
    clientOptions: { slackApiUrl: world.apiURL },
  });
  configure(app);
  world.leaving.push(() => app.receiver.client.disconnect());
  await app.start();
  return app;
}

// newSocket makes a Socket Mode client that reconnects within a second.
export function newSocket(world) {
  const socket = new SocketModeClient({
    appToken: world.appToken,
    logLevel: SocketLogLevel.ERROR,
    clientPingTimeout: 300,
    clientOptions: { slackApiUrl: world.apiURL },
  });
  world.leaving.push(() => socket.disconnect());
  return socket;
}

export function newClient(world, options = {}) {
  return new WebClient(world.botToken, { slackApiUrl: world.apiURL, logLevel: LogLevel.ERROR, ...options });
}

// eventually waits until probe returns something true, and returns it.
export async function eventually(what, probe, patience = 10_000) {
  const deadline = Date.now() + patience;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`never happened: ${what}`);
    await sleep(20);
  }
}

// seen waits until a person sees a message that contains the text.
export function seen(world, person, channel, text) {
  return eventually(`${person} sees "${text}" in ${channel}`, async () => {
    const messages = await world.messages({ person, channel });
    return messages.find((message) => message.text.includes(text));
  });
}
