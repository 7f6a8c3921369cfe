// The field in which one writes.
import { byId, h } from './dom.js';
import { Completion } from './completion.js';
import { countdown } from './time.js';

const kLimit = 512;
const kShowFrom = 400;
const kHistory = 50;

/** Fires `submit` (detail: the text). The field is emptied by `accept()`, so a refused line is not lost. */
export class Composer extends EventTarget {
  #form = byId('composer');
  /** @type {HTMLTextAreaElement} */ #field = byId('message');
  #counter = byId('counter');
  #send = byId('send');
  #hint = byId('candidates');
  #muteNote = byId('mute-note');
  /** @type {string[]} */ #history = [];
  #at = 0;
  #draft = '';
  #mutedUntil = 0;
  /** @type {number|undefined} */ #muteTimer;

  /** @param {import('./completion.js').Sources} sources */
  constructor(sources) {
    super();
    this.completion = new Completion(this.#field, sources);
    this.#form.addEventListener('submit', (/** @type {Event} */ event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#field.addEventListener('keydown', (event) => this.#key(event));
    this.#field.addEventListener('input', () => this.#changed());
    this.#hint.addEventListener('click', (/** @type {MouseEvent} */ event) => {
      const index = /** @type {HTMLElement} */ (event.target).dataset.index;
      if (index === undefined) return;
      this.completion.choose(Number(index));
      this.#changed();
      this.focus();
    });
  }

  focus() { this.#field.focus(); }

  /** The line was taken. @param {string} text */
  accept(text) {
    this.#history = [...this.#history.filter((line) => line !== text), text].slice(-kHistory);
    this.#at = this.#history.length;
    this.#field.value = '';
    this.#changed();
  }

  /** Puts a word where the caret is. @param {string} word */
  insert(word) {
    const { selectionStart: from, selectionEnd: to, value } = this.#field;
    const before = from > 0 && !/\s$/.test(value.slice(0, from)) ? ' ' : '';
    this.#field.setRangeText(`${before}${word} `, from, to, 'end');
    this.#changed();
    this.focus();
  }

  /** @param {string} text */
  set(text) {
    this.#field.value = text;
    this.#changed();
    this.focus();
  }

  /** @param {{guest: boolean, placeholder: string}} state */
  show({ guest, placeholder }) {
    this.#form.hidden = guest;
    this.#field.placeholder = placeholder;
  }

  /** @param {number} until ms, 0: not muted */
  muted(until) {
    this.#mutedUntil = until;
    clearInterval(this.#muteTimer);
    const tick = () => {
      const left = (this.#mutedUntil - Date.now()) / 1000;
      if (left <= 0) {
        clearInterval(this.#muteTimer);
        this.#mutedUntil = 0;
      }
      this.#muteNote.hidden = left <= 0;
      this.#muteNote.replaceChildren('You are muted. You can write again in ', h('b', {}, countdown(left)), '.');
      this.#changed();
    };
    if (until > 0) this.#muteTimer = setInterval(tick, 1000);
    tick();
  }

  #submit() {
    const text = this.#field.value.trim();
    if (!text || this.#blocked(text)) return;
    this.dispatchEvent(new CustomEvent('submit', { detail: text }));
  }

  /** Commands still work for somebody who is muted. @param {string} text */
  #blocked(text) {
    const isCommand = /^\/(?!me\b)[a-z]/i.test(text);
    return lengthOf(text) > kLimit || (this.#mutedUntil > 0 && !isCommand);
  }

  #changed() {
    const text = this.#field.value.trim();
    const length = lengthOf(text);
    this.#counter.hidden = length < kShowFrom;
    this.#counter.textContent = `${length}/${kLimit}`;
    this.#counter.classList.toggle('over', length > kLimit);
    this.#send.disabled = !text || this.#blocked(text);
    this.#field.setAttribute('aria-invalid', String(length > kLimit));
    if (!this.completion.active) this.#hint.hidden = true;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    if (event.key === 'Tab' && !event.altKey && !event.ctrlKey) {
      // Without a word to complete, Tab moves on as everywhere.
      if ((!event.shiftKey || this.completion.active) && this.completion.advance(event.shiftKey ? -1 : 1)) {
        event.preventDefault();
        this.#showCandidates();
        this.#changed();
      }
      return;
    }
    if (event.key === 'Escape' && this.completion.active) event.stopPropagation();
    if (event.key !== 'Shift') {
      this.completion.stop();
      this.#hint.hidden = true;
    }
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === 'ArrowUp' && (this.#field.value === '' || this.#at < this.#history.length)) {
      this.#recall(event, -1);
    } else if (event.key === 'ArrowDown' && this.#at < this.#history.length) {
      this.#recall(event, 1);
    }
  }

  /** @param {KeyboardEvent} event @param {1|-1} step */
  #recall(event, step) {
    const next = this.#at + step;
    if (next < 0 || next > this.#history.length) return;
    event.preventDefault();
    if (this.#at === this.#history.length) this.#draft = this.#field.value;
    this.#at = next;
    this.#field.value = this.#history[next] ?? this.#draft;
    this.#changed();
  }

  #showCandidates() {
    const { candidates, index } = this.completion;
    this.#hint.hidden = candidates.length < 2;
    this.#hint.replaceChildren(...candidates.map((word, at) => h('button', {
      type: 'button', tabindex: '-1', class: at === index ? 'candidate current' : 'candidate', data: { index: at },
    }, word)));
  }
}

/** Code points, as the server counts. @param {string} text */
const lengthOf = (text) => [...text].length;
