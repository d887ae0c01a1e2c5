// Bolt as an incident bot uses it: commands, buttons, modals, events.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, newWorld, seen, startApp } from './world.mjs';

const plain = (text) => ({ type: 'plain_text', text });

test('the reply in the ack of a command is seen by its author alone', async (t) => {
  const world = await newWorld(t);
  await startApp(world, (app) => {
    app.command('/incident', async ({ ack, command }) => ack(`You said ${command.text}`));
  });
  await world.types({ person: 'alice', channel: 'general', text: '/incident hello there' });
  await seen(world, 'alice', 'general', 'You said hello there');
  const others = await world.messages({ person: 'bob', channel: 'general' });
  assert.ok(!others.some((message) => message.text.includes('You said')));
});

test('respond and say after the ack reach the channel', async (t) => {
  const world = await newWorld(t);
  await startApp(world, (app) => {
    app.command('/incident', async ({ ack, respond, say }) => {
      await ack();
      await respond({ response_type: 'in_channel', text: 'through the response_url' });
      await say('through chat.postMessage');
    });
  });
  await world.types({ person: 'alice', channel: 'general', text: '/incident' });
  await seen(world, 'bob', 'general', 'through the response_url');
  await seen(world, 'bob', 'general', 'through chat.postMessage');
});

test('a button press arrives with its value and can change the message', async (t) => {
  const world = await newWorld(t);
  const app = await startApp(world, (app) => {
    app.action('ack_incident', async ({ ack, action, body, client }) => {
      await ack();
      const text = `${action.value} acknowledged by ${body.user.id}`;
      await client.chat.update({ channel: body.channel.id, ts: body.message.ts, text, blocks: [] });
    });
  });
  await app.client.chat.postMessage({
    channel: world.channels.general,
    text: 'INC-1',
    blocks: [{ type: 'actions', elements: [{ type: 'button', action_id: 'ack_incident', value: 'INC-1', text: plain('Acknowledge') }] }],
  });
  const { ts } = await seen(world, 'alice', 'general', 'INC-1');
  await world.clicks({ person: 'alice', channel: 'general', ts, action_id: 'ack_incident' });
  await seen(world, 'bob', 'general', `INC-1 acknowledged by ${world.people.alice}`);
});

test('a modal is refused with errors, then taken', async (t) => {
  const world = await newWorld(t);
  const taken = [];
  await startApp(world, (app) => {
    app.command('/incident', async ({ ack, client, command }) => {
      await ack();
      await client.views.open({
        trigger_id: command.trigger_id,
        view: {
          type: 'modal',
          callback_id: 'declare',
          private_metadata: 'kept',
          title: plain('Declare'),
          submit: plain('Go'),
          blocks: [{ type: 'input', block_id: 'title', label: plain('Title'), element: { type: 'plain_text_input', action_id: 'value' } }],
        },
      });
    });
    app.view('declare', async ({ ack, view }) => {
      const title = view.state.values.title.value.value;
      if (title.length < 5) {
        await ack({ response_action: 'errors', errors: { title: 'Too short' } });
        return;
      }
      await ack();
      taken.push({ title, kept: view.private_metadata });
    });
  });
  await world.types({ person: 'alice', channel: 'general', text: '/incident declare' });
  await eventually('the modal opens', () => world.modal({ person: 'alice' }));
  const refused = await world.submits({ person: 'alice', values: { title: 'hm' } });
  assert.deepEqual(refused.errors, { title: 'Too short' });
  assert.deepEqual(taken, []);
  const accepted = await world.submits({ person: 'alice', values: { title: 'Checkout is down' } });
  assert.ok(accepted.closed);
  await eventually('the app has it', () => taken.length > 0);
  assert.deepEqual(taken, [{ title: 'Checkout is down', kept: 'kept' }]);
});

test('a view that Slack refuses is refused with the pointer', async (t) => {
  const world = await newWorld(t);
  const failures = [];
  await startApp(world, (app) => {
    app.command('/incident', async ({ ack, client, command }) => {
      await ack();
      const view = { type: 'modal', title: plain('x'.repeat(25)), blocks: [{ type: 'divider' }] };
      await client.views.open({ trigger_id: command.trigger_id, view }).catch((error) => failures.push(error.data));
    });
  });
  await world.types({ person: 'alice', channel: 'general', text: '/incident' });
  await eventually('views.open fails', () => failures.length > 0);
  assert.equal(failures[0].error, 'invalid_arguments');
  assert.match(failures[0].response_metadata.messages.join(), /less than 25 characters \[json-pointer:\/view\/title\/text\]/);
});

test('messages and reactions arrive as events', async (t) => {
  const world = await newWorld(t);
  await startApp(world, (app) => {
    app.message('ping', async ({ message, say }) => say(`pong for <@${message.user}>`));
    app.event('reaction_added', async ({ event, say }) => say(`:${event.reaction}: on ${event.item.ts}`));
  });
  const { ts } = await world.says({ person: 'bob', channel: 'general', text: 'ping' });
  await seen(world, 'alice', 'general', `pong for <@${world.people.bob}>`);
  await world.reacts({ person: 'alice', channel: 'general', ts, emoji: 'eyes' });
  await seen(world, 'bob', 'general', `:eyes: on ${ts}`);
});

test('opening the App Home lets the app publish it', async (t) => {
  const world = await newWorld(t);
  await startApp(world, (app) => {
    app.event('app_home_opened', async ({ event, client }) => {
      const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: `Hello <@${event.user}>` } }];
      await client.views.publish({ user_id: event.user, view: { type: 'home', blocks } });
    });
  });
  await world.opensHome({ person: 'alice' });
  const home = await eventually('the home is published', () => world.home({ person: 'alice' }));
  assert.equal(home.blocks[0].text.text, `Hello <@${world.people.alice}>`);
});
