// A recording: the film, what is known of it, and the chat as it was.
import { h } from '../dom.js';
import { isWithheld, request } from '../rest.js';
import { parseDate } from '../time.js';
import { bytesText, dayText, positionText, viewersText } from './format.js';
import { link } from './parts.js';
import { vodTools } from './vodtools.js';

/** @typedef {import('./types.js').Vod} Vod */

const kTick = 100;         // ms: how finely the chat follows the picture
const kPlaceEvery = 5000;  // ms: how often the place in the film is remembered
const kPlaces = 'strims.places';

export class VideoView {
  /** @type {Vod|null} */ #vod = null;
  #words = h('div', { class: 'about-words' });
  #tools = h('div', { class: 'row' });
  /** @type {number|undefined} */ #ticker;
  #rememberedAt = 0;
  #opened = 0;
  #title = 'Recording';

  /** @param {import('./stage.js').Scene} scene @param {string} id */
  constructor(scene, id) {
    this.scene = scene;
    this.id = id;
    this.onGone = () => void this.#reopen();
  }

  get title() { return this.#title; }

  async open() {
    this.scene.place.replaceChildren(h('div', { class: 'about' }, this.#words, this.#tools));
    this.scene.player.addEventListener('gone', this.onGone);
    await this.#reopen();
  }

  /** As it is now, for who is logged in now. */
  async #reopen() {
    const { scene } = this;
    this.#leave();
    const order = this.#opened;
    let vod;
    try {
      vod = await this.#fetch();
    } catch (error) {
      if (order === this.#opened) this.#failed(error);
      return;
    }
    if (order !== this.#opened) return;
    this.#draw(vod);
    this.#play(vod);
    scene.replay.open(vod);
    this.#ticker = setInterval(() => this.#tick(), kTick);
    await this.#drawTools();
  }

  /** What was asked for before does not count any more. */
  #leave() {
    this.#opened += 1;
    this.#vod = null;
    this.#tools.replaceChildren();
    clearInterval(this.#ticker);
    this.scene.replay.close();
    this.scene.player.stop();
  }

  personChanged() {
    if (!this.scene.player.loaded) {
      void this.#reopen();
      return;
    }
    this.scene.player.rename();
    void this.#drawTools();
  }

  async #drawTools() {
    const vod = /** @type {Vod} */ (this.#vod);
    const mine = await this.scene.own.mayManage(vod.channel);
    if (this.#vod?.channel !== vod.channel) return;
    const current = () => /** @type {Vod} */ (this.#vod);
    this.#tools.replaceChildren(...(mine ? vodTools(this.scene, current, (changed) => this.#draw(changed)) : []));
  }

  close() {
    this.scene.player.removeEventListener('gone', this.onGone);
    this.#leave();
  }

  /** @returns {Promise<Vod>} */
  #fetch() { return request('GET', `/vods/${encodeURIComponent(this.id)}`); }

  /** @param {unknown} error */
  #failed(error) {
    const gone = isWithheld(error);
    this.scene.player.cover(
      { kind: 'missing', title: gone ? 'Nothing here' : 'No answer',
        note: gone ? 'There is no such recording, or it is not for you.' : /** @type {Error} */ (error).message },
      { actions: [
        ...(gone ? [] : [h('button', { type: 'button', class: 'quiet', on: { click: this.onGone } }, 'Try again')]),
        link({ name: 'videos', channel: '' }, { class: 'quiet button' }, 'All recordings')] });
  }

  /** @param {Vod} vod */
  #draw(vod) {
    this.#vod = vod;
    this.#title = vod.title || `Stream of ${vod.channel}`;
    this.scene.named(this.#title);
    const facts = [vod.category, dayText(vod.started_at),
      vod.duration_ms > 0 ? positionText(vod.duration_ms / 1000) : '', vod.bytes > 0 ? bytesText(vod.bytes) : '',
      vod.peak_viewers > 0 ? `up to ${viewersText(vod.peak_viewers)}` : ''].filter(Boolean);
    this.#words.replaceChildren(
      h('h2', {}, this.#title),
      h('p', { class: 'facts' },
        link({ name: 'watch', channel: vod.channel }, { class: 'channel-name' }, vod.channel),
        ...facts.map((fact) => h('span', {}, fact)),
        vod.degraded ? h('span', { class: 'tag' }, 'Parts are missing') : null,
        vod.pinned ? h('span', { class: 'tag' }, 'Pinned') : null,
        vod.visibility === 'subscribers' ? h('span', { class: 'tag' }, 'Subscribers') : null,
        vod.visibility === 'private' ? h('span', { class: 'tag' }, 'Private') : null));
  }

  /** @param {Vod} vod */
  #play(vod) {
    const { player } = this.scene;
    if (!vod.playback) {
      player.cover(withheld(vod));
      return;
    }
    player.load({
      playback: vod.playback, live: false, start: placeIn(this.id, vod.duration_ms / 1000),
      renew: () => this.#playback(),
    }, vod.poster);
  }

  /** Where it is to be had now. */
  async #playback() {
    try {
      return (await this.#fetch()).playback;
    } catch (error) {
      if (isWithheld(error)) return null;
      throw error;
    }
  }

  #tick() {
    const { player, replay } = this.scene;
    const vod = /** @type {Vod} */ (this.#vod);
    const known = player.date;
    // Without dates in the film its beginning is when the stream began.
    replay.at(Number.isFinite(known) ? known : parseDate(vod.started_at) + player.video.currentTime * 1000);
    if (player.playing && Date.now() - this.#rememberedAt > kPlaceEvery) {
      this.#rememberedAt = Date.now();
      rememberPlace(this.id, player.video.currentTime);
    }
  }
}

/** Why there is no film. @param {Vod} vod @returns {import('./types.js').Cover} */
function withheld(vod) {
  if (vod.state === 'recording' || vod.state === 'finalizing') {
    return { kind: 'waiting', title: 'Not ready yet', note: 'This recording is still being finished.' };
  }
  if (vod.state === 'ready' && vod.visibility === 'subscribers') {
    return { kind: 'missing', title: 'For subscribers', note: 'Only subscribers can watch this recording.' };
  }
  return { kind: 'missing', title: 'No picture', note: 'This recording cannot be played.' };
}

/** @returns {Record<string, number>} */
function places() {
  try { return JSON.parse(localStorage.getItem(kPlaces) ?? '{}') ?? {}; } catch { return {}; }
}

/** Where one was; 0 when that was near an end. @param {string} id @param {number} duration */
function placeIn(id, duration) {
  const at = Number(places()[id]) || 0;
  return at > 10 && at < duration - 15 ? at : 0;
}

/** @param {string} id @param {number} seconds */
function rememberPlace(id, seconds) {
  const others = Object.entries(places()).filter(([other]) => other !== id).slice(-49);
  const text = JSON.stringify(Object.fromEntries([...others, [id, Math.floor(seconds)]]));
  try { localStorage.setItem(kPlaces, text); } catch { /* Then one begins at the beginning. */ }
}
