// The caller's own channels, asked for once and again when somebody else logs in.
import { isAdmin } from '../catalog.js';
import { isWithheld, request } from '../rest.js';

/** @typedef {import('./types.js').Stream} Stream */

export class OwnChannels {
  /** @type {Promise<Stream[]>|null} */ #asked = null;

  /** @param {import('../session.js').Session} session @param {import('../room.js').Room} room */
  constructor(session, room) {
    this.session = session;
    this.room = room;
  }

  /** @returns {Promise<Stream[]>} none for guests @throws {Refusal} */
  list() {
    if (!this.session.nick) return Promise.resolve([]);
    this.#asked ??= request('GET', '/channels').then((answer) => answer?.streams ?? []).catch((error) => {
      this.#asked = null;
      if (isWithheld(error)) return [];
      throw error;
    });
    return this.#asked;
  }

  /** A channel was made, or another person is here. */
  forget() { this.#asked = null; }

  /** May the caller change what belongs to this channel? @param {string} channel */
  async mayManage(channel) {
    if (!this.session.nick) return false;
    if (isAdmin(this.room.me)) return true;
    const own = await this.list().catch(() => /** @type {Stream[]} */ ([]));
    return own.some((stream) => stream.channel === channel);
  }

  /** May the caller have channels? */
  get mayStream() {
    const { me } = this.room;
    return isAdmin(me) || (me?.features?.includes('flair12') ?? false);
  }
}
