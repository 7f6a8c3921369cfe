// The address that is played. Its token runs out after some hours, while a player goes on asking for what its first
// playlist named: so a fresh token is fetched in time, and takes the old one's place in what is asked for.

/** @typedef {import('./types.js').Playback} Playback */

const kLead = 600000;    // ms before its end at which another is fetched, or a tenth of what is left
const kSpread = 0.5;     // of the lead: those who came together do not ask together
const kAgain = 30000;    // ms, after a failure
const kLongest = 2 ** 31 - 1;  // what a timer can wait

/**
 * `/hls/{token}/ada/live.m3u8`, or with an origin before it: what stands before the token, and the name behind it.
 * @param {string} url @returns {{before: string, token: string, name: string, rest: string}|null}
 */
export function partsOf(url) {
  const match = /^((?:https?:\/\/[^/]+)?\/(?:hls|vod)\/)([^/?#]+)\/([^/?#]+)(\/.*)$/.exec(url);
  return match ? { before: match[1], token: match[2], name: match[3], rest: match[4] } : null;
}

/**
 * When to fetch another, in ms from now; NaN: never.
 * @param {number} left ms that this one is still good @param {number} random 0 to 1
 */
export function renewalDelay(left, random) {
  if (!(left > 0)) return NaN;  // it has no end, or our clock is wrong
  const lead = Math.min(kLead, left / 10) * (1 - kSpread * random);
  return Math.min(left - lead, kLongest);
}

export class Address {
  #token = '';
  #name = '';
  #url = '';
  /** Which asking counts: the last one. */
  #asked = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;

  /**
   * @param {() => Promise<Playback|null>} renew
   * @param {() => void} gone  a renewal was refused: there is nothing to play any more
   */
  constructor(renew, gone) {
    this.renew = renew;
    this.gone = gone;
  }

  /** @param {Playback} playback */
  set(playback) {
    const parts = partsOf(playback.hls);
    this.#asked += 1;
    this.#url = playback.hls;
    this.#token = parts?.token ?? '';
    this.#name = parts?.name ?? '';
    const delay = renewalDelay(Date.parse(playback.expires_at ?? '') - Date.now(), Math.random());
    clearTimeout(this.#timer);
    if (parts && !Number.isNaN(delay)) this.#refreshIn(delay);
  }

  get url() { return this.#url; }

  /**
   * What to ask for in the place of `url`.
   * @param {string} url
   */
  fresh(url) {
    const parts = partsOf(url);
    if (!parts || parts.name !== this.#name) return url;
    return `${parts.before}${this.#token}/${parts.name}${parts.rest}`;
  }

  /**
   * Another address now, which is the address from then on. Null: there is none any more. Undefined: this answer does
   * not count, since somebody asked again meanwhile, or nothing is played any more.
   * @returns {Promise<Playback|null|undefined>}
   */
  async ask() {
    clearTimeout(this.#timer);
    this.#asked += 1;
    const order = this.#asked;
    let playback;
    try {
      playback = await this.renew();
    } catch (error) {
      if (order !== this.#asked) return undefined;
      this.#refreshIn(kAgain);
      throw error;
    }
    if (order !== this.#asked) return undefined;
    if (playback) this.set(playback);
    return playback;
  }

  /** The same for whoever does not wait for it. One that could not be had is asked for again in a while. */
  async refresh() {
    const playback = await this.ask().catch(() => undefined);
    if (playback === null) this.gone();
  }

  stop() {
    this.#asked += 1;
    clearTimeout(this.#timer);
    this.#url = '';
  }

  /** @param {number} delay ms */
  #refreshIn(delay) { this.#timer = setTimeout(() => void this.refresh(), delay); }
}
