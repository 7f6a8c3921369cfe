// A channel: its stream when there is one, and what is known of it when there is none.
import { h } from '../dom.js';
import { Refusal } from '../rest.js';
import { Beacon } from './beacon.js';
import { freshPicture, link, streamFacts } from './parts.js';
import { announcement, coverOf, playerOrder } from './state.js';

/** @typedef {import('./types.js').Stream} Stream */

const kTick = 10000;
const kSpread = 400;  // ms: not everybody asks in the same moment when a stream begins

export class WatchView {
  #words = h('div', { class: 'about-words' });
  #actions = h('div', { class: 'row' });
  #about = h('div', { class: 'about' }, this.#words, this.#actions);
  /** @type {Beacon|null} */ #beacon = null;
  /** @type {number|undefined} */ #ticker;
  #open = true;
  #order = 0;
  #said = '';

  /** @param {import('./stage.js').Scene} scene @param {string} channel */
  constructor(scene, channel) {
    this.scene = scene;
    this.channel = channel;
    this.onChange = (/** @type {Event} */ event) => {
      const { channel: which, before, after } = /** @type {CustomEvent} */ (event).detail;
      if (which === this.channel) this.#changed(before, after);
    };
    this.onGone = () => void this.#refresh();
  }

  get title() { return this.channel; }

  async open() {
    const { scene } = this;
    scene.place.replaceChildren(this.#about);
    scene.streams.addEventListener('change', this.onChange);
    scene.player.addEventListener('gone', this.onGone);
    this.#ticker = setInterval(() => this.#tick(), kTick);
    void this.#drawActions();
    const known = scene.streams.get(this.channel);
    if (known) this.#changed(null, known);
    else await this.#refresh();
  }

  close() {
    this.#open = false;
    this.#order += 1;
    clearInterval(this.#ticker);
    this.#beacon?.stop();
    this.scene.streams.removeEventListener('change', this.onChange);
    this.scene.player.removeEventListener('gone', this.onGone);
    this.scene.player.stop();
  }

  personChanged() {
    void this.#drawActions();
    if (!this.scene.player.loaded) void this.#refresh();
    else this.scene.player.rename();
  }

  async #drawActions() {
    const mine = await this.scene.own.mayManage(this.channel);
    const action = (/** @type {'golive'|'videos'} */ name, /** @type {string} */ text) =>
      link({ name, channel: this.channel }, { class: 'quiet button' }, text);
    this.#actions.replaceChildren(...(mine ? [action('golive', 'Your stream')] : []), action('videos', 'Recordings'));
  }

  async #refresh() {
    try {
      const stream = await this.scene.streams.refresh(this.channel);
      if (this.#open && !stream) this.#missing();
      else if (this.#open && stream && !this.scene.player.loaded && stream.state === 'live') this.#load(stream);
    } catch (error) {
      if (!this.#open || !(error instanceof Refusal) || this.scene.player.loaded) return;
      this.scene.player.cover({ kind: 'trouble', title: 'No answer', note: `${error.message} The page keeps trying.` });
    }
  }

  #missing() {
    const { player, place } = this.scene;
    player.stop();
    player.cover({ kind: 'missing', title: 'Nothing here', note: `There is no channel “${this.channel}” for you.` },
      { actions: [link({ name: 'streams' }, { class: 'quiet button' }, 'All streams')] });
    place.replaceChildren();
    this.#said = '';
  }

  /** @param {Stream|null} before @param {Stream|null} after */
  #changed(before, after) {
    if (!after) {
      this.#missing();
      return;
    }
    if (!this.#about.isConnected) this.scene.place.replaceChildren(this.#about);
    const order = playerOrder(before, after);
    if (order === 'load') void this.#load(after);
    else if (order === 'hold') this.scene.player.hold();
    else if (order === 'stop') this.#stop();
    if (order !== 'none' || before?.state !== after.state) this.#cover(after);
    this.#draw();
  }

  #stop() {
    this.#order += 1;
    this.#beacon?.stop();
    this.#beacon = null;
    this.scene.player.stop();
  }

  /** @param {Stream} stream */
  async #load(stream) {
    this.#order += 1;
    const order = this.#order;
    const { player } = this.scene;
    let { playback } = stream;
    if (!playback) {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * kSpread));
      playback = await this.#playback().catch(() => null);
      if (order !== this.#order) return;
    }
    if (!playback) {
      this.#withheld();
      return;
    }
    player.load({ playback, live: true, renew: () => this.#playback() }, stream.thumbnail && freshPicture(stream.thumbnail));
    this.#beacon?.stop();
    this.#beacon = new Beacon(this.channel, player);
  }

  /** It is live, but not for us, or not yet: the ticker asks again. */
  #withheld() {
    const stream = this.scene.streams.get(this.channel);
    if (stream?.state !== 'live') return;
    const forSome = stream.visibility === 'subscribers';
    this.scene.player.cover({ kind: 'missing', title: forSome ? 'For subscribers' : 'No picture yet',
      note: forSome ? `${this.channel} streams for subscribers only right now.` : 'The page keeps trying.' });
  }

  /** Where the stream is to be had now. */
  async #playback() {
    const stream = await this.scene.streams.refresh(this.channel);
    return stream?.state === 'live' ? stream.playback : null;
  }

  /** Where no event tells, one has to ask. */
  #tick() {
    const { streams, player } = this.scene;
    const stream = streams.get(this.channel);
    const waits = !stream || stream.state === 'starting' || stream.state === 'interrupted'
      || (stream.state === 'live' && !player.loaded);
    if (waits || !this.scene.hearsEvents()) void this.#refresh();
    this.#draw();
  }

  /** @param {Stream} stream */
  #cover(stream) {
    const { player } = this.scene;
    const cover = coverOf(stream);
    const past = link({ name: 'videos', channel: this.channel }, { class: 'quiet button' }, 'Recordings');
    player.cover(cover, {
      picture: stream.state === 'offline' || stream.state === 'armed' ? stream.thumbnail : null,
      actions: cover?.kind === 'offline' ? [past] : [],
    });
  }

  #draw() {
    const stream = this.scene.streams.get(this.channel);
    if (!stream || !this.#open) return;
    const said = announcement(stream);
    if (said !== this.#said) this.scene.say(said);
    this.#said = said;
    this.#words.replaceChildren(h('h2', {}, stream.title || stream.channel), streamFacts(stream));
  }
}
