// The links in the header, and the same as a menu where there is no room for them.
import { byId, h } from '../dom.js';
import { openMenu } from '../menu.js';

/** @typedef {import('./types.js').Place} Place */

/** @type {Record<string, string>} which link stands for which place */
const homes = { watch: 'streams', streams: 'streams', videos: 'videos', video: 'videos', golive: 'golive' };

export class PlacesBar {
  #bar = byId('places');
  #menu = byId('places-button');
  #count = byId('live-count');
  #golive = byId('place-golive');

  /** @param {import('./stage.js').Scene} scene */
  constructor(scene) {
    this.scene = scene;
    scene.room.addEventListener('me', () => this.draw());
    this.#menu.addEventListener('click', () => openMenu(this.#menu, this.#items(), 'Places'));
  }

  draw() {
    const { streams, own } = this.scene;
    const some = streams.available && (streams.list().length > 0 || own.mayStream);
    this.#bar.hidden = !some;
    this.#menu.hidden = !some;
    this.#golive.hidden = !own.mayStream;
    const live = streams.liveCount;
    this.#count.hidden = live === 0;
    this.#count.replaceChildren(String(live), h('span', { class: 'sr' }, ' live'));
  }

  /** @param {string} name of the place that is shown */
  mark(name) {
    for (const each of ['streams', 'videos', 'golive']) {
      const here = homes[name] === each;
      const node = byId(`place-${each}`);
      if (here) node.setAttribute('aria-current', name === each ? 'page' : 'true');
      else node.removeAttribute('aria-current');
    }
  }

  #items() {
    const { go, own } = this.scene;
    /** @type {{label: string, run: () => void}[]} */
    const items = [
      { label: 'Streams', run: () => go({ name: 'streams' }) },
      { label: 'Recordings', run: () => go({ name: 'videos', channel: '' }) },
    ];
    if (own.mayStream) items.push({ label: 'Go live', run: () => go({ name: 'golive', channel: '' }) });
    return items;
  }
}
