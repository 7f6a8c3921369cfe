import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Address, partsOf, renewalDelay } from '../../../src/web/pages/app/video/address.js';

const kHour = 3600000;
const kStart = Date.parse('2026-01-01T00:00:00Z');

/** @param {string} token @param {number} at */
const playback = (token, at) => ({ hls: `/hls/${token}/ada/master.m3u8`, expires_at: new Date(at).toISOString() });

/** @param {() => Promise<any>} renew @param {() => void} [gone] */
function clocked(renew, gone = () => assert.fail('gone')) {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: kStart });
  return new Address(renew, gone);
}

test('an address is taken apart', () => {
  assert.deepEqual(partsOf('/hls/T.x/ada/live.m3u8?_HLS_msn=1'),
    { before: '/hls/', token: 'T.x', name: 'ada', rest: '/live.m3u8?_HLS_msn=1' });
  assert.equal(partsOf('https://s.example:8443/vod/T/17/file-1.mp4')?.before, 'https://s.example:8443/vod/');
  for (const other of ['/hls/ada', 'https://elsewhere.example/live/ada.m3u8', '/thumb/ada.jpg', '']) {
    assert.equal(partsOf(other), null, other);
  }
});

test('it is renewed before its end, not all at once', () => {
  assert.equal(renewalDelay(6 * kHour, 0), 6 * kHour - 600000);
  assert.equal(renewalDelay(6 * kHour, 1), 6 * kHour - 300000);
  assert.equal(renewalDelay(10000, 0), 9000);
  assert.ok(renewalDelay(1e12, 0) < 2 ** 31);
  for (const never of [NaN, 0, -5]) assert.ok(Number.isNaN(renewalDelay(never, 0)), `${never}`);
});

test('a fresh token takes the place of the old one', async (t) => {
  t.after(() => mock.timers.reset());
  let asked = 0;
  const address = clocked(async () => { asked += 1; return playback(`T${asked}`, kStart + 12 * kHour); });
  address.set(playback('T0', kStart + 6 * kHour));
  const asks = (/** @type {string} */ token) => `http://h/hls/${token}/ada/part-1.2.m4s`;
  assert.equal(address.fresh(asks('T0')), asks('T0'));
  mock.timers.tick(6 * kHour - 600001);
  assert.equal(asked, 0);
  mock.timers.tick(300001);
  await Promise.resolve();
  assert.equal(asked, 1);
  assert.equal(address.fresh(asks('T0')), asks('T1'));
  assert.equal(address.fresh('/hls/T0/bob/live.m3u8'), '/hls/T0/bob/live.m3u8', 'another channel');
  assert.equal(address.fresh('https://cdn.example/x.m3u8'), 'https://cdn.example/x.m3u8');
});

test('what fails is tried again, what is refused is told', async (t) => {
  t.after(() => mock.timers.reset());
  /** @type {any} */ let answer = new Error('no network');
  let asked = 0;
  let gone = 0;
  const address = clocked(async () => { asked += 1; if (answer instanceof Error) throw answer; return answer; },
    () => { gone += 1; });
  address.set(playback('T0', kStart + kHour));
  mock.timers.tick(kHour);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(asked, 1);
  answer = null;
  mock.timers.tick(30000);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(asked, 2);
  assert.equal(gone, 1);
  mock.timers.tick(kHour);
  assert.equal(asked, 2);
  assert.match(address.fresh('/hls/T0/ada/live.m3u8'), /T0/);
});

test('nothing comes after the end', async (t) => {
  t.after(() => mock.timers.reset());
  /** @type {(value: any) => void} */ let give = () => {};
  const address = clocked(() => new Promise((resolve) => { give = resolve; }));
  address.set(playback('T0', kStart + kHour));
  const asking = address.refresh();
  address.stop();
  give(playback('T1', kStart + 2 * kHour));
  await asking;
  assert.equal(address.url, '');
});

test('of two askings the later one counts', async (t) => {
  t.after(() => mock.timers.reset());
  /** @type {((value: any) => void)[]} */ const give = [];
  const address = clocked(() => new Promise((resolve) => { give.push(resolve); }));
  address.set(playback('T0', kStart + kHour));
  const before = address.ask();
  const after = address.refresh();
  give[1](playback('T2', kStart + 2 * kHour));
  await after;
  give[0](null);
  assert.equal(await before, undefined);
  assert.match(address.url, /T2/);
});
