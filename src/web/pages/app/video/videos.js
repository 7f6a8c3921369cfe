// The recordings, newest first, page by page.
import { h } from '../dom.js';
import { request } from '../rest.js';
import { link, vodCard } from './parts.js';

const kPage = 24;

export class VideosView {
  #list = h('ul', { class: 'cards' });
  #note = h('p', { class: 'note', role: 'status' });
  #more = h('button', { type: 'button', class: 'quiet', hidden: true, on: { click: () => void this.#load() } },
    'Show more');
  /** @type {string|null} */ #before = null;
  #open = true;

  /** @param {import('./stage.js').Scene} scene @param {string} channel "" for all */
  constructor(scene, channel) {
    this.scene = scene;
    this.channel = channel;
  }

  get title() { return this.channel ? `Recordings of ${this.channel}` : 'Recordings'; }

  async open() {
    this.scene.place.replaceChildren(h('div', { class: 'sheet' },
      h('div', { class: 'sheet-head' }, h('h2', {}, this.title), this.channel
        ? h('div', { class: 'row' },
          link({ name: 'watch', channel: this.channel }, { class: 'quiet button' }, 'To the channel'),
          link({ name: 'videos', channel: '' }, { class: 'quiet button' }, 'All recordings')) : null),
      this.#list, this.#note, this.#more));
    await this.#load();
  }

  close() { this.#open = false; }

  async #load() {
    this.#more.hidden = true;
    this.#note.textContent = 'Loading…';
    const query = new URLSearchParams({ limit: String(kPage) });
    if (this.channel) query.set('channel', this.channel);
    if (this.#before) query.set('before', this.#before);
    try {
      const answer = await request('GET', `/vods?${query}`);
      if (!this.#open) return;
      this.#show(answer?.vods ?? [], answer?.next ?? null);
    } catch (error) {
      this.#note.textContent = `${/** @type {Error} */ (error).message} `;
      this.#more.hidden = false;
    }
  }

  /** @param {import('./types.js').Vod[]} vods @param {string|null} next */
  #show(vods, next) {
    // The pinned ones stand before the others of their page.
    vods.sort((a, b) => Number(b.pinned) - Number(a.pinned));
    this.#list.append(...vods.map(vodCard));
    this.#before = next;
    this.#more.hidden = next === null;
    this.#note.textContent = this.#list.childElementCount > 0 ? '' : 'Nothing has been recorded yet.';
  }
}
