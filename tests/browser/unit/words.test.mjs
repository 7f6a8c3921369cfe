// Sentences, times and links.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mentions, safeUrl } from '../../../src/web/pages/app/text.js';
import { countdown, lengthInWords, parseDate, parseLength } from '../../../src/web/pages/app/time.js';
import { explain } from '../../../src/web/pages/app/words.js';

const words = ['unknown', 'nopermission', 'protocolerror', 'needlogin', 'invalidmsg', 'msgempty', 'msgtoolong',
  'throttled', 'duplicate', 'muted', 'submode', 'bannedphrase', 'needbanreason', 'notfound', 'privmsgbanned',
  'privmsgaccounttooyoung', 'toomanyconnections', 'banned', 'nochatting', 'activepoll', 'noactivepoll', 'alreadyvoted',
  'duplicatephrase', 'nophrase', 'invalidphrase', 'cantbanprotected', 'cantremoveevent', 'requiresocket', 'notconnected', 'unavailable', 'revoked'];

test('every refusal is a sentence', () => {
  for (const description of words) assert.match(explain({ description }), /^[A-Z][^:]+[.?]$/, description);
});

test('refusals tell what they know', () => {
  assert.equal(explain({ description: 'muted', muteTimeLeft: 583 }), 'You are muted for another 9 minutes 43 seconds.');
  assert.equal(explain({ description: 'submode', tier: 3 }),
    'Only subscribers of tier 3 and up can write at the moment.');
  assert.match(explain({ description: 'bannedphrase', filtered: 'gold' }), /gold$/);
  assert.equal(explain({ description: 'somethingnew' }), 'The server said: somethingnew');
});

test('lengths of time', () => {
  assert.deepEqual(['90', '90s', '10m', '2h', '7d', '1w', '5 m', 'x', ''].map(parseLength),
    [90, 90, 600, 7200, 604800, 604800, null, null, null]);
  assert.deepEqual([0, 42, 545, 7200, 270000].map(countdown), ['0:00', '0:42', '9:05', '2:00:00', '3 d 3 h']);
  assert.equal(lengthInWords(3660), '1 hour 1 minute');
});

test('the date forms of the answers', () => {
  const expected = Date.UTC(2026, 0, 2, 3, 4, 5);
  for (const text of ['2026-01-02 03:04:05', '2026-01-02T03:04:05+0000', '2026-01-02T03:04:05Z']) {
    assert.equal(parseDate(text), expected);
  }
  assert.ok(Number.isNaN(parseDate(null)));
});

test('only web addresses become links', () => {
  assert.equal(safeUrl('https://example.org/a'), 'https://example.org/a');
  for (const bad of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'https://']) {
    assert.equal(safeUrl(bad), null);
  }
});

test('a name is called only as a whole word', () => {
  assert.equal(mentions('hey @Ben!', 'ben'), true);
  assert.equal(mentions('benevolent', 'ben'), false);
  assert.equal(mentions('anything', ''), false);
});
