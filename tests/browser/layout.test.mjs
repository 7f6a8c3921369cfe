// Small windows, the keyboard alone, long logs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kPassword } from './lib/server.mjs';
import { stage } from './lib/stage.mjs';

const scene = stage();

test('registering and chatting needs no mouse', async () => {
  const person = await scene.arrive();
  const { keyboard } = person.page;
  const focused = () => person.page.evaluate(() => document.activeElement?.id);
  for (let i = 0; i < 12 && (await focused()) !== 'register'; i += 1) await keyboard.press('Tab');
  assert.equal(await focused(), 'register');
  await keyboard.press('Enter');
  await person.page.waitForSelector('#account[open]');
  assert.equal(await focused(), 'account-name');

  // The dialog keeps the focus, and Escape gives it back.
  for (let i = 0; i < 10; i += 1) {
    await keyboard.press('Tab');
    assert.equal(await person.page.evaluate(() =>
      document.activeElement === document.body || document.activeElement?.closest('#account') !== null), true);
  }
  await keyboard.press('Escape');
  assert.equal(await focused(), 'register');

  await keyboard.press('Enter');
  await keyboard.type('KeyOnly');
  await keyboard.press('Tab');
  await keyboard.type(kPassword);
  await keyboard.press('Enter');
  await person.page.waitForSelector('#composer:not([hidden])');
  await person.live();
  await person.page.waitForFunction(() => document.activeElement?.id === 'message');
  await keyboard.type('no mouse needed');
  await keyboard.press('Enter');
  await person.sees('no mouse needed');

  await keyboard.type('Wo');
  await keyboard.press('Tab');
  assert.equal(await person.page.inputValue('#message'), 'Wow ');
  await keyboard.press('Enter');
  await person.page.waitForSelector('#lines .emote.Wow');
  await keyboard.press('ArrowUp');
  assert.equal(await person.page.inputValue('#message'), 'Wow');
  await person.page.fill('#message', '');

  await keyboard.press('Shift+Tab');
  assert.equal(await focused(), 'log');
  await keyboard.press('ArrowUp');
  await keyboard.press('ArrowUp');
  await keyboard.press('Enter');
  await person.page.getByRole('menu').waitFor();
  await keyboard.press('Escape');
  assert.equal(await person.page.getByRole('menu').count(), 0);
  assert.equal(await person.page.evaluate(() => document.activeElement?.classList.contains('line')), true);
});

test('emotes that do not come keep nobody out, and are drawn when they do', async () => {
  const reader = await scene.arrive();
  const { page } = reader;
  let bring = () => {};
  const late = new Promise((resolve) => { bring = resolve; });
  await page.route('**/emotes/emotes.json', (route) => late.then(() => route.continue()));
  await page.reload();
  await reader.live();
  const speaker = await scene.member('Early');
  await speaker.say('Wow');
  await speaker.page.waitForSelector('#lines .emote.Wow');
  await reader.page.locator('#lines .message', { hasText: 'Wow' }).last().waitFor();
  assert.equal(await page.locator('#lines .emote.Wow').count(), 0);
  bring();
  await page.waitForSelector('#lines .emote.Wow');
});

test('the first Tab offers to skip to the message field', async () => {
  const person = await scene.arrive();
  await person.logIn('KeyOnly');
  await person.page.reload();
  await person.live();
  await person.page.keyboard.press('Tab');
  assert.equal(await person.page.evaluate(() => document.activeElement?.className), 'skip');
  await person.page.keyboard.press('Enter');
  assert.equal(await person.page.evaluate(() => document.activeElement?.id), 'message');
});

for (const colorScheme of ['dark', 'light']) {
  test(`360 px are enough (${colorScheme})`, async () => {
    const person = await scene.arrive({ viewport: { width: 360, height: 640 }, colorScheme });
    const fits = () => person.page.evaluate(() =>
      document.documentElement.scrollWidth <= 360 && document.getElementById('log').scrollWidth <= 360);
    assert.equal(await fits(), true);
    await person.picture(`narrow-guest-${colorScheme}`);
    await person.logIn('KeyOnly');
    await person.tell(`${'long'.repeat(80)} ${colorScheme}`);
    assert.equal(await fits(), true);
    await person.page.click('#people-button');
    await person.page.waitForSelector('#people:not([hidden])');
    assert.equal(await fits(), true);
    await person.page.keyboard.press('Escape');
    await person.page.waitForSelector('#people', { state: 'hidden' });
    await person.page.click('#emote-button');
    await person.page.waitForSelector('#emotes:not([hidden])');
    assert.equal(await fits(), true);
    await person.picture(`narrow-${colorScheme}`);
    await person.page.keyboard.press('Escape');
  });
}

test('who reads older lines is left alone and told what is new', async () => {
  const speaker = await scene.member('Speaker');
  const reader = await scene.arrive({ viewport: { width: 800, height: 320 } });
  for (let i = 0; i < 8; i += 1) await speaker.say(`line ${i}`);
  await reader.sees('line 7');
  await reader.page.evaluate(() => { document.getElementById('log').scrollTop = 0; });
  await reader.page.waitForSelector('#jump:not([hidden])');
  await speaker.say('something new');
  await reader.finds('#jump', '1 new message');
  assert.equal(await reader.page.evaluate(() => document.getElementById('log').scrollTop), 0);
  await reader.page.click('#jump');
  await reader.page.waitForSelector('#jump', { state: 'hidden' });
});
