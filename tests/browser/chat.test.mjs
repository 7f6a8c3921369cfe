// Talking: two windows, emotes, links, history, whispers, polls and pins.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stage } from './lib/stage.mjs';

const scene = stage();

test('two people see what either says, in the same order', async () => {
  const ada = await scene.member('Ada');
  const bo = await scene.member('Ben');
  await ada.say('hello from Ada');
  await bo.sees('hello from Ada');
  await bo.say('hello from Ben');
  await ada.sees('hello from Ben');
  await bo.sees('hello from Ben');
  assert.deepEqual(await ada.messages(), ['hello from Ada', 'hello from Ben']);
  assert.deepEqual(await bo.messages(), await ada.messages());
  assert.equal(await ada.page.locator('#pending .line').count(), 0);
  await ada.picture('two-people');
});

test('history is there after a reload', async () => {
  const reader = await scene.arrive();
  await reader.sees('hello from Ben');
  assert.deepEqual(await reader.messages(), ['hello from Ada', 'hello from Ben']);
});

test('emotes, mentions, links and actions are drawn; nothing becomes markup', async () => {
  const cy = await scene.member('Cyd');
  await cy.tell('Wow <b>bold</b> <img src=x>');
  const emote = cy.page.locator('#lines .message .emote.Wow').first();
  assert.match(await emote.evaluate((node) => getComputedStyle(node).backgroundImage), /\/emotes\/wow\.svg/);
  const loaded = await cy.page.evaluate(async () => {
    const image = new Image();
    image.src = '/emotes/wow.svg';
    await image.decode();
    return image.naturalWidth > 0;
  });
  assert.equal(loaded, true);
  assert.equal(await cy.page.locator('#lines .text b, #lines .text img').count(), 0);

  await cy.tell('see https://example.org/a_(b), and javascript:alert(1) @Ada');
  const link = cy.page.locator('#lines .text a');
  assert.equal(await link.count(), 1);
  assert.equal(await link.getAttribute('href'), 'https://example.org/a_(b)');
  assert.match(await link.getAttribute('rel') ?? '', /noopener/);

  await cy.say('/me waves');
  await cy.page.waitForSelector('#lines .line.action');
  await cy.sees('waves');

  const ada = await scene.arrive();
  await ada.logIn('Ada');
  await ada.page.waitForSelector('#lines .line.mentioned');
});

test('a message over 512 characters cannot be sent, 512 emoji can', async () => {
  const dee = await scene.member('Dee');
  await dee.page.fill('#message', 'x'.repeat(513));
  assert.equal(await dee.page.textContent('#counter'), '513/512');
  assert.equal(await dee.page.isDisabled('#send'), true);
  await dee.tell('🌊'.repeat(512));
});

test('a quick succession arrives complete and in order', async () => {
  const eve = await scene.member('Eve');
  const texts = ['one', 'two', 'three', 'four', 'five'].map((word) => `Eve counts ${word}`);
  for (const text of texts) await eve.say(text);
  for (const text of texts) await eve.sees(text);
  assert.deepEqual((await eve.messages()).filter((text) => text.startsWith('Eve counts')), texts);
});

test('a whisper reaches only the other one, also when he was away', async () => {
  const fay = await scene.member('Fay');
  await scene.server.createUser('Gus');
  await fay.say('/msg Gus the first one');
  await fay.say('/msg Gus');
  await fay.finds('#whisper-lines .bubble.own', 'the first one');
  const gus = await scene.arrive();
  await gus.logIn('Gus');
  await gus.finds('#whispers-count', '1');
  await gus.page.click('#whispers-button');
  await gus.page.locator('#whisper-list .person', { hasText: 'Fay' }).click();
  await gus.finds('#whisper-lines .bubble', 'the first one');
  await gus.page.fill('#whisper-text', 'got it');
  await gus.page.press('#whisper-text', 'Enter');
  await fay.finds('#whisper-lines .bubble', 'got it');
  await gus.picture('whispers');
});

test('a poll is asked, answered once by each, and ended; a pin comes and goes', async () => {
  const mod = await scene.member('Moddy', 'moderator');
  const voter = await scene.member('Voter');
  await mod.say('/poll Tea or coffee? Tea or Coffee 1m');
  await voter.finds('#poll h2', 'Tea or coffee?');
  await voter.page.click('#poll [data-option="2"]');
  await voter.page.waitForSelector('#poll .option.mine[data-option="2"]');
  await mod.finds('#poll [data-option="2"]', '100% (1)');
  await mod.picture('poll');
  await mod.say('/stoppoll');
  await voter.finds('#poll-left', 'The poll is over');

  await mod.say('/pin Mind the tea https://example.org/');
  await voter.finds('#pin', 'Mind the tea');
  await mod.say('/unpin');
  await voter.page.waitForSelector('#pin', { state: 'hidden' });
});
