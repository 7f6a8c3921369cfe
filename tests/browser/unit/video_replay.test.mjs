// The clock of a recording's chat: what shows depends on the moment alone.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { chatMoment, kPageMs, ReplayPages } from '../../../src/web/pages/app/video/replaypages.js';

const start = 1_700_000_010_000;  // a third into a page
const end = start + 10 * 60_000;
const muchLater = end + 3_600_000;
let pages;
beforeEach(() => { pages = new ReplayPages(start, end); });

const line = (at) => ({ at, seq: at });
const texts = (moment) => pages.at(moment).map((each) => each.at - start);
const pageOf = (moment) => Math.floor(moment / kPageMs);

/** Answers everything that is asked for at this moment, with a line a second. */
function serve(moment) {
  const wanted = pages.wanted(moment, muchLater);
  for (const { page, from, to } of wanted) {
    const lines = [];
    for (let at = from; at < to; at += 1000) if (at >= start && at <= end) lines.push(line(at));
    pages.put(page, lines, muchLater);
  }
  return wanted.map(({ page }) => page);
}

test('the page of the moment comes first, then the next, then those before', () => {
  const middle = start + 5 * 60_000;
  const p = pageOf(middle);
  assert.deepEqual(pages.wanted(middle, muchLater).map(({ page }) => page), [p, p + 1, p - 1, p - 2, p - 3]);
  assert.deepEqual(pages.wanted(middle, muchLater), []);  // asked for once
});

test('pages are whole half minutes, so that others may have asked for the same', () => {
  for (const { from, to } of pages.wanted(start + 60_000, muchLater)) {
    assert.equal(from % kPageMs, 0);
    assert.equal(to - from, kPageMs);
  }
});

test('nothing is asked for outside of the recording, nor without a clock', () => {
  assert.deepEqual(pages.wanted(start, muchLater).map(({ page }) => page), [pageOf(start), pageOf(start) + 1]);
  assert.deepEqual(pages.wanted(end + 5 * kPageMs, muchLater), []);
  assert.deepEqual(pages.wanted(NaN, muchLater), []);
});

test('a line shows from its moment on', () => {
  serve(start);
  assert.deepEqual(texts(start + 2999), [0, 1000, 2000]);
  assert.deepEqual(texts(start + 3000), [0, 1000, 2000, 3000]);
});

test('a jump moves the chat both ways', () => {
  serve(start);
  const later = start + 5 * 60_000;
  assert.deepEqual(texts(later), []);  // nothing known there yet
  serve(later);
  assert.equal(texts(later).at(-1), later - start);
  assert.deepEqual(texts(start + 1000), [0, 1000]);
});

test('what is shown is bounded', () => {
  for (let at = start; at <= end; at += kPageMs) serve(at);
  assert.equal(pages.at(end).length, 200);
});

test('while the page of the moment is on its way, what was there stays', () => {
  serve(start);
  const next = (pageOf(start) + 2) * kPageMs + 10;  // not asked for yet
  assert.equal(pages.covers(next), false);
  assert.equal(texts(next).length > 0, true);
});

test('a page that failed is asked for again, but not at once', () => {
  const [first] = pages.wanted(start, muchLater);
  pages.fail(first.page, muchLater);
  const again = (now) => pages.wanted(start, now).map(({ page }) => page).includes(first.page);
  assert.equal(again(muchLater + 1000), false);
  assert.equal(again(muchLater + 6000), true);
});

test('a page that is not over is asked for again', () => {
  const now = start + 5000;
  const { page } = pages.wanted(start, now)[0];
  pages.put(page, [line(start)], now);
  assert.deepEqual(texts(start), [0]);
  assert.equal(pages.wanted(start, now + 1000).length, 0);
  assert.equal(pages.wanted(start, now + 6000)[0].page, page);
});

test('people react to what they saw: the offset brings their lines to the picture', () => {
  // Seen 2 s late, written 1 s after that: 3 s after the picture, and 1 s after it in the replay.
  const written = start + 3000;
  assert.equal(written <= chatMoment(start + 1000, -2000), true);
  assert.equal(written <= chatMoment(start + 999, -2000), false);
});
