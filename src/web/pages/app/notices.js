// Short notes above the message field: refusals, confirmations.
import { byId, h, icon } from './dom.js';

const kStay = 7000;
const kMost = 3;

/** @param {string} text @param {'error'|'good'} [kind] */
export function notify(text, kind = 'error') {
  const box = byId('notices');
  for (const old of box.querySelectorAll('.notice')) {
    if (old.firstChild?.textContent === text) old.remove();
  }
  const note = h('div', { class: `notice ${kind}` }, h('span', {}, text),
    h('button', { type: 'button', class: 'quiet', 'aria-label': 'Dismiss', on: { click: () => note.remove() } },
      /** @type {any} */ (icon('close'))));
  box.append(note);
  while (box.childElementCount > kMost) box.firstElementChild?.remove();
  setTimeout(() => note.remove(), kStay);
}
