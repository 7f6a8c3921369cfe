// The chat of a recording, in pages of thirty seconds by wall clock: which are needed, what shows at a moment. Pure.
// What shows is a function of the moment alone, so that a jump of the film moves the chat either way.

export const kPageMs = 30000;
const kBack = 3;      // pages before the moment: what one would still see of the chat there
const kAhead = 1;
const kShown = 200;   // lines
const kKept = 240;    // pages, two hours
const kRetryMs = 5000;

/**
 * @typedef {object} Said
 * @property {number} at ms since the epoch
 * @property {number} seq
 */

/** @template {Said} T */
export class ReplayPages {
  /** @type {Map<number, T[]>} */ #pages = new Map();
  /** @type {Set<number>} */ #asked = new Set();
  /** When to ask again: it failed, or it was not over yet. @type {Map<number, number>} */ #again = new Map();
  #first;
  #last;

  /** @param {number} from ms: nothing before it belongs to the recording @param {number} to ms, Infinity: it goes on */
  constructor(from, to) {
    this.#first = Math.floor(from / kPageMs);
    this.#last = Math.floor(to / kPageMs);
  }

  /**
   * The pages to ask for now, the most urgent first; they count as asked for from here on.
   * @param {number} moment ms: chat time
   * @param {number} now ms: of the clock on the wall
   * @returns {{page: number, from: number, to: number}[]}
   */
  wanted(moment, now) {
    if (!Number.isFinite(moment)) return [];
    const current = Math.floor(moment / kPageMs);
    const order = [0, kAhead, ...Array.from({ length: kBack }, (_, i) => -1 - i)];
    return order.map((step) => current + step).filter((page) => this.#isWanted(page, now)).map((page) => {
      this.#asked.add(page);
      return { page, from: page * kPageMs, to: (page + 1) * kPageMs };
    });
  }

  /** @param {number} page @param {number} now */
  #isWanted(page, now) {
    if (page < this.#first || page > this.#last) return false;
    if (this.#asked.has(page)) return false;
    const again = this.#again.get(page);
    return again === undefined ? !this.#pages.has(page) : now >= again;
  }

  /** The answer. @param {number} page @param {T[]} lines @param {number} now */
  put(page, lines, now) {
    this.#asked.delete(page);
    // More may still be said in a page that is not over.
    if ((page + 1) * kPageMs > now) this.#again.set(page, now + kRetryMs);
    else this.#again.delete(page);
    this.#pages.set(page, [...lines].sort((a, b) => a.at - b.at || a.seq - b.seq));
    if (this.#pages.size <= kKept) return;
    // The farthest from here will be missed least.
    const farthest = [...this.#pages.keys()].reduce((a, b) => (Math.abs(b - page) > Math.abs(a - page) ? b : a));
    this.#pages.delete(farthest);
    this.#again.delete(farthest);
  }

  /** No answer came. @param {number} page @param {number} now */
  fail(page, now) {
    this.#asked.delete(page);
    this.#again.set(page, now + kRetryMs);
  }

  /** Is the page of this moment here, or is there none to be had? @param {number} moment */
  covers(moment) {
    const page = Math.floor(moment / kPageMs);
    return this.#pages.has(page) || page < this.#first || page > this.#last;
  }

  /**
   * What has been said by then, oldest first; back to the first page that is missing. The page of the moment itself may
   * be on its way: what was there before it stays.
   * @param {number} moment ms: chat time
   * @returns {T[]}
   */
  at(moment) {
    /** @type {T[]} */
    const lines = [];
    let page = Math.min(Math.floor(moment / kPageMs), this.#last);
    if (!this.#pages.has(page)) page -= 1;
    for (; lines.length < kShown; page -= 1) {
      const said = this.#pages.get(page);
      if (!said) break;
      for (let i = said.length - 1; i >= 0 && lines.length < kShown; i -= 1) {
        if (said[i].at <= moment) lines.push(said[i]);
      }
    }
    return lines.reverse();
  }
}

/**
 * The moment of the chat that belongs to a picture. People react to what they saw, and they saw it late: what is
 * added to a line's time to find its picture is negative (minus the viewers' latency).
 * @param {number} pictureMs wall clock of the picture
 * @param {number} offsetMs  `chat_offset_ms`, as the reader has set it
 */
export const chatMoment = (pictureMs, offsetMs) => pictureMs - offsetMs;
