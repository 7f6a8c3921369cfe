// The one connection to the chat: opens it, keeps it, and says how it is doing.
import { afterClose } from './backoff.js';
import { makeFrame, parseFrame } from './frames.js';

/**
 * @typedef {object} Status
 * @property {'idle'|'connecting'|'live'|'retrying'|'stopped'} state
 * @property {number} [until] retrying: when the next attempt starts, ms
 * @property {string} [reason] stopped: "banned", "toomanyconnections"
 */

const kAliveEvery = 25000;  // ms of silence before we ask whether the server is there
const kAliveAnswer = 12000;  // ms it has to say anything at all
const kOpenWithin = 15000;  // ms for the handshake and the first frames

/** Fires `frame` (detail {event, data}), `status` and `down` (the connection ended). */
export class ChatSocket extends EventTarget {
  /** @type {WebSocket|null} */ #socket = null;
  /** @type {Status} */ status = { state: 'idle' };
  /** @type {number|undefined} */ #retryTimer;
  /** @type {number|undefined} */ #watchTimer;
  #attempt = 0;
  #refusal = '';
  #live = false;
  #since;

  /** @param {() => number} since number of the last entry on screen, 0 when there is none */
  constructor(since) {
    super();
    this.#since = since;
    addEventListener('online', () => this.retryNow());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.#ask();
    });
  }

  /** Opens a new connection, instead of the present one if there is one. */
  open() {
    this.#drop();
    this.#refusal = '';
    this.#live = false;
    const since = this.#since();
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}/ws${since > 0 ? `?since=${since}` : ''}`);
    this.#socket = socket;
    socket.addEventListener('message', (event) => this.#receive(socket, event.data));
    socket.addEventListener('close', (event) => this.#closed(socket, event));
    this.#watch(kOpenWithin, () => this.#abandon());
    this.#setStatus({ state: 'connecting' });
  }

  /** Tries again at once when we are waiting or had given up. */
  retryNow() {
    if (this.status.state === 'retrying' || this.status.state === 'stopped') this.open();
  }

  /**
   * @param {string} event
   * @param {unknown} data
   * @returns {boolean} false: not connected, nothing was sent
   */
  send(event, data) {
    if (!this.#live || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(makeFrame(event, data));
    return true;
  }

  get live() { return this.#live; }

  /** @param {WebSocket} socket @param {unknown} raw */
  #receive(socket, raw) {
    if (socket !== this.#socket || typeof raw !== 'string') return;
    this.#watch(kAliveEvery, () => this.#ask());
    const { event, data } = parseFrame(raw);
    if (event === 'PING') {
      socket.send(`PONG ${raw.slice(5)}`);
      return;
    }
    if (event === 'PONG') return;
    if (event === 'ERR' && (data?.description === 'banned' || data?.description === 'toomanyconnections')) {
      this.#refusal = data.description;
    }
    this.dispatchEvent(new CustomEvent('frame', { detail: { event, data } }));
    if (event === 'NAMES' && !this.#live) {
      this.#live = true;
      this.#attempt = 0;
      this.#setStatus({ state: 'live' });
    }
  }

  /** A silent server may be gone without a word (sleep, a lost network): any answer will do. */
  #ask() {
    if (!this.send('PING', { timestamp: Date.now() })) return;
    this.#watch(kAliveAnswer, () => this.#abandon());
  }

  #abandon() {
    const socket = this.#socket;
    if (!socket) return;
    socket.close();
    // The close event may take minutes on a dead network; for us it has ended now.
    this.#closed(socket, new CloseEvent('close', { code: 1006 }));
  }

  /** @param {WebSocket} socket @param {CloseEvent} event */
  #closed(socket, event) {
    if (socket !== this.#socket) return;
    const live = this.#live;
    this.#drop();
    this.dispatchEvent(new CustomEvent('down', { detail: { code: event.code, reason: event.reason } }));
    const next = afterClose(
      { code: event.code, reason: event.reason, live, attempt: this.#attempt, refusal: this.#refusal });
    if ('stop' in next) {
      this.#setStatus({ state: 'stopped', reason: next.stop });
      return;
    }
    if (!live) this.#attempt += 1;
    this.#setStatus({ state: 'retrying', until: Date.now() + next.delay });
    this.#retryTimer = setTimeout(() => this.open(), next.delay);
  }

  #drop() {
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#watchTimer);
    const socket = this.#socket;
    this.#socket = null;
    this.#live = false;
    if (socket && socket.readyState <= WebSocket.OPEN) socket.close();
  }

  /** @param {number} ms @param {() => void} then */
  #watch(ms, then) {
    clearTimeout(this.#watchTimer);
    this.#watchTimer = setTimeout(then, ms);
  }

  /** @param {Status} status */
  #setStatus(status) {
    this.status = status;
    this.dispatchEvent(new Event('status'));
  }
}
