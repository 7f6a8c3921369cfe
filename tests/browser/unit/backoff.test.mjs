// When to come back after a connection ended.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterClose } from '../../../src/web/pages/app/backoff.js';

const ending = { code: 1006, reason: '', live: true, attempt: 0, refusal: '' };
const range = (changes) => [0, 0.999999].map((x) => Math.round(afterClose({ ...ending, ...changes }, () => x).delay));

test('a lost connection is tried again within half a second to three', () => {
  assert.deepEqual(range({}), [500, 3000]);
});

test('a planned restart is followed almost at once, a drain within two seconds', () => {
  assert.deepEqual(range({ code: 1001 }), [0, 400]);
  assert.deepEqual(range({ code: 1012 }), [0, 2000]);
});

test('an overloaded server gets a rest', () => {
  assert.deepEqual(range({ code: 1013 }), [5000, 15000]);
});

test('failed attempts wait longer and longer, thirty seconds at most', () => {
  assert.deepEqual(range({ live: false, attempt: 0 }), [750, 1500]);
  assert.deepEqual(range({ live: false, attempt: 3 }), [6000, 12000]);
  assert.deepEqual(range({ live: false, attempt: 50 }), [15000, 30000]);
});

test('a restart that never gets going does not become a tight loop', () => {
  assert.deepEqual(range({ code: 1001, live: false, attempt: 4 }), [12000, 24000]);
});

test('who is banned or has too many windows stays away', () => {
  assert.deepEqual(afterClose({ ...ending, refusal: 'banned' }), { stop: 'banned' });
  const crowded = { ...ending, code: 1001, refusal: 'toomanyconnections' };
  assert.deepEqual(afterClose(crowded), { stop: 'toomanyconnections' });
  assert.deepEqual(afterClose({ ...ending, code: 1008, reason: 'banned' }), { stop: 'banned' });
  assert.ok('delay' in afterClose({ ...ending, code: 1008, reason: 'revoked' }));
});
