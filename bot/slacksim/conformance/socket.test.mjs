// The life of a Socket Mode connection.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, newSocket, newWorld } from './world.mjs';

for (const reason of ['warning', 'refresh_requested']) {
  test(`the client comes back after ${reason} and misses nothing`, async (t) => {
    const world = await newWorld(t);
    const socket = newSocket(world);
    const heard = new Set();
    let connections = 0;
    socket.on('connected', () => connections++);
    socket.on('message', async ({ event, ack }) => {
      heard.add(event.text);
      await ack();
    });
    await socket.start();
    await world.says({ person: 'alice', channel: 'general', text: 'before' });
    await world.disconnect({ reason });
    await eventually('the client reconnects', () => connections === 2);
    await world.says({ person: 'alice', channel: 'general', text: 'after' });
    await eventually('both messages arrive', () => heard.has('before') && heard.has('after'));
    assert.equal((await world.sockets()).open, 1);
  });
}

test('too_many_websockets is survived: the eleventh gets in when one leaves', async (t) => {
  const world = await newWorld(t);
  const sockets = Array.from({ length: 10 }, () => newSocket(world));
  await Promise.all(sockets.map((socket) => socket.start()));
  const late = newSocket(world);
  let refused = 0;
  let connected = false;
  late.on('ws_message', (data) => {
    if (JSON.parse(data).reason === 'too_many_websockets') refused++;
  });
  late.on('connected', () => {
    connected = true;
  });
  late.start();
  await eventually('the eleventh is refused', () => refused > 0);
  assert.equal(connected, false);
  await sockets.pop().disconnect();
  await eventually('the eleventh is let in', () => connected);
});

test('an event without an ack comes again under the same event_id', async (t) => {
  const world = await newWorld(t);
  const socket = newSocket(world);
  const deliveries = [];
  socket.on('message', async ({ body, event, retry_num, retry_reason, ack }) => {
    if (event.text !== 'is anybody there?') return ack();
    deliveries.push({ id: body.event_id, retry_num, retry_reason });
    if (deliveries.length > 1) await ack();
  });
  await socket.start();
  await world.says({ person: 'alice', channel: 'general', text: 'is anybody there?' });
  await eventually('the event is delivered twice', () => deliveries.length === 2, 20_000);
  const [first, second] = deliveries;
  assert.equal(first.retry_num, 0);
  assert.deepEqual(second, { id: first.id, retry_num: 1, retry_reason: 'timeout' });
});
