// How the connection is doing, in the header and, when we are shut out, instead of the message field.
import { byId, h } from './dom.js';
import { request } from './rest.js';
import { countdown, fullTime, parseDate } from './time.js';

export class StatusBar {
  #pill = byId('status');
  #stopped = byId('stopped');
  /** @type {any} */ #timer;

  /** @param {import('./socket.js').ChatSocket} socket */
  constructor(socket) {
    this.socket = socket;
    this.trouble = false;
    this.#pill.addEventListener('click', () => socket.retryNow());
    socket.addEventListener('status', () => this.draw());
  }

  /** The server cannot store messages at the moment. @param {boolean} on */
  setTrouble(on) {
    if (this.trouble === on) return;
    this.trouble = on;
    this.draw();
  }

  draw() {
    clearInterval(this.#timer);
    const { state, until = 0, reason = '' } = this.socket.status;
    const shown = state === 'live' && this.trouble ? 'trouble' : state;
    this.#pill.className = `status ${shown}`;
    this.#pill.disabled = state !== 'retrying';
    this.#say({ idle: '', connecting: 'Connecting…', live: 'Connected', trouble: 'Server trouble', stopped: 'Disconnected',
      retrying: '' }[shown]);
    if (state === 'retrying') {
      const tick = () => {
        const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
        this.#say(left > 0 ? `Retrying in ${left} s` : 'Retrying…');
      };
      tick();
      this.#timer = setInterval(tick, 500);
    }
    this.#pill.title = this.#pill.disabled ? '' : 'Try again now';
    this.#stopped.hidden = state !== 'stopped';
    if (state === 'stopped') void this.#explain(reason);
  }

  /** @param {string} text */
  #say(text) {
    const label = byId('status-text');
    if (label.textContent !== text) label.textContent = text;
  }

  /** @param {string} reason */
  async #explain(reason) {
    const again = h('button', {
      type: 'button', class: 'primary', on: { click: () => this.socket.retryNow() },
    }, 'Try again');
    if (reason !== 'banned') {
      this.#stopped.replaceChildren(h('h2', {}, 'Too many windows'),
        h('p', {}, 'You have this chat open in too many places. Close one of them, then try again.'), again);
      return;
    }
    this.#stopped.replaceChildren(h('h2', {}, 'You are banned from this chat'), again);
    const text = await describeOwnBan();
    if (text) again.before(h('p', { class: 'ban-reason' }, text));
  }
}

/** @returns {Promise<string>} "" when it is not known */
export async function describeOwnBan() {
  const ban = await request('GET', '/api/chat/me/ban').catch(() => null);
  if (ban === 'bannotfound') return 'You are not banned.';
  if (!ban || typeof ban !== 'object') return '';
  const end = parseDate(ban.endtimestamp);
  const left = (end - Date.now()) / 1000;
  const until = !Number.isFinite(end) ? 'It has no end.' : `It ends ${fullTime(end)}, in ${countdown(left)}.`;
  return `Reason: ${ban.reason || 'none was given'}. Banned by ${ban.username || 'the chat'}. ${until}`;
}
