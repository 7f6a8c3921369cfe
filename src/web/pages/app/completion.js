// Tab completion in the message field: names, emotes and commands.

/**
 * @typedef {object} Sources
 * @property {() => string[]} nicks   the ones who spoke last first
 * @property {() => string[]} emotes
 * @property {() => string[]} commands  without the slash
 */

const kMost = 8;

/** The candidates for the word before the caret, and the walk through them. */
export class Completion {
  /** @type {string[]} */ candidates = [];
  index = -1;
  #start = 0;
  #end = 0;
  #sources;

  /** @param {HTMLTextAreaElement} field @param {Sources} sources */
  constructor(field, sources) {
    this.field = field;
    this.#sources = sources;
  }

  get active() { return this.candidates.length > 0; }

  /** @param {1|-1} step @returns {boolean} false: nothing to complete, the key keeps its usual meaning */
  advance(step) {
    if (!this.active && !this.#begin()) return false;
    const count = this.candidates.length;
    this.index = (this.index + step + count) % count;
    this.choose(this.index);
    return true;
  }

  /** @param {number} index */
  choose(index) {
    this.index = index;
    const word = this.candidates[index];
    const tail = this.field.value.slice(this.#end);
    const space = tail.startsWith(' ') ? '' : ' ';
    this.field.value = this.field.value.slice(0, this.#start) + word + space + tail;
    this.#end = this.#start + word.length + space.length;
    this.field.setSelectionRange(this.#end, this.#end);
  }

  stop() {
    this.candidates = [];
    this.index = -1;
  }

  #begin() {
    const caret = this.field.selectionStart;
    if (caret !== this.field.selectionEnd) return false;
    const before = this.field.value.slice(0, caret);
    const word = /\S+$/.exec(before)?.[0] ?? '';
    if (!word) return false;
    this.#start = caret - word.length;
    this.#end = caret;
    this.candidates = this.#find(word, this.#start === 0);
    this.index = -1;
    return this.active;
  }

  /** @param {string} word @param {boolean} first */
  #find(word, first) {
    const wanted = word.toLowerCase();
    const starts = (/** @type {string} */ text) => text.toLowerCase().startsWith(wanted);
    if (first && word.startsWith('/')) {
      return this.#sources.commands().map((name) => `/${name}`).filter(starts).slice(0, kMost);
    }
    if (word.startsWith('@')) return this.#sources.nicks().map((nick) => `@${nick}`).filter(starts).slice(0, kMost);
    return [...this.#sources.emotes().filter(starts), ...this.#sources.nicks().filter(starts)].slice(0, kMost);
  }
}
