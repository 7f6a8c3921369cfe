// The list of channels: those with a picture as cards, the others below.
import { h } from '../dom.js';
import { link, letterPicture, streamCard } from './parts.js';
import { hasPicture } from './state.js';

const kEvery = 30000;

export class DirectoryView {
  #live = h('ul', { class: 'cards' });
  #away = h('ul', { class: 'channels' });
  #liveTitle = h('h2', {});
  #awayTitle = h('h2', { class: 'second' }, 'Not live now');
  /** @type {number|undefined} */ #ticker;

  /** @param {import('./stage.js').Scene} scene */
  constructor(scene) {
    this.scene = scene;
    this.onChange = (/** @type {Event} */ event) => {
      const { before, after } = /** @type {CustomEvent} */ (event).detail;
      // A number of viewers is no reason to move cards about under somebody's finger.
      if (before?.state !== after?.state || before?.title !== after?.title) this.#draw();
    };
  }

  get title() { return 'Streams'; }

  async open() {
    const { scene } = this;
    scene.place.replaceChildren(h('div', { class: 'sheet' }, this.#liveTitle, this.#live, this.#awayTitle, this.#away));
    scene.streams.addEventListener('change', this.onChange);
    this.#ticker = setInterval(() => this.#draw(), kEvery);
    this.#draw();
    await scene.streams.load();
    this.#draw();
  }

  close() {
    clearInterval(this.#ticker);
    this.scene.streams.removeEventListener('change', this.onChange);
  }

  #draw() {
    const { place } = this.scene;
    if (place.contains(document.activeElement)) return;  // whoever walks through the list keeps his place
    const streams = this.scene.streams.list();
    const live = streams.filter(hasPicture);
    const away = streams.filter((stream) => !hasPicture(stream));
    this.#liveTitle.textContent = live.length > 0 ? 'Live now' : 'Nobody is live right now';
    this.#live.replaceChildren(...live.map(streamCard));
    this.#awayTitle.hidden = away.length === 0;
    this.#away.replaceChildren(...away.map((stream) => h('li', {},
      link({ name: 'watch', channel: stream.channel }, { class: 'channel' }, letterPicture(stream.channel),
        h('span', {}, h('b', {}, stream.channel), stream.title ? h('span', { class: 'note' }, stream.title) : null)))));
  }
}
