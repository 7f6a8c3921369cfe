// The order and the uniqueness of the lines.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Log } from '../../../src/web/pages/app/log.js';

const ben = { id: 7, nick: 'Ben', features: [] };
let log;
beforeEach(() => { log = new Log(); });

const add = (seq, text = `t${seq}`, at = seq * 1000) => log.add({ kind: 'message', seq, at, user: ben, text });
const numbers = () => log.lines.map((line) => line.seq);

test('a number comes once', () => {
  add(1);
  add(2);
  assert.equal(add(2), null);
  assert.deepEqual(numbers(), [1, 2]);
  assert.equal(log.lastSeq, 2);
});

test('what was missed goes where it belongs', () => {
  add(1);
  add(5);
  add(3);
  add(2);
  assert.deepEqual(numbers(), [1, 2, 3, 5]);
});

test('lines without a number are told apart by time, author and text', () => {
  assert.ok(add(0, 'same', 5));
  assert.equal(add(0, 'same', 5), null);
  assert.ok(add(0, 'same', 6));
});

test('the log is bounded, and what left it does not come back', () => {
  for (let seq = 1; seq <= 600; seq += 1) add(seq);
  assert.equal(log.lines.length, 500);
  assert.equal(log.lines[0].seq, 101);
  assert.equal(add(50), null);
  assert.equal(log.has(50), true);
});

test('the same number with another time is another journal', () => {
  add(1);
  add(2);
  assert.ok(add(1, 'fresh', 777));
  assert.deepEqual(log.lines.map((line) => line.text), ['fresh']);
  assert.equal(log.lastSeq, 1);
});

test('a punishment collapses what was said before it, not what came after', () => {
  add(1);
  add(3);
  log.collapse('BEN', 'muted', 2);
  assert.deepEqual(log.lines.map((line) => line.hidden), ['muted', undefined]);
  log.reveal(log.lines[0]);
  assert.equal(log.lines[0].hidden, '');
});

test('a deleted message loses its words', () => {
  add(1);
  log.erase(1, '');
  assert.equal(log.lines[0].deleted, true);
  assert.equal(log.lines[0].text, '');
});
