// Watching: the picture beside the chat, from the first moment to the last.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patience } from './lib/machine.mjs';
import { streamStage } from './lib/streamstage.mjs';
import { coverGone, coverSays, fits, isPaused, moves } from './lib/viewer.mjs';

const scene = streamStage();

test('a stream begins, is interrupted, comes back and ends, all by itself', { timeout: patience(120000) }, async () => {
  const alice = await scene.channel('alice', { title: 'Chess for two', category: 'Games', tags: ['chess'] });
  const guest = await scene.arrive();
  await coverSays(guest, 'alice is offline');
  assert.equal(await fits(guest), true);
  await guest.picture('watch-offline');

  await alice.start();
  await moves(guest);
  await coverGone(guest);
  await guest.finds('.about h2', 'Chess for two');
  await guest.finds('.facts .pill', 'Live');
  await guest.finds('.facts', 'Games');
  assert.equal(await guest.page.isVisible('#unmute'), true);
  assert.equal(await guest.page.evaluate(() => document.getElementById('video').muted), true);
  await guest.finds('#latency', 'behind');
  await guest.picture('watch-live');

  await alice.vanish();
  await coverSays(guest, 'Interrupted');
  await guest.picture('watch-interrupted');
  await alice.start();
  await moves(guest);
  await coverGone(guest);

  await alice.end();
  await coverSays(guest, 'alice is offline');
  await guest.finds('#pane-status', 'alice is offline.');
});

test('who comes later sees it at once; sound is one click away and stays on', {
  timeout: patience(60000),
}, async () => {
  const bert = await scene.channel('bert');
  await bert.start();
  const viewer = await scene.arrive({ path: '?channel=bert' });
  await moves(viewer);
  await viewer.page.click('#unmute');
  assert.equal(await viewer.page.isVisible('#unmute'), false);
  assert.equal(await viewer.page.evaluate(() => document.getElementById('video').muted), false);
  const [beat] = await Promise.all([
    viewer.page.waitForResponse((answer) => answer.url().endsWith('/stream/bert/watch'), { timeout: patience(30000) }),
    viewer.page.reload()]);
  assert.ok(beat.ok());
  const { sid, latency_ms: latency } = beat.request().postDataJSON();
  assert.match(sid, /^[0-9a-f]{16}$/);
  assert.ok(latency > 0 && latency < 20000, `${latency} ms behind`);
  await moves(viewer);
  await viewer.page.waitForFunction(() => !document.getElementById('video').muted
    || !document.getElementById('unmute').hidden);
  await bert.end();
});

test('the keys belong to whoever writes, and to the player otherwise', { timeout: patience(60000) }, async () => {
  const cleo = await scene.channel('cleo');
  await cleo.start();
  const fan = await scene.arrive({ path: '?channel=cleo' });
  await moves(fan);
  await fan.register('FanOfCleo');
  await moves(fan);  // logging in does not stop the picture
  const { keyboard } = fan.page;
  await fan.page.click('#message');
  await keyboard.type('km f');
  assert.equal(await fan.page.inputValue('#message'), 'km f');
  assert.equal(await isPaused(fan), false);
  assert.equal(await fan.page.evaluate(() => document.getElementById('video').muted), true);
  await fan.page.fill('#message', '');

  await fan.page.focus('#pane');
  await keyboard.press('k');
  assert.equal(await isPaused(fan), true);
  await fan.page.waitForSelector('#live-button.behind');
  await keyboard.press(' ');
  await moves(fan);
  await keyboard.press('m');
  assert.equal(await fan.page.evaluate(() => document.getElementById('video').muted), false);
  await keyboard.press('t');
  await fan.page.waitForSelector('.top', { state: 'hidden' });
  assert.equal(await fan.page.isVisible('#log'), true);
  await fan.picture('theatre');
  await keyboard.press('Escape');
  await fan.page.waitForSelector('.top', { state: 'visible' });
  await keyboard.press('f');
  await fan.page.waitForFunction(() => document.fullscreenElement?.id === 'player');
  await keyboard.press('f');
  await fan.page.waitForFunction(() => document.fullscreenElement === null);
  await cleo.end();
});

test('a player that fails is built anew until it plays', { timeout: patience(90000) }, async () => {
  const dora = await scene.channel('dora');
  await dora.start();
  const viewer = await scene.arrive({ path: '?channel=dora' });
  await moves(viewer);
  await viewer.page.route('**/hls/**', (route) => route.fulfill({ status: 500, body: 'no' }));
  await coverSays(viewer, 'The picture does not come through');
  await viewer.picture('watch-trouble');
  await viewer.page.unroute('**/hls/**');
  await moves(viewer, 40000);
  await coverGone(viewer);
  await dora.end();
});

for (const player of ['native', 'plain']) {
  test(`it plays without hls.js and without low latency, too (${player})`, { timeout: patience(60000) }, async () => {
    const name = `emil${player}`;
    const emil = await scene.channel(name);
    await emil.start();
    const viewer = await scene.arrive({ path: `?channel=${name}&player=${player}` });
    await moves(viewer, 30000);
    await emil.end();
  });
}

test('a stopped picture goes on where the others are', { timeout: patience(60000) }, async () => {
  const fred = await scene.channel('fred');
  await fred.start();
  const viewer = await scene.arrive({ path: '?channel=fred' });
  await moves(viewer);
  await viewer.page.hover('#video');
  await viewer.page.click('#play-button');
  await new Promise((resolve) => setTimeout(resolve, 9000));
  await viewer.page.hover('#video');
  await viewer.page.click('#live-button');
  await moves(viewer);
  await viewer.page.waitForFunction(() => !document.getElementById('live-button').classList.contains('behind'));
  await fred.end();
});

test('a phone has the picture above and the chat below, and nothing jumps', { timeout: patience(60000) }, async () => {
  const gina = await scene.channel('gina', { title: 'A rather long title for a rather small screen' });
  await gina.start();
  const viewer = await scene.arrive({
    path: '?channel=gina', viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true });
  await viewer.page.evaluate(() => {
    window.jumps = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.jumps += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await moves(viewer);
  assert.equal(await fits(viewer), true);
  const [picture, log] = await Promise.all(['#player', '#log'].map((name) => viewer.page.locator(name).boundingBox()));
  await viewer.picture('watch-phone');
  assert.ok(picture.width === 360 && Math.abs(picture.height - 202.5) < 2);
  assert.ok(log.y >= picture.y + picture.height && log.height > 150);
  const jumps = await viewer.page.evaluate(() => window.jumps);
  assert.ok(jumps < 0.05, `the page jumped by ${jumps}`);
  await viewer.page.click('#places-button');
  await viewer.page.getByRole('menuitem', { name: 'Streams' }).click();
  await viewer.finds('.sheet h2', 'Live now');
  assert.equal(await viewer.page.isVisible('#log'), false);
  assert.equal(await fits(viewer), true);
  await viewer.picture('streams-phone');
  await gina.end();
});

test('the list of streams, and the way there and back without a reload', { timeout: patience(60000) }, async () => {
  const hugo = await scene.channel('hugo', { title: 'Bread', category: 'Cooking' });
  await hugo.start();
  const viewer = await scene.arrive({ path: '?streams' });
  await viewer.finds('.card', 'Bread');
  await viewer.finds('.channel', 'alice');
  assert.equal(await fits(viewer), true);
  await viewer.picture('streams');
  await viewer.page.evaluate(() => { window.same = true; });
  await viewer.page.locator('.card h3 a', { hasText: 'Bread' }).click();
  await moves(viewer);
  assert.match(viewer.page.url(), /\?channel=hugo$/);
  await viewer.page.goBack();
  await viewer.finds('.card', 'Bread');
  assert.equal(await viewer.page.evaluate(() => window.same), true);
  await hugo.end();
  await viewer.page.locator('.card', { hasText: 'Bread' }).waitFor({ state: 'detached' });
  await viewer.finds('.channel', 'Bread');
});

test('what others show inside their pages stays a chat', { timeout: patience(60000) }, async () => {
  const ina = await scene.channel('ina');
  await ina.start();
  const viewer = await scene.arrive({ path: 'embed/chat' });
  await viewer.finds('#lines .broadcast', 'ina is live');
  for (const name of ['#pane', '#places', '#places-button']) assert.equal(await viewer.page.isVisible(name), false);
  await ina.end();
});

test('who may not be shown anything is told so', async () => {
  const viewer = await scene.arrive({ path: '?channel=nobody-here' });
  await coverSays(viewer, 'Nothing here');
  await viewer.picture('watch-missing');
});

test('an address that runs out is renewed under way, and a login changes whose it is', {
  timeout: patience(120000),
}, async () => {
  const nora = await scene.channel('nora');
  await nora.start();
  // Where nothing is played: what is counted is of the page that comes then.
  const viewer = await scene.arrive({ path: 'embed/chat' });
  let given = 0;
  // As far as the page knows, the first address is good for so long that the picture moves before it is renewed.
  await viewer.page.route(/\/streams?(\/nora)?(\?|$)/, async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    for (const stream of body.streams ?? [body]) {
      if (!stream.playback) continue;
      given += 1;
      if (given === 1) stream.playback.expires_at = new Date(Date.now() + patience(20000)).toISOString();
    }
    await route.fulfill({ response, json: body });
  });
  const tokens = new Set();
  const asked = new Set();  // for the multivariant playlist, with which a player begins
  let begun = 0;            // addresses that came with a new player
  viewer.page.on('request', (request) => {
    const [, token, file] = /\/hls\/([^/]+)\/nora\/(.*)$/.exec(request.url()) ?? [];
    if (file?.startsWith('master')) asked.add(token);
    if (!file?.startsWith('live.m3u8') || tokens.has(token)) return;
    tokens.add(token);
    if (asked.has(token)) begun += 1;
  });
  await viewer.page.goto(new URL('?channel=nora', scene.server.url).href);
  await moves(viewer);
  assert.equal(tokens.size, 1);
  const another = async (/** @type {number} */ count) => {
    for (const until = Date.now() + patience(40000); tokens.size < count;) {
      assert.ok(Date.now() < until, `${tokens.size} of ${count} addresses`);
      await viewer.page.waitForRequest((request) => request.url().includes('/nora/live.m3u8'));
    }
  };
  await another(2);
  await viewer.register('FanOfNora');
  await another(3);
  await moves(viewer);
  assert.equal(begun, 1, 'the player goes on with another address');
  await nora.end();
});

test('who logs out sees what a guest may see', { timeout: patience(90000) }, async () => {
  const vera = await scene.channel('vera', { visibility: 'subscribers' });
  await scene.server.createUser('Patron');
  await scene.server.cli('user', 'set', '--name', 'Patron', '--feature', 'flair13');
  const viewer = await scene.arrive({ path: '?channel=vera' });
  await viewer.logIn('Patron');
  await vera.start();
  await moves(viewer);
  await viewer.logOut();
  await coverSays(viewer, 'For subscribers');
  await viewer.logIn('Patron');
  await moves(viewer);

  await vera.end();
  const [{ id }] = (await scene.ask('Vera', 'GET', '/vods?channel=vera')).vods;
  await viewer.page.goto(new URL(`?video=${id}`, scene.server.url).href);
  await moves(viewer);
  await viewer.logOut();
  await coverSays(viewer, 'For subscribers');
  await viewer.logIn('Patron');
  await moves(viewer);
});
