// Recordings: the film and the chat as it was, moving together.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { patience } from './lib/machine.mjs';
import { streamStage } from './lib/streamstage.mjs';
import { coverSays, fits, moves } from './lib/viewer.mjs';

const scene = streamStage();

/** What the replay shows. */
const shown = (person) => person.page.$$eval('#replay-lines .text', (nodes) => nodes.map((node) => node.textContent));

/** @param {number} seconds */
const seek = (person, seconds) => person.page.evaluate((to) => {
  const slider = document.getElementById('seek');
  slider.value = String(to);
  slider.dispatchEvent(new Event('change'));
}, seconds);

/** When the film begins, and when the lines beside it were written, as the server tells. */
async function times(channel) {
  const [vod] = (await scene.ask(channel.owner, 'GET', `/vods?channel=${channel.name}`)).vods;
  const playlist = await (await fetch(new URL(vod.playback.hls, scene.server.url))).text();
  const started = Date.parse(/#EXT-X-PROGRAM-DATE-TIME:(\S+)/.exec(playlist)[1]);
  const [from, to] = [started - 5000, started + vod.duration_ms + 5000];
  const { messages } = await scene.ask(channel.owner, 'GET', `/vods/${vod.id}/chat?from=${from}&to=${to}`);
  return { started, offset: vod.chat_offset_ms, written: messages.map((each) => Date.parse(each.at)) };
}

let kim;

test('the chat comes when it came, jumps with the film, and lacks what was deleted', {
  timeout: patience(120000),
}, async () => {
  kim = await scene.channel('kim', { title: 'Evening walk' });
  await scene.server.createUser('Talker');
  const talker = await scene.arrive({ path: '?channel=kim' });
  await talker.logIn('Talker');
  await kim.start();
  await moves(talker);
  for (let i = 0; i < 8; i += 1) {
    await talker.tell(`word ${i}`);
    await sleep(2000);
  }
  const { messages: said } = await scene.ask('Talker', 'GET', '/chat/history?limit=50');
  await scene.ask('Talker', 'DELETE', `/chat/message/${said.find((each) => each.text === 'word 1').id}`);
  await kim.end();
  await coverSays(talker, 'kim is offline');

  await talker.page.click('#place-videos');
  await talker.finds('.card', 'Evening walk');
  await talker.picture('recordings');
  await talker.page.locator('.card h3 a', { hasText: 'Evening walk' }).click();
  await moves(talker);
  assert.equal(await talker.page.isVisible('#composer'), false);
  await seek(talker, 16);
  await talker.finds('#replay-lines .text', 'word 3');
  await talker.picture('recording');
  const late = await shown(talker);
  assert.ok(late.includes('word 0') && !late.includes('word 1'));
  await seek(talker, 6);
  await talker.page.waitForFunction((before) =>
    document.querySelectorAll('#replay-lines .text').length < before, late.length);
  const early = await shown(talker);
  assert.ok(!early.includes(late.at(-1)));
  assert.equal(await fits(talker), true);

  // Ten seconds earlier: what was said later shows already.
  await talker.page.click('#replay summary');
  await talker.page.fill('#replay-offset', '-10000');
  await talker.page.waitForFunction((before) =>
    document.querySelectorAll('#replay-lines .text').length > before + 2, early.length);
  await talker.page.click('#replay-reset');

  // Back to the chat of today.
  await talker.page.click('#place-streams');
  await talker.sees('word 7');
  assert.equal(await talker.page.isVisible('#composer'), true);
});

test('the picture and the shown lines are within a quarter of a second', { timeout: patience(90000) }, async () => {
  const viewer = await scene.arrive({ path: '?videos=kim' });
  await viewer.page.locator('.card h3 a').first().click();
  await moves(viewer);
  await viewer.page.focus('#pane');
  await viewer.page.keyboard.press('k');
  const { started, offset, written } = await times(kim);
  const by = (ms) => written.filter((at) => at <= ms).length;
  const length = await viewer.page.evaluate(() => document.getElementById('video').duration);
  for (let i = 0; i < 20; i += 1) {
    await seek(viewer, Math.floor(((i * 7) % 20) / 20 * (length - 2)));
    await viewer.page.waitForFunction(() => !document.getElementById('video').seeking
      && document.getElementById('replay-note').textContent !== 'Loading the chat…');
    await sleep(250);
    for (const until = Date.now() + patience(5000); ; await sleep(50)) {
      const [count, at] = await viewer.page.evaluate(() =>
        [document.querySelectorAll('#replay-lines .text').length, document.getElementById('video').currentTime]);
      const moment = started + at * 1000 - offset;
      if (count >= by(moment - 250) && count <= by(moment + 250)) break;
      assert.ok(Date.now() < until, `${count} lines at ${at} s`);
    }
  }
});

test('the owner names, pins and deletes', { timeout: patience(60000) }, async () => {
  const owner = await scene.arrive();
  await owner.logIn('Kim');
  await owner.page.goto(`${scene.server.url}?videos=kim`);
  await owner.page.locator('.card h3 a').first().click();
  await owner.page.getByRole('button', { name: 'Edit' }).click();
  await owner.page.fill('#prompt input[name="title"]', 'Morning walk');
  await owner.page.locator('#prompt').getByRole('button', { name: 'Save' }).click();
  await owner.finds('.about h2', 'Morning walk');
  await owner.page.getByRole('button', { name: 'Pin', exact: true }).click();
  await owner.finds('.facts', 'Pinned');
  await owner.picture('recording-owner');
  await owner.page.getByRole('button', { name: 'Delete' }).click();
  await owner.page.getByRole('button', { name: 'Cancel' }).click();
  await owner.finds('.about h2', 'Morning walk');
  await owner.page.getByRole('button', { name: 'Delete' }).click();
  await owner.page.getByRole('button', { name: 'Delete for good' }).click();
  await owner.finds('.sheet', 'Nothing has been recorded yet.');
});
