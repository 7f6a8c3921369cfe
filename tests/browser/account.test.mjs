// Registering, logging in and out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stage } from './lib/stage.mjs';

const scene = stage();

test('the first account is the administrator, the second is not', async () => {
  const first = await scene.arrive();
  await first.register('Founder');
  assert.equal(await first.page.textContent('#me-button'), 'Founder');
  await first.finds('#people-list .person', 'Founder');
  await first.page.waitForSelector('#people-list .flair.admin');

  const second = await scene.arrive();
  await second.register('Newcomer');
  await second.finds('#people-list .person', 'Newcomer');
  assert.equal(await second.page.locator('#people-list .person', { hasText: 'Newcomer' }).locator('.flair').count(), 0);
});

test('a taken name and a wrong password are told in plain words', async () => {
  const person = await scene.arrive();
  await person.page.click('#register');
  await person.page.fill('#account-name', 'founder');
  await person.page.fill('#account-password', 'correct horse battery');
  await person.page.click('#account-submit');
  await person.finds('#account-error', 'That name is taken');
  await person.page.click('#account-switch');
  await person.page.fill('#account-name', 'Founder');
  await person.page.fill('#account-password', 'not the right one');
  await person.page.click('#account-submit');
  await person.finds('#account-error', 'The name or the password is wrong.');
  await person.picture('account-error');
});

test('a login lasts over a reload and ends with the logout', async () => {
  const person = await scene.arrive();
  await person.logIn('Newcomer');
  await person.page.reload();
  await person.live();
  assert.equal(await person.page.textContent('#me-button'), 'Newcomer');
  await person.logOut();
  assert.equal(await person.page.isVisible('#composer'), false);
});

test('the page keeps no token where scripts can read it', async () => {
  const person = await scene.arrive();
  await person.logIn('Newcomer');
  const kept = await person.page.evaluate(() =>
    JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }]));
  assert.equal(kept, '["",{},{}]');
});
