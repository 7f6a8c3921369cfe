// The streams of this site as far as this page knows: from the server's answers, and from the STREAM events between.
import { isWithheld, request, Refusal } from '../rest.js';
import { applyEvent, hasPicture, unknownStream } from './state.js';

/** @typedef {import('./types.js').Stream} Stream */

/** Fires `change` (detail {channel, before, after}) for each stream that is not what it was. */
export class Streams extends EventTarget {
  /** @type {Map<string, Stream>} */ #known = new Map();
  /** Does this server have streams at all? */
  available = false;

  /** @param {string} channel @returns {Stream|null} */
  get(channel) { return this.#known.get(channel) ?? null; }

  /** Those with a picture first, most viewers first. @returns {Stream[]} */
  list() {
    return [...this.#known.values()].sort((a, b) =>
      Number(hasPicture(b)) - Number(hasPicture(a)) || b.viewers - a.viewers || a.channel.localeCompare(b.channel));
  }

  get liveCount() { return this.list().filter(hasPicture).length; }

  /** All channels. A server without streams is no error. */
  async load() {
    let answer;
    try {
      answer = await request('GET', '/streams?all=1');
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return;  // what we knew stays
    }
    if (!Array.isArray(answer?.streams)) return;
    this.available = true;
    const names = new Set(answer.streams.map((/** @type {Stream} */ stream) => stream.channel));
    for (const name of [...this.#known.keys()]) {
      if (!names.has(name)) this.#set(name, null);
    }
    for (const stream of answer.streams) this.#set(stream.channel, stream);
  }

  /**
   * One channel as it is now.
   * @param {string} channel
   * @returns {Promise<Stream|null>} null: there is no such channel, or not for us
   * @throws {Refusal} when the server could not say
   */
  async refresh(channel) {
    try {
      const stream = /** @type {Stream} */ (await request('GET', `/stream/${encodeURIComponent(channel)}`));
      this.learn(stream);
      return stream;
    } catch (error) {
      if (!isWithheld(error)) throw error;
      this.#set(channel, null);
      return null;
    }
  }

  /** An answer of the server that is a stream. @param {Stream} stream */
  learn(stream) {
    this.available = true;
    this.#set(stream.channel, stream);
  }

  /** A STREAM event. @param {any} data */
  apply(data) {
    const channel = data?.channel;
    if (typeof channel !== 'string' || !channel) return;
    this.available = true;
    this.#set(channel, applyEvent(this.#known.get(channel) ?? unknownStream(channel), data));
  }

  /** @param {string} channel @param {Stream|null} after */
  #set(channel, after) {
    const before = this.get(channel);
    if (after) this.#known.set(channel, after);
    else this.#known.delete(channel);
    if (!before && !after) return;
    this.dispatchEvent(new CustomEvent('change', { detail: { channel, before, after } }));
  }
}
