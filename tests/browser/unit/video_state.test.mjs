// What the states of a stream mean for the player and for the words on the page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  announcement, applyEvent, coverOf, playerOrder, unknownStream,
} from '../../../src/web/pages/app/video/state.js';

const base = { ...unknownStream('alice'), title: 'Chess' };
const begun = '2026-01-02T03:04:05Z';
const playback = { hls: '/hls/open/alice/master.m3u8' };
const live = { ...base, state: 'live', broadcast_id: '7', started_at: begun, playback };
const as = (state, more = {}) => ({ ...live, state, ...more });

test('a stream that begins is loaded, whatever was before', () => {
  for (const state of ['offline', 'armed', 'starting', 'interrupted']) {
    assert.equal(playerOrder(as(state), live), 'load');
  }
  assert.equal(playerOrder(null, live), 'load');
});

test('more viewers or another title are no reason to touch the player', () => {
  assert.equal(playerOrder(live, { ...live, viewers: 9, title: 'Go' }), 'none');
});

test('another broadcast is another picture, even if its beginning was missed', () => {
  assert.equal(playerOrder(live, { ...live, broadcast_id: '8' }), 'load');
  assert.equal(playerOrder(live, { ...live, broadcast_id: null, started_at: '2026-01-02T04:00:00Z' }), 'load');
  assert.equal(playerOrder(live, { ...live, broadcast_id: null }), 'none');
});

test('an interruption keeps the picture, an end does not', () => {
  assert.equal(playerOrder(live, as('interrupted')), 'hold');
  assert.equal(playerOrder(as('interrupted'), as('interrupted')), 'none');
  assert.equal(playerOrder(live, as('offline')), 'stop');
  assert.equal(playerOrder(as('interrupted'), as('offline')), 'stop');
  assert.equal(playerOrder(null, as('offline')), 'stop');
  assert.equal(playerOrder(as('offline'), as('starting')), 'none');
});

test('an event changes what it tells and forgets what belonged to another broadcast', () => {
  const event = { channel: 'alice', title: 'Chess', started_at: begun, viewers: 1, thumbnail: null };
  const ended = applyEvent(live, { ...event, state: 'offline', started_at: null, viewers: 0 });
  assert.equal(ended.state, 'offline');
  assert.equal(ended.playback, null);
  assert.equal(ended.broadcast_id, null);
  assert.equal(ended.category, live.category);

  const counted = applyEvent(live, { ...event, state: 'live', viewers: 12 });
  assert.equal(counted.viewers, 12);
  assert.deepEqual(counted.playback, live.playback);
  assert.equal(playerOrder(live, counted), 'none');

  const again = applyEvent(live, { ...event, state: 'live', title: 'Go', started_at: '2026-01-02T05:00:00Z' });
  assert.equal(again.playback, null);
  assert.equal(playerOrder(live, again), 'load');
});

test('an event with a state nobody knows changes no state', () => {
  assert.equal(applyEvent(live, { channel: 'alice', state: 'dancing', started_at: begun, viewers: 1 }).state, 'live');
});

test('the words for each state', () => {
  assert.equal(coverOf(live), null);
  assert.equal(coverOf(as('offline')).title, 'alice is offline');
  assert.equal(coverOf(as('interrupted')).kind, 'interrupted');
  assert.equal(coverOf(as('starting')).kind, 'waiting');
  assert.equal(coverOf(as('armed')).title, 'Soon');
  assert.equal(announcement(live), 'alice is live: Chess.');
  assert.equal(announcement(as('offline')), 'alice is offline.');
});
