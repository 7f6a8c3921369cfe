// Numbers, times, addresses and recipes of the video side.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tagsOf } from '../../../src/web/pages/app/video/detailsform.js';
import {
  bitrateText, bytesText, latencyText, positionText, shiftText, sinceText, viewersText,
} from '../../../src/web/pages/app/video/format.js';
import { healthRows, healthTitle } from '../../../src/web/pages/app/video/healthtext.js';
import { addressOf, homeOf, isChatOnly, placeOf } from '../../../src/web/pages/app/video/places.js';
import { ffmpegLine } from '../../../src/web/pages/app/video/recipes.js';
import { rebuildDelay } from '../../../src/web/pages/app/video/retry.js';
import { unknownStream } from '../../../src/web/pages/app/video/state.js';

test('viewers', () => {
  assert.equal(viewersText(0), '0 viewers');
  assert.equal(viewersText(1), '1 viewer');
  assert.equal(viewersText(1234), '1.2K viewers');
});

test('since when', () => {
  const start = '2026-01-02T03:00:00Z';
  const after = (seconds) => sinceText(start, Date.parse(start) + seconds * 1000);
  assert.equal(after(20), 'just started');
  assert.equal(after(61), 'live for 1 minute');
  assert.equal(after(3900), 'live for 1 hour 5 minutes');
  assert.equal(sinceText(null, 0), '');
});

test('places in a film', () => {
  assert.equal(positionText(0), '0:00');
  assert.equal(positionText(123.9), '2:03');
  assert.equal(positionText(3723), '1:02:03');
  assert.equal(positionText(NaN), '0:00');
});

test('sizes, rates, delays and shifts', () => {
  assert.equal(bytesText(12), '12 bytes');
  assert.equal(bytesText(1.24e9), '1.2 GB');
  assert.equal(bytesText(830e3), '830 kB');
  assert.equal(bitrateText(640), '640 kb/s');
  assert.equal(bitrateText(2500), '2.5 Mb/s');
  assert.equal(latencyText(1.62), '1.6 s');
  assert.equal(latencyText(42), '42 s');
  assert.equal(latencyText(300), '5 min');
  assert.equal(latencyText(NaN), '');
  assert.equal(shiftText(-1800), '\u22121.8 s');
  assert.equal(shiftText(250), '+0.3 s');
  assert.equal(shiftText(0), '0.0 s');
});

test('an address and its place are one', () => {
  for (const place of [
    { name: 'home' }, { name: 'watch', channel: 'alice' }, { name: 'streams' }, { name: 'videos', channel: '' },
    { name: 'videos', channel: 'alice' }, { name: 'video', id: '123' }, { name: 'golive', channel: '' },
    { name: 'golive', channel: 'alice' }]) {
    const url = new URL(addressOf(place), 'http://x');
    assert.deepEqual(placeOf(url.pathname, url.search), place);
  }
  assert.deepEqual(placeOf('/c/alice', ''), { name: 'watch', channel: 'alice' });
  assert.deepEqual(placeOf('/c/alice/', '?x=1'), { name: 'watch', channel: 'alice' });
});

test('what is no name is no place', () => {
  assert.deepEqual(placeOf('/', '?channel=../secret'), { name: 'home' });
  assert.deepEqual(placeOf('/c/a%2Fb', ''), { name: 'home' });
  assert.deepEqual(placeOf('/', '?video=<b>'), { name: 'home' });
});

test('the start page shows what most people watch', () => {
  const stream = (channel, state, viewers = 0) => ({ ...unknownStream(channel), state, viewers });
  assert.deepEqual(homeOf([]), { name: 'home' });
  assert.deepEqual(homeOf([stream('a', 'offline')]), { name: 'watch', channel: 'a' });
  assert.deepEqual(homeOf([stream('a', 'offline'), stream('b', 'offline')]), { name: 'streams' });
  assert.deepEqual(homeOf([stream('a', 'live', 1), stream('b', 'live', 5), stream('c', 'offline')]),
    { name: 'watch', channel: 'b' });
});

test('an embedded chat stays a chat', () => {
  assert.equal(isChatOnly('/embed/chat'), true);
  assert.equal(isChatOnly('/c/embed'), false);
});

test('tags are words without doubles', () => {
  assert.deepEqual(tagsOf(' chess, #blitz ,, Chess,  two   words'), ['Chess', 'blitz', 'two words']);
  assert.equal(tagsOf(Array.from({ length: 30 }, (_, i) => `t${i}`).join(',')).length, 10);
});

test('the line for ffmpeg names the server and the key once', () => {
  const line = ffmpegLine('rtmp://example.org/live/', 'sk_abc');
  assert.ok(line.endsWith('-f flv "rtmp://example.org/live/sk_abc"'));
  assert.ok(!line.includes("'"));
});

test('health in words leaves out what is not known', () => {
  const health = {
    state: 'good', notes: [], bitrate_kbps: 2510, fps: 29.97, realtime: 1, keyframe_seconds: 2, width: 1280, height: 720,
    video: 'avc1.64001f', audio: 'mp4a.40.2', since: '2026-01-02T03:00:00Z', reconnects: 0,
    recording: { state: 'recording', queue_bytes: 3_000_000 },
  };
  const rows = Object.fromEntries(healthRows(health, Date.parse('2026-01-02T03:01:00Z')));
  assert.deepEqual(rows, {
    Bitrate: '2.5 Mb/s', Pictures: '30 a second', Keyframe: 'every 2 s', Speed: '100 % of real time',
    Size: '1280 × 720', Video: 'H.264', Audio: 'AAC', Connected: 'for 1 minute',
    Recording: 'recording, 3.0 MB wait for the disk',
  });
  assert.deepEqual(healthRows({ state: 'offline' }, 0), []);
  assert.equal(healthTitle({ state: 'bad' }), 'Viewers will notice trouble.');
});

test('a failed player comes back soon, and later if it goes on failing', () => {
  const range = (attempt) => [0, 0.999999].map((x) => Math.round(rebuildDelay(attempt, () => x)));
  assert.deepEqual(range(0), [480, 800]);
  assert.deepEqual(range(2), [1920, 3200]);
  assert.deepEqual(range(40), [6000, 10000]);
});
