// The page for those who stream.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patience } from './lib/machine.mjs';
import { streamStage } from './lib/streamstage.mjs';
import { coverSays, fits, moves } from './lib/viewer.mjs';

const scene = streamStage();

test('from an account to a channel with a key that is shown once', { timeout: patience(60000) }, async () => {
  const ida = await scene.member('Ida', 'streamer');
  await ida.page.click('#me-button');
  await ida.page.getByRole('menuitem', { name: 'Go live' }).click();
  await ida.page.fill('input[name="name"]', 'ida');
  await ida.page.getByRole('button', { name: 'Make the channel' }).click();

  await ida.finds('#stream-key', '••••');
  assert.match(await ida.page.textContent('#ingest-server'), /^rtmp:\/\//);
  assert.ok(!(await ida.page.textContent('#ffmpeg-line')).includes('sk_'));
  await ida.page.getByRole('button', { name: 'Show', exact: true }).click();
  const key = await ida.page.textContent('#stream-key');
  assert.match(key, /^sk_/);
  assert.ok((await ida.page.textContent('#ffmpeg-line')).includes(`/${key}"`));
  assert.equal(await fits(ida), true);
  await ida.picture('golive');

  await ida.page.getByRole('button', { name: 'Make a new key' }).click();
  await ida.page.getByRole('button', { name: 'Cancel' }).click();
  assert.equal(await ida.page.textContent('#stream-key'), key);
  await ida.page.getByRole('button', { name: 'Make a new key' }).click();
  await ida.page.locator('#prompt').getByRole('button', { name: 'Make a new key' }).click();
  await ida.finds('#stream-key', '••••');
  await ida.page.getByRole('button', { name: 'Show', exact: true }).click();
  assert.notEqual(await ida.page.textContent('#stream-key'), key);

  await ida.page.reload();
  await ida.finds('#stream-key', 'shown once');
  await ida.finds('#ffmpeg-line', 'YOUR_KEY');
});

test('what the stream is about is seen by those who watch', { timeout: patience(60000) }, async () => {
  const jan = await scene.channel('jan');
  const owner = await scene.arrive();
  await owner.logIn('Jan');
  await owner.page.goto(`${scene.server.url}?golive`);
  const viewer = await scene.arrive({ path: '?channel=jan' });
  await coverSays(viewer, 'jan is offline');
  await owner.page.fill('input[name="title"]', 'Painting a boat');
  await owner.page.fill('input[name="category"]', 'Art');
  await owner.page.fill('input[name="tags"]', 'boats, oil');
  await owner.page.getByRole('button', { name: 'Save' }).click();
  await owner.finds('form [role="status"]', 'Saved.');

  await owner.page.getByRole('button', { name: 'Announce it' }).click();
  await coverSays(viewer, 'Soon');
  await jan.start();
  await moves(viewer);
  await viewer.finds('.about h2', 'Painting a boat');
  await viewer.finds('.facts', 'boats');
  await owner.finds('.health', 'Everything arrives');
  await owner.finds('.facts-table', 'kb/s');
  await owner.picture('golive-health');

  await owner.page.getByRole('button', { name: 'End the broadcast' }).click();
  await owner.page.getByRole('button', { name: 'Cancel' }).click();
  await moves(viewer);
  await owner.page.getByRole('button', { name: 'End the broadcast' }).click();
  await owner.page.locator('#prompt').getByRole('button', { name: 'End the broadcast' }).click();
  await coverSays(viewer, 'jan is offline');
  await owner.finds('.health', 'Nothing arrives');
});

test('guests are asked to log in, others why they cannot have a channel', async () => {
  const guest = await scene.arrive({ path: '?golive' });
  await guest.finds('.sheet', 'Log in first');
  await guest.register('NoStreamer');
  await guest.page.getByRole('button', { name: 'Make the channel' }).click();
  await guest.finds('.form-error:not([hidden])', 'Ask an administrator');
});
