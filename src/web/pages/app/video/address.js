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
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;

  /** @param {() => Promise<Playback|null>} renew */
  constructor(renew) { this.renew = renew; }

  /** @param {Playback} playback */
  set(playback) {
    const parts = partsOf(playback.hls);
    this.#url = playback.hls;
    this.#token = parts?.token ?? '';
    this.#name = parts?.name ?? '';
    const delay = renewalDelay(Date.parse(playback.expires_at ?? '') - Date.now(), Math.random());
    clearTimeout(this.#timer);
    if (parts && !Number.isNaN(delay)) this.#timer = setTimeout(() => void this.refresh(), delay);
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

  /** Fetches another token now. One that is not given is no matter: the player hears of it when it asks. */
  async refresh() {
    clearTimeout(this.#timer);
    const before = this.#url;
    let playback;
    try {
      playback = await this.renew();
    } catch {
      if (before === this.#url) this.#timer = setTimeout(() => void this.refresh(), kAgain);
      return;
    }
    if (before !== this.#url || !playback) return;  // stopped or another one was set meanwhile
    this.set(playback);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#url = '';
  }
}
