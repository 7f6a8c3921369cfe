// Own messages between the Enter key and the receipt.
import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { Outbox } from '../../../src/web/pages/app/outbox.js';

let sent;
let connected;
let outbox;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  sent = [];
  connected = true;
  outbox = new Outbox((text, nonce) => {
    if (connected) sent.push({ text, nonce });
    return connected;
  });
  outbox.opened();
});

const texts = () => sent.map((each) => each.text);
const receipt = (index, seq) => outbox.acknowledged({ nonce: sent[index].nonce, seq }, () => false);

test('one is under way at a time, in order, at the pace of the throttle', () => {
  outbox.add('a');
  outbox.add('b');
  assert.deepEqual(texts(), ['a']);
  mock.timers.tick(400);
  assert.deepEqual(texts(), ['a']);
  receipt(0, 1);
  assert.deepEqual(texts(), ['a', 'b']);
  receipt(1, 2);
  outbox.add('c');
  assert.deepEqual(texts(), ['a', 'b']);
  mock.timers.tick(320);
  assert.deepEqual(texts(), ['a', 'b', 'c']);
});

test('it stays in the list until its line is on screen', () => {
  outbox.add('a');
  receipt(0, 7);
  assert.equal(outbox.items.length, 1);
  outbox.shown(7, 'a');
  assert.equal(outbox.items.length, 0);
});

test('a line that comes before its receipt hides the pending one at once', () => {
  outbox.add('a');
  outbox.shown(7, 'a');
  assert.equal(outbox.items[0].echoed, true);
  outbox.acknowledged({ nonce: sent[0].nonce, seq: 7 }, (seq) => seq === 7);
  assert.equal(outbox.items.length, 0);
});

test('after a lost connection the same nonce goes out again', () => {
  outbox.add('a');
  outbox.closed();
  outbox.add('b');
  outbox.opened();
  assert.deepEqual(texts(), ['a', 'a']);
  assert.equal(sent[0].nonce, sent[1].nonce);
  receipt(1, 1);
  mock.timers.tick(400);
  assert.deepEqual(texts(), ['a', 'a', 'b']);
});

test('what was received before the break is not sent again', () => {
  outbox.add('a');
  receipt(0, 4);
  outbox.closed();
  outbox.opened();
  assert.deepEqual(texts(), ['a']);
  outbox.settle(4);
  assert.equal(outbox.items.length, 0);
});

test('a throttle is retried in silence, then told', () => {
  outbox.add('a');
  const nonce = sent[0].nonce;
  for (let i = 0; i < 4; i += 1) {
    assert.equal(outbox.refused({ nonce, description: 'throttled' }), true);
    mock.timers.tick(8000);
    assert.equal(sent.length, i + 2);
  }
  assert.equal(outbox.refused({ nonce, description: 'throttled' }), false);
  assert.equal(outbox.items[0].state, 'failed');
});

test('a server in trouble is asked again while the nonce protects', () => {
  outbox.add('a');
  const nonce = sent[0].nonce;
  for (let i = 0; i < 20; i += 1) {
    assert.equal(outbox.refused({ nonce, description: 'unavailable' }), true);
    mock.timers.tick(8000);
  }
  assert.equal(sent.length, 21);
  assert.ok(sent.every((each) => each.nonce === nonce));
  receipt(20, 3);
  outbox.shown(3, 'a');
  assert.equal(outbox.items.length, 0);
});

test('a refused one waits for its writer, and the next one goes on', () => {
  outbox.add('bad');
  outbox.add('good');
  assert.equal(outbox.refused({ nonce: sent[0].nonce, description: 'muted' }), false);
  mock.timers.tick(400);
  assert.deepEqual(texts(), ['bad', 'good']);
  receipt(1, 1);
  outbox.retry(sent[0].nonce);
  mock.timers.tick(400);
  assert.equal(sent[2].nonce, sent[0].nonce);
});

test('one that is too old for its nonce is not sent again by itself', () => {
  outbox.add('a');
  outbox.closed();
  mock.timers.tick(10 * 60 * 1000);
  outbox.opened();
  assert.deepEqual(texts(), ['a']);
  assert.equal(outbox.items[0].reason, 'stale');
  outbox.retry(outbox.items[0].nonce);
  assert.equal(sent.length, 2);
  assert.notEqual(sent[1].nonce, sent[0].nonce);
});

test('a missing answer is asked for again', () => {
  outbox.add('a');
  mock.timers.tick(10000);
  assert.equal(sent.length, 2);
  assert.equal(sent[1].nonce, sent[0].nonce);
});

test('the list is bounded', () => {
  connected = false;
  outbox.closed();
  for (let i = 0; i < 50; i += 1) assert.equal(outbox.add(`m${i}`), true);
  assert.equal(outbox.add('one too many'), false);
});
