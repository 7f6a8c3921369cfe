// How the stream arrives at the server, looked at every two seconds: in sentences first, in numbers below.
import { h } from '../dom.js';
import { request } from '../rest.js';
import { healthRows, healthTitle } from './healthtext.js';

const kEvery = 2000;

export class HealthBox {
  #title = h('p', { class: 'health', role: 'status' });
  #notes = h('ul', { class: 'health-notes' });
  #rows = h('dl', { class: 'facts-table' });
  element = h('section', { class: 'box', 'aria-labelledby': 'health-title' },
    h('h3', { id: 'health-title' }, 'How it arrives'), this.#title, this.#notes, this.#rows);
  /** @type {number|undefined} */ #timer;
  #open = true;

  /** @param {string} channel */
  constructor(channel) {
    this.channel = channel;
    void this.#ask();
  }

  close() {
    this.#open = false;
    clearTimeout(this.#timer);
  }

  async #ask() {
    if (document.visibilityState === 'visible') {
      try {
        const health = await request('GET', `/stream/${encodeURIComponent(this.channel)}/health`);
        if (this.#open) this.#draw(health);
      } catch (error) {
        if (this.#open) this.#say('unknown', /** @type {Error} */ (error).message);
      }
    }
    if (this.#open) this.#timer = setTimeout(() => void this.#ask(), kEvery);
  }

  /** @param {import('./types.js').Health} health */
  #draw(health) {
    this.#say(health.state, healthTitle(health));
    const notes = health.notes ?? [];
    const before = [...this.#notes.children].map((node) => node.textContent);
    if (notes.join('\n') !== before.join('\n')) {
      this.#notes.replaceChildren(...notes.map((note) => h('li', {}, note)));
    }
    const rows = healthRows(health, Date.now());
    this.#rows.replaceChildren(...rows.map(([name, value]) =>
      h('div', {}, h('dt', {}, name), h('dd', {}, value))));
  }

  /** Said aloud only when it is something else than before. @param {string} state @param {string} text */
  #say(state, text) {
    this.#title.className = `health ${state}`;
    if (this.#title.textContent === text) return;
    this.#title.replaceChildren(h('span', { class: 'dot', 'aria-hidden': 'true' }), text);
    if (state === 'unknown') this.#rows.replaceChildren();
  }
}
