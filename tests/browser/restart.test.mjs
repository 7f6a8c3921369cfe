// The server dies in mid-chat and comes back: nothing may be missing or doubled on any screen.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { patience } from './lib/machine.mjs';
import { stage } from './lib/stage.mjs';

const scene = stage();
const kEach = 12;

/** @param {import('./lib/page.mjs').Person} person @param {string} name */
async function talk(person, name) {
  const said = [];
  for (let i = 0; i < kEach; i += 1) {
    const text = `${name} says ${i}`;
    await person.say(text);
    said.push(text);
    await sleep(150);
  }
  return said;
}

/** @param {import('./lib/page.mjs').Person} person @param {number} count */
async function settled(person, count) {
  await person.page.waitForFunction((wanted) => document.querySelectorAll('#lines .message').length >= wanted
    && document.querySelectorAll('#pending .line').length === 0, count, { timeout: patience(60000) });
}

test('killed under load and started again: every line once, in one order', { timeout: patience(120000) }, async () => {
  const ada = await scene.member('Ada');
  const bo = await scene.member('Ben');
  const reader = await scene.arrive();
  await ada.tell('before it all');
  await bo.sees('before it all');

  const talking = Promise.all([talk(ada, 'Ada'), talk(bo, 'Ben')]);
  await sleep(900);
  await scene.server.kill();
  await ada.page.waitForSelector('#status.retrying, #status.connecting');
  await ada.picture('retrying');
  await sleep(700);
  await scene.server.run();
  const [byAda, byBo] = await talking;

  const all = 1 + byAda.length + byBo.length;
  for (const person of [ada, bo]) await settled(person, all);
  await settled(reader, all);
  const seen = await ada.messages();
  assert.deepEqual([...seen].sort(), ['before it all', ...byAda, ...byBo].sort());
  assert.deepEqual(seen.filter((text) => text.startsWith('Ada')), byAda);
  assert.deepEqual(seen.filter((text) => text.startsWith('Ben')), byBo);
  assert.deepEqual(await bo.messages(), seen);
  assert.deepEqual(await reader.messages(), seen);

  const late = await scene.arrive();
  await settled(late, all);
  assert.deepEqual(await late.messages(), seen);
});

test('what is written while the server is away is sent when it is back', { timeout: patience(90000) }, async () => {
  const ada = await scene.arrive();
  await ada.logIn('Ada');
  await scene.server.kill();
  await ada.page.waitForSelector('#status.retrying, #status.connecting');
  await ada.say('written in the dark');
  await ada.finds('#pending .line', 'written in the dark');
  await scene.server.run();
  await ada.page.locator('#pending .line').waitFor({ state: 'detached', timeout: 60000 });
  await ada.sees('written in the dark');
  assert.equal((await ada.messages()).filter((text) => text === 'written in the dark').length, 1);
});
