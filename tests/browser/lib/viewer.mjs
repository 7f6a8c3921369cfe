// What somebody in front of the player sees and does.
import { patience } from './machine.mjs';

/** Waits until the picture moves. @param {import('./page.mjs').Person} person @param {number} [timeout] */
export async function moves(person, timeout = 20000) {
  await person.page.waitForFunction(() => {
    const video = document.getElementById('video');
    if (video.paused || video.readyState < 3) {
      window.seenFrom = undefined;
      return false;
    }
    window.seenFrom ??= video.currentTime;
    return video.currentTime > window.seenFrom + 0.6;
  }, undefined, { timeout: patience(timeout), polling: 100 });
  await person.page.evaluate(() => { window.seenFrom = undefined; });
}

/** @param {import('./page.mjs').Person} person */
export const isPaused = (person) => person.page.evaluate(() => document.getElementById('video').paused);

/** @param {import('./page.mjs').Person} person @param {string} text */
export const coverSays = (person, text) => person.finds('#cover:not([hidden])', text);

/** @param {import('./page.mjs').Person} person */
export const coverGone = (person) => person.page.waitForSelector('#cover', { state: 'hidden' });

/** Nothing is cut off or has to be scrolled to at the side. @param {import('./page.mjs').Person} person */
export const fits = (person) => person.page.evaluate(() =>
  [document.documentElement, document.getElementById('pane'), document.getElementById('log')]
    .every((box) => box.scrollWidth <= box.clientWidth));
