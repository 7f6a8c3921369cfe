// The picture: one <video>, what stands over it, and what can be done with it. Live streams and recordings share it.
import { byId, h } from '../dom.js';
import { Engine } from './engine.js';
import { keepPrefs, readPrefs } from './prefs.js';

/** @typedef {import('./types.js').Cover} Cover */

const kStep = 10;      // seconds, of an arrow key in a recording
const kLiveStep = 5;

/** Fires `change` (draw the controls), `playing`, `ended` and `gone` (the engine has nothing to play any more). */
export class Player extends EventTarget {
  /** @type {HTMLElement} */ box = byId('player');
  /** @type {HTMLVideoElement} */ video = byId('video');
  #cover = byId('cover');
  #unmute = byId('unmute');
  #engine = new Engine(this.video);
  #prefs = readPrefs();
  /** The browser allows no sound before somebody has clicked. */
  #silenced = false;
  #wantsPlay = false;
  /** @type {Cover|null} */ #shown = null;
  /** @type {any} */ #countdown;

  constructor() {
    super();
    this.video.volume = this.#prefs.volume;
    this.video.muted = this.#prefs.muted;
    for (const name of ['play', 'pause', 'volumechange', 'durationchange', 'timeupdate', 'seeking', 'emptied']) {
      this.video.addEventListener(name, () => this.#tell('change'));
    }
    this.video.addEventListener('pause', () => {
      // Those with the remote control, the headset or the small window pause here, too; and so does a failure.
      if (this.#engine.loaded && !this.video.ended && !this.video.error) this.#wantsPlay = false;
    });
    this.video.addEventListener('play', () => { this.#wantsPlay = true; });
    this.video.addEventListener('playing', () => {
      this.#busy(false);
      if (this.#shown?.kind === 'trouble') this.cover(null);
      this.#tell('playing');
    });
    for (const name of ['waiting', 'seeking']) this.video.addEventListener(name, () => this.#busy(true));
    for (const name of ['seeked', 'canplay']) this.video.addEventListener(name, () => this.#busy(false));
    this.video.addEventListener('ended', () => this.#tell('ended'));
    this.#unmute.addEventListener('click', () => this.setMuted(false));
    this.#listenToEngine();
  }

  #listenToEngine() {
    const engine = this.#engine;
    engine.addEventListener('built', () => { if (this.#wantsPlay) void this.#start(); });
    engine.addEventListener('gone', () => {
      this.stop();
      this.#tell('gone');
    });
    engine.addEventListener('trouble', (event) => this.#trouble(/** @type {CustomEvent} */ (event).detail));
    engine.addEventListener('unplayable', () => {
      this.cover({ kind: 'missing', title: 'No picture here',
        note: 'This browser cannot play the video. A newer one can.' });
    });
  }

  get live() { return this.#engine.live; }
  get loaded() { return this.#engine.loaded; }
  get playing() { return this.loaded && !this.video.paused && this.video.readyState > 2; }
  get paused() { return !this.#wantsPlay; }
  get date() { return this.#engine.date; }
  get latency() { return this.#engine.latency; }
  get isBehind() { return this.#engine.isBehind; }
  get muted() { return this.video.muted || this.video.volume === 0; }
  get volume() { return this.video.volume; }

  /** @param {boolean} on */
  show(on) { this.box.hidden = !on; }

  /** @param {import('./engine.js').Source} source @param {string|null} [poster] */
  load(source, poster = null) {
    this.cover(null);
    this.#wantsPlay = true;
    if (poster) this.video.poster = poster;
    else this.video.removeAttribute('poster');
    this.box.classList.add('loaded');
    this.box.classList.toggle('film', !source.live);
    this.#busy(true);
    this.#engine.load(source);
    this.#tell('change');
  }

  /** The last picture stays until the next `load`. */
  hold() {
    this.#busy(false);
    this.#engine.hold();
  }

  /** Somebody has logged in or out. */
  rename() { this.#engine.rename(); }

  stop() {
    this.#engine.stop();
    this.#wantsPlay = false;
    this.#busy(false);
    this.#unmute.hidden = true;
    this.video.removeAttribute('poster');
    this.box.classList.remove('loaded', 'film');
    if (document.pictureInPictureElement === this.video) void document.exitPictureInPicture().catch(() => {});
    this.#tell('change');
  }

  /**
   * What stands where the picture would be.
   * @param {Cover|null} cover
   * @param {{picture?: string|null, actions?: HTMLElement[]}} [more]
   */
  cover(cover, { picture = null, actions = [] } = {}) {
    clearInterval(this.#countdown);
    this.#shown = cover;
    this.#cover.hidden = !cover;
    if (!cover) {
      this.#cover.replaceChildren();
      return;
    }
    this.#cover.className = `cover ${cover.kind}`;
    const image = h('img', { class: 'cover-picture', src: picture, alt: '' });
    image.addEventListener('error', () => image.remove());
    this.#cover.replaceChildren(
      ...(picture ? [image] : []),
      h('div', { class: 'cover-words' },
        h('h2', {}, cover.kind === 'waiting' ? h('span', { class: 'dot', 'aria-hidden': 'true' }) : null, cover.title),
        h('p', {}, cover.note),
        actions.length > 0 ? h('div', { class: 'row' }, ...actions) : null));
  }

  toggle() {
    if (!this.loaded) return;
    if (this.#wantsPlay && !this.video.ended) {
      this.#wantsPlay = false;
      this.video.pause();
      return;
    }
    this.#wantsPlay = true;
    if (this.live && this.isBehind) this.#engine.toLive();
    void this.#start();
  }

  toLive() {
    this.#engine.toLive();
    if (!this.#wantsPlay) this.toggle();
  }

  /** @param {1|-1} direction */
  step(direction) {
    const { video } = this;
    if (!this.loaded) return;
    const next = video.currentTime + direction * (this.live ? kLiveStep : kStep);
    if (this.live && direction > 0 && !this.isBehind) return;
    this.seek(next);
  }

  /** @param {number} seconds */
  seek(seconds) {
    const { seekable } = this.video;
    if (seekable.length === 0) return;
    const end = seekable.end(seekable.length - 1);
    this.video.currentTime = Math.min(Math.max(seconds, seekable.start(0)), end);
  }

  /** @param {boolean} muted */
  setMuted(muted) {
    this.#silenced = false;
    this.#unmute.hidden = true;
    this.video.muted = muted;
    if (!muted && this.video.volume === 0) this.video.volume = 0.5;
    this.#keep();
  }

  /** @param {number} volume 0 to 1 */
  setVolume(volume) {
    this.video.volume = volume;
    this.video.muted = volume === 0;
    this.#silenced = false;
    this.#unmute.hidden = true;
    this.#keep();
  }

  #keep() {
    this.#prefs = { volume: this.video.volume || this.#prefs.volume, muted: this.video.muted, chosen: true };
    keepPrefs(this.#prefs);
    this.#tell('change');
  }

  /** With sound if that was chosen; browsers may forbid it, then without, and the way to it is plain to see. */
  async #start() {
    if (!this.#silenced) this.video.muted = this.#prefs.muted;
    try {
      await this.video.play();
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return;  // stopped or built anew
      this.#silenced = true;
      this.video.muted = true;
      await this.video.play().catch(() => { this.#wantsPlay = false; });
    }
    const unasked = this.#silenced || !this.#prefs.chosen;
    this.#unmute.hidden = !(this.loaded && this.video.muted && unasked);
    this.#tell('change');
  }

  /** @param {number} delay ms */
  #trouble(delay) {
    const until = Date.now() + delay;
    const again = h('button', { type: 'button', class: 'quiet', on: { click: () => this.#engine.retryNow() } },
      'Try now');
    const words = () => {
      const left = Math.ceil((until - Date.now()) / 1000);
      return left > 0 ? `Trying again in ${left} s.` : 'Trying again…';
    };
    this.cover({ kind: 'trouble', title: 'The picture does not come through', note: words() }, { actions: [again] });
    this.#countdown = setInterval(() => {
      const note = this.#cover.querySelector('p');
      if (note) note.textContent = words();
    }, 500);
  }

  /** @param {boolean} on */
  #busy(on) { this.box.classList.toggle('busy', on && this.loaded); }

  /** @param {string} type */
  #tell(type) { this.dispatchEvent(new Event(type)); }
}
