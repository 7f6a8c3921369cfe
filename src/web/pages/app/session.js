// Who is logged in: registering, logging in and out. The `sid` cookie, which scripts cannot read, carries it.
import { request, Refusal } from './rest.js';

/** Fires `changed` when somebody logged in or out. */
export class Session extends EventTarget {
  /** @type {string} nick, or "" for a guest */
  nick = '';

  /** Asks the server who we are; a guest is no error. */
  async load() {
    try {
      const me = await request('GET', '/api/chat/me');
      this.nick = me?.nick ?? me?.username ?? '';
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 401 || error.status === 403) this.nick = '';
      // Otherwise the server is in trouble: what we knew stays, the socket tells the rest.
    }
    return this.nick;
  }

  /** @param {string} username @param {string} password */
  async register(username, password) {
    await request('POST', '/auth/register', { username, password });
    if (!(await this.load())) await request('POST', '/auth/login', { username, password });
    await this.#changed();
  }

  /** @param {string} username @param {string} password */
  async login(username, password) {
    await request('POST', '/auth/login', { username, password });
    await this.#changed();
  }

  async logout() {
    try {
      await request('POST', '/auth/logout', {});
    } catch (error) {
      // A session that has ended by itself is a logout as well.
      if (!(error instanceof Refusal) || (error.status !== 401 && error.status !== 403)) throw error;
    }
    await this.#changed();
  }

  async #changed() {
    await this.load();
    this.dispatchEvent(new Event('changed'));
  }
}
