// Plays one HLS address in a <video>, by hls.js or by the browser itself, and does not give up: a player that failed or
// stands still is thrown away and built anew, later and later.
import { Address } from './address.js';
import { kWorker, loadHls, playsHlsItself, wish } from './loader.js';
import { rebuildDelay } from './retry.js';

/**
 * @typedef {object} Source
 * @property {import('./types.js').Playback} playback
 * @property {boolean} live
 * @property {number} [start]                    seconds, where a recording begins to play
 * @property {() => Promise<import('./types.js').Playback|null>} renew  as it is now; null: there is nothing to play any
 *                                               more
 */

const kHealthyAfter = 15000;  // ms of playing after which earlier failures are forgotten
const kStandsStill = 12000;   // ms without progress of a live picture that should move
const kFirstSegment = 60;     // looks for the first segment of a stream that has just begun; its length is 2 s or more

/**
 * How often a playlist is asked for again. hls.js gives up early on one without a segment, so that whoever waits for a
 * stream would miss its beginning; once it plays, failures should show soon.
 */
const patience = () => ({
  default: {
    maxTimeToFirstByteMs: 10000,
    maxLoadTimeMs: 20000,
    timeoutRetry: { maxNumRetry: 2, retryDelayMs: 0, maxRetryDelayMs: 0 },
    errorRetry: { maxNumRetry: kFirstSegment, retryDelayMs: 400, maxRetryDelayMs: 400 },
  },
});

/**
 * Fires `built` (a player is there: play it), `trouble` (detail: ms until the next attempt), `fine` (it plays again),
 * `gone` (nothing to play any more) and `unplayable` (this browser cannot).
 */
export class Engine extends EventTarget {
  /** @type {any} */ #hls = null;
  /** @type {Source|null} */ #source = null;
  /** @type {Address|null} */ #address = null;
  #attempt = 0;
  #round = 0;
  #troubled = false;
  #waiting = false;
  #held = false;
  #movedAt = 0;
  #movedTo = -1;
  #playsSince = 0;
  /** @type {number|undefined} */ #timer;
  /** @type {number|undefined} */ #watch;

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    super();
    this.video = video;
    // Without hls.js the element itself tells of failures.
    video.addEventListener('error', () => {
      if (this.#source && !this.#hls && video.getAttribute('src')) this.#failed();
    });
    video.addEventListener('playing', () => this.#plays());
  }

  /** @param {Source} source */
  load(source) {
    this.stop();
    this.#source = source;
    this.#attempt = 0;
    this.#playsSince = 0;
    this.#watch = setInterval(() => this.#look(), 1000);
    this.#address = new Address(source.renew, () => this.#gone());
    this.#address.set(source.playback);
    void this.#build(source.start ?? -1);
  }

  /** Nothing is played, nothing is asked for; the last picture goes, too. */
  stop() {
    this.#round += 1;
    this.#source = null;
    this.#address?.stop();
    this.#address = null;
    this.#troubled = false;
    this.#waiting = false;
    this.#held = false;
    clearTimeout(this.#timer);
    clearInterval(this.#watch);
    this.#dismantle();
  }

  /** Nothing new will come for a while: the last picture stays, nothing is asked for until the next `load`. */
  hold() {
    if (!this.#source) return;
    this.#held = true;
    this.#waiting = false;
    clearTimeout(this.#timer);
    this.#hls?.stopLoad();
  }

  get loaded() { return this.#source !== null; }
  get live() { return this.#source?.live ?? false; }

  /** Another person looks: what is asked for from now on is asked in his name. */
  rename() { void this.#address?.refresh(); }

  /** Tries again at once. */
  retryNow() {
    if (!this.#source || !this.#waiting) return;
    clearTimeout(this.#timer);
    this.#waiting = false;
    void this.#rebuild();
  }

  /** When what is seen was filmed, ms since the epoch; NaN when nobody knows. */
  get date() {
    if (this.#hls) return this.#hls.playingDate?.getTime() ?? NaN;
    const start = /** @type {any} */ (this.video).getStartDate?.()?.getTime() ?? NaN;
    return start + this.video.currentTime * 1000;
  }

  /** How far the picture is behind the newest there is, in seconds; NaN when nobody knows. */
  get latency() {
    if (!this.live) return NaN;
    if (this.#hls) return this.#hls.latency > 0 ? this.#hls.latency : NaN;
    const { seekable, currentTime } = this.video;
    return seekable.length > 0 ? seekable.end(seekable.length - 1) - currentTime : NaN;
  }

  /** Farther behind than the player means to be, so that a jump forward is worth it. */
  get isBehind() {
    const latency = this.latency;
    const meant = Number(this.#hls?.targetLatency) || (this.#hls ? 3 : 8);
    return Number.isFinite(latency) && latency > meant + 4;
  }

  /** To the newest picture. */
  toLive() {
    const { seekable } = this.video;
    const end = seekable.length > 0 ? seekable.end(seekable.length - 1) - 3 : NaN;
    const target = this.#hls?.liveSyncPosition ?? end;
    if (Number.isFinite(target) && target > this.video.currentTime) this.video.currentTime = target;
  }

  /** @param {number} start seconds; negative: where the player likes */
  async #build(start) {
    this.#round += 1;
    const round = this.#round;
    const Hls = wish === 'native' && playsHlsItself(this.video) ? null : await loadHls();
    const address = this.#address;
    if (round !== this.#round || !address) return;
    this.#dismantle();
    this.#movedAt = Date.now();
    this.#movedTo = -1;
    if (Hls) this.#withHls(Hls, address, start);
    else if (playsHlsItself(this.video)) this.#withBrowser(address.url, start);
    this.#tell(this.#hls || this.video.hasAttribute('src') ? 'built' : 'unplayable');
  }

  /** @param {any} Hls @param {Address} address @param {number} start */
  #withHls(Hls, address, start) {
    const playlistLoadPolicy = patience();
    const hasBegun = () => { playlistLoadPolicy.default.errorRetry.maxNumRetry = 2; };
    const hls = new Hls({
      lowLatencyMode: wish !== 'plain',
      workerPath: kWorker,
      playlistLoadPolicy,
      xhrSetup: (/** @type {XMLHttpRequest} */ xhr, /** @type {string} */ url) => xhr.open('GET', address.fresh(url), true),
      startPosition: start,
      liveDurationInfinity: this.live,
      maxLiveSyncPlaybackRate: 1.2,
      backBufferLength: 30,
      maxBufferLength: 30,
    });
    this.#hls = hls;
    hls.on(Hls.Events.LEVEL_UPDATED, hasBegun);
    hls.on(Hls.Events.ERROR, (/** @type {string} */ _, /** @type {any} */ data) => {
      if (data.details === Hls.ErrorDetails.LEVEL_LOAD_ERROR) hasBegun();
      if (data.fatal && this.#hls === hls) this.#failed();
    });
    hls.loadSource(address.url);
    hls.attachMedia(this.video);
  }

  /** @param {string} url @param {number} start */
  #withBrowser(url, start) {
    this.video.src = url;
    if (start <= 0) return;
    this.video.addEventListener('loadedmetadata', () => { this.video.currentTime = start; }, { once: true });
  }

  #dismantle() {
    const hls = this.#hls;
    this.#hls = null;
    hls?.destroy();
    if (!this.video.hasAttribute('src')) return;
    this.video.removeAttribute('src');
    this.video.load();
  }

  #failed() {
    if (this.#held) return;
    const delay = rebuildDelay(this.#attempt);
    this.#attempt += 1;
    this.#troubled = true;
    this.#waiting = true;
    this.#playsSince = 0;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#waiting = false;
      void this.#rebuild();
    }, delay);
    this.#tell('trouble', delay);
  }

  async #rebuild() {
    const source = this.#source;
    if (!source) return;
    const at = source.live ? -1 : this.video.currentTime;
    const round = this.#round;
    let playback;
    try {
      playback = await this.#address?.ask();
    } catch {
      if (round === this.#round) this.#failed();
      return;
    }
    if (round !== this.#round || this.#held) return;
    if (playback === null) this.#gone();
    else await this.#build(at);
  }

  #gone() {
    if (this.#held) return;  // nothing is asked for
    this.stop();
    this.#tell('gone');
  }

  #plays() {
    if (this.#playsSince === 0) this.#playsSince = Date.now();
    if (!this.#troubled) return;
    this.#troubled = false;
    this.#tell('fine');
  }

  /** Once a second: does it move? */
  #look() {
    const { video } = this;
    const now = Date.now();
    if (video.currentTime !== this.#movedTo || video.paused || this.#waiting || this.#held) {
      this.#movedTo = video.currentTime;
      this.#movedAt = now;
    }
    if (this.live && now - this.#movedAt > kStandsStill) this.#failed();
    if (this.#playsSince > 0 && now - this.#playsSince > kHealthyAfter) this.#attempt = 0;
  }

  /** @param {string} type @param {any} [detail] */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
