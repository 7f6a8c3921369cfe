// The player's keys: they never take a key from somebody who writes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyAction } from '../../../src/web/pages/app/video/keys.js';

const nowhere = { typing: false, slider: false, activates: false, scrolls: false, busy: false };
const press = (key, more = {}) =>
  ({ key, ctrlKey: false, altKey: false, metaKey: false, shiftKey: false, isComposing: false, ...more });

test('what the keys do', () => {
  const does = (key) => keyAction(press(key), nowhere);
  assert.deepEqual([' ', 'k', 'K', 'm', 'f', 't', 'ArrowLeft', 'ArrowRight', 'Escape', 'x'].map(does),
    ['toggle', 'toggle', 'toggle', 'mute', 'full', 'theatre', 'back', 'forward', 'leave', null]);
});

test('whoever writes or answers a dialog keeps all keys', () => {
  for (const focus of [{ typing: true }, { busy: true }]) {
    for (const key of [' ', 'k', 'm', 'f', 'ArrowLeft', 'Escape']) {
      assert.equal(keyAction(press(key), { ...nowhere, ...focus }), null);
    }
  }
  assert.equal(keyAction(press('k', { isComposing: true }), nowhere), null);
});

test('shortcuts of the browser stay its own', () => {
  for (const held of ['ctrlKey', 'altKey', 'metaKey', 'shiftKey']) {
    assert.equal(keyAction(press('f', { [held]: true }), nowhere), null);
  }
});

test('the space bar presses buttons and scrolls the log as ever', () => {
  assert.equal(keyAction(press(' '), { ...nowhere, activates: true }), null);
  assert.equal(keyAction(press(' '), { ...nowhere, scrolls: true }), null);
  assert.equal(keyAction(press('k'), { ...nowhere, activates: true }), 'toggle');
});

test('arrows move the slider that has the focus', () => {
  assert.equal(keyAction(press('ArrowLeft'), { ...nowhere, slider: true }), null);
  assert.equal(keyAction(press('m'), { ...nowhere, slider: true }), 'mute');
});
