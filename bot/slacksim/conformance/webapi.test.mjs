// The Web API as the official client speaks it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newClient, newWorld, seen } from './world.mjs';

test('auth.test knows the bot, and a wrong token is refused', async (t) => {
  const world = await newWorld(t);
  const who = await newClient(world).auth.test();
  assert.ok(who.ok && who.user_id && who.bot_id && who.team_id);
  const stranger = newClient({ ...world, botToken: 'xoxb-stranger' });
  await assert.rejects(stranger.auth.test(), (error) => error.data.error === 'invalid_auth');
});

test('lists come in pages that paginate follows to the end', async (t) => {
  const world = await newWorld(t);
  const client = newClient(world);
  const wanted = [];
  for (let i = 0; i < 7; i++) {
    const { channel } = await client.conversations.create({ name: `inc-${i}-page` });
    wanted.push(channel.id);
  }
  const found = [];
  let pages = 0;
  for await (const page of client.paginate('conversations.list', { limit: 3 })) {
    assert.ok(page.channels.length <= 3);
    found.push(...page.channels.map((channel) => channel.id));
    pages++;
  }
  assert.ok(pages >= 3, `${pages} pages`);
  assert.equal(new Set(found).size, found.length, 'no channel twice');
  for (const id of wanted) assert.ok(found.includes(id), id);
});

test('a rate limit is waited out and the call made again', async (t) => {
  const world = await newWorld(t);
  const waits = [];
  const client = newClient(world);
  client.on('rate_limited', (seconds) => waits.push(seconds));
  await world.limit({ method: 'chat.postMessage', times: 1, retry_after: 1 });
  const posted = await client.chat.postMessage({ channel: world.channels.general, text: 'patience' });
  assert.ok(posted.ok);
  assert.deepEqual(waits, [1]);
});

test('without retries a rate limit is an error with its seconds', async (t) => {
  const world = await newWorld(t);
  const client = newClient(world, { rejectRateLimitedCalls: true });
  await world.limit({ method: 'auth.test', times: 1, retry_after: 7 });
  await assert.rejects(client.auth.test(), (error) => error.retryAfter === 7);
});

test('filesUploadV2 stores the file and shares it', async (t) => {
  const world = await newWorld(t);
  const client = newClient(world);
  const content = 'when,what\n09:00,declared\n';
  const uploaded = await client.filesUploadV2({
    channel_id: world.channels.general,
    filename: 'timeline.csv',
    title: 'Timeline',
    content,
    initial_comment: 'the export',
  });
  const [{ files }] = uploaded.files;
  const info = await client.files.info({ file: files[0].id });
  assert.equal(info.file.name, 'timeline.csv');
  assert.equal(info.file.title, 'Timeline');
  assert.equal(info.file.size, content.length);
  const stored = await fetch(info.file.url_private, { headers: { authorization: `Bearer ${world.botToken}` } });
  assert.equal(await stored.text(), content);
  await seen(world, 'alice', 'general', 'the export');
});

test('a message is posted, changed, threaded, pinned and deleted', async (t) => {
  const world = await newWorld(t);
  const client = newClient(world);
  const channel = world.channels.general;
  const { ts, message } = await client.chat.postMessage({ channel, text: 'first' });
  assert.match(ts, /^\d{10}\.\d{6}$/);
  assert.equal(message.text, 'first');
  await client.chat.update({ channel, ts, text: 'second' });
  await seen(world, 'alice', 'general', 'second');

  await client.chat.postMessage({ channel, thread_ts: ts, text: 'a reply' });
  const replies = await client.conversations.replies({ channel, ts });
  assert.deepEqual(replies.messages.map((each) => each.text), ['second', 'a reply']);

  await client.pins.add({ channel, timestamp: ts });
  await assert.rejects(client.pins.add({ channel, timestamp: ts }), (error) => error.data.error === 'already_pinned');
  const pins = await client.pins.list({ channel });
  assert.equal(pins.items[0].message.ts, ts);
  await client.pins.remove({ channel, timestamp: ts });
  assert.deepEqual((await client.pins.list({ channel })).items, []);

  const { permalink } = await client.chat.getPermalink({ channel, message_ts: ts });
  assert.match(permalink, /^https?:\/\//);
  await client.chat.delete({ channel, ts });
  const { messages } = await client.conversations.history({ channel });
  assert.ok(!messages.some((each) => each.ts === ts && each.text === 'second'));
});

test('bookmarks are added, edited, listed and removed', async (t) => {
  const world = await newWorld(t);
  const { bookmarks } = newClient(world);
  const channel_id = world.channels.general;
  const { bookmark } = await bookmarks.add({ channel_id, title: 'Runbook', type: 'link', link: 'https://runbook.example/' });
  await bookmarks.edit({ channel_id, bookmark_id: bookmark.id, title: 'The runbook' });
  const listed = await bookmarks.list({ channel_id });
  assert.deepEqual(listed.bookmarks.map((each) => each.title), ['The runbook']);
  await bookmarks.remove({ channel_id, bookmark_id: bookmark.id });
  assert.deepEqual((await bookmarks.list({ channel_id })).bookmarks, []);
});

test('refused blocks name their pointers', async (t) => {
  const world = await newWorld(t);
  const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3001) } }];
  await assert.rejects(newClient(world).chat.postMessage({ channel: world.channels.general, text: 't', blocks }), (error) => {
    assert.equal(error.data.error, 'invalid_blocks');
    assert.deepEqual(error.data.errors, [
      'failed to match all allowed schemas [json-pointer:/blocks/0/text]',
      'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    ]);
    assert.deepEqual(error.data.response_metadata.messages, error.data.errors.map((each) => `[ERROR] ${each}`));
    return true;
  });
});

test('channels are made, joined by invitation, given a topic and archived', async (t) => {
  const world = await newWorld(t);
  const { conversations } = newClient(world);
  const { channel } = await conversations.create({ name: 'inc-1-checkout' });
  await assert.rejects(conversations.create({ name: 'inc-1-checkout' }), (error) => error.data.error === 'name_taken');
  await conversations.invite({ channel: channel.id, users: `${world.people.alice},${world.people.bob}` });
  const { members } = await conversations.members({ channel: channel.id });
  assert.ok(members.includes(world.people.alice) && members.includes(world.people.bob));
  await conversations.setTopic({ channel: channel.id, topic: 'SEV1' });
  assert.equal((await conversations.info({ channel: channel.id })).channel.topic.value, 'SEV1');
  await conversations.archive({ channel: channel.id });
  await assert.rejects(conversations.archive({ channel: channel.id }), (error) => error.data.error === 'already_archived');
});
