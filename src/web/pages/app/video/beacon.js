// Tells the server every few seconds that somebody watches here: behind a CDN it would not know.
import { request } from '../rest.js';

const kEvery = 15000;
const kName = 'strims.sid';
const kLongest = 120000;  // ms; more than that is a wrong clock, not a slow stream

export class Beacon {
  /** @type {number|undefined} */ #timer;
  #sid = sessionId();

  /** @param {string} channel @param {import('./player.js').Player} player */
  constructor(channel, player) {
    this.channel = channel;
    this.player = player;
    this.onPlaying = () => this.#begin();
    player.addEventListener('playing', this.onPlaying);
    if (player.playing) this.#begin();
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.player.removeEventListener('playing', this.onPlaying);
  }

  #begin() {
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => this.#send(), kEvery);
    this.#send();
  }

  #send() {
    if (!this.player.playing || !this.player.live) return;
    const latency = Math.round(Date.now() - this.player.date);
    const known = latency >= 0 && latency <= kLongest;
    const path = `/stream/${encodeURIComponent(this.channel)}/watch`;
    // A lost one is no matter: the next comes soon.
    void request('POST', path, { sid: this.#sid, ...(known ? { latency_ms: latency } : {}) }).catch(() => {});
  }
}

/** The same until the tab is closed, so that a reload does not count twice. */
function sessionId() {
  const bytes = [...crypto.getRandomValues(new Uint8Array(8))];
  const fresh = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  try {
    const kept = sessionStorage.getItem(kName);
    if (kept && /^[0-9a-f]{16}$/.test(kept)) return kept;
    sessionStorage.setItem(kName, fresh);
  } catch { /* Then it lasts as long as the page. */ }
  return fresh;
}
