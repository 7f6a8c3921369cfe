// Mutes, bans and deleted messages, as both sides see them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stage } from './lib/stage.mjs';

const scene = stage();

test('somebody who is muted sees the count-down and cannot write until he is unmuted', async () => {
  const mod = await scene.member('Mona', 'moderator');
  const loud = await scene.member('Loud');
  await loud.tell('BUY MY THINGS');
  await mod.say('/mute Loud 10m');
  await loud.finds('#mute-note', 'You are muted. You can write again in 9:5');
  await mod.finds('#lines .mark-mute', 'Mona muted Loud for 10 minutes.');
  assert.equal(await mod.page.locator('#lines .message.collapsed').count(), 1);
  await mod.page.click('#lines .collapsed .reveal');
  await mod.sees('BUY MY THINGS');

  await loud.say('one more thing');
  assert.equal(await loud.page.isDisabled('#send'), true);
  assert.equal(await loud.page.inputValue('#message'), 'one more thing');
  await loud.picture('muted');
  await loud.page.reload();
  await loud.live();
  await loud.finds('#mute-note', 'You are muted.');

  await mod.say('/unmute Loud');
  await loud.page.waitForSelector('#mute-note', { state: 'hidden' });
  await loud.tell('I am sorry');
});

test('somebody who is banned is told why and cannot come back', async () => {
  const mod = await scene.arrive();
  await mod.logIn('Mona');
  const bad = await scene.member('Bad');
  await mod.say('/ban Bad 1d throwing tomatoes');
  await bad.finds('#stopped', 'You are banned from this chat');
  await bad.finds('#stopped', 'throwing tomatoes');
  assert.equal(await bad.page.isVisible('#composer'), false);
  await bad.picture('banned');
  await bad.page.reload();
  await bad.finds('#stopped', 'throwing tomatoes');
  await bad.page.click('#stopped button');
  await bad.finds('#stopped', 'throwing tomatoes');
  assert.equal(await bad.page.locator('#status.live').count(), 0);

  await mod.say('/unban Bad');
  await mod.finds('#lines .mark-unban', 'Bad');
  await bad.page.click('#stopped button');
  await bad.live();
  await bad.tell('back again');
});

test('a moderator deletes a message, and its words leave every screen', async () => {
  const mod = await scene.arrive();
  await mod.logIn('Mona');
  const person = await scene.member('Slip');
  await person.tell('my password is tomato');
  await mod.sees('my password is tomato');
  await mod.page.locator('#lines .message', { hasText: 'my password' }).locator('.nick').click();
  await mod.page.getByRole('menuitem', { name: 'Delete message' }).click();
  await person.finds('#lines .deleted', 'This message was deleted.');
  await mod.finds('#lines .deleted', 'This message was deleted.');
  assert.equal((await person.page.content()).includes('tomato'), false);
});

test('a command without the right for it is refused in plain words', async () => {
  const person = await scene.member('Plain');
  await person.say('/mute Mona 10m');
  await person.finds('#notices', 'You are not allowed to do that.');
});

test('an administrator makes somebody a moderator from the menu', async () => {
  const admin = await scene.member('Boss', 'admin');
  const helper = await scene.member('Helper');
  await admin.page.locator('#people-list .person', { hasText: 'Helper' }).click();
  await admin.page.getByRole('menuitem', { name: 'Change role…' }).click();
  await admin.page.selectOption('#prompt select', 'moderator');
  await admin.page.getByRole('button', { name: 'Change' }).click();
  await helper.page.locator('#people-list .person', { hasText: 'Helper' }).locator('.flair.moderator').waitFor();
  await helper.say('/pin I can pin now');
  await admin.finds('#pin', 'I can pin now');
});
