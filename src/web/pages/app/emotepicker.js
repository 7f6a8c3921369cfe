// The sheet of emotes beside the message field.
import { byId, h } from './dom.js';
import { emoteNode } from './text.js';

/** Fires `pick` (detail: the word). */
export class EmotePicker extends EventTarget {
  #button = byId('emote-button');
  #sheet = byId('emotes');

  /** @param {() => import('./types.js').Emote[]} usable */
  constructor(usable) {
    super();
    this.#button.addEventListener('click', () => (this.#sheet.hidden ? this.#open(usable()) : this.#close()));
    this.#sheet.addEventListener('click', (/** @type {MouseEvent} */ event) => {
      const button = /** @type {HTMLElement} */ (event.target).closest('button');
      if (!button) return;
      this.#sheet.hidden = true;
      this.dispatchEvent(new CustomEvent('pick', { detail: button.dataset.word }));
    });
    this.#sheet.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => this.#key(event));
    addEventListener('pointerdown', (event) => {
      const target = /** @type {Node} */ (event.target);
      if (!this.#sheet.contains(target) && !this.#button.contains(target)) this.#sheet.hidden = true;
    });
  }

  /** @param {import('./types.js').Emote[]} emotes */
  #open(emotes) {
    this.#sheet.replaceChildren(...emotes.map((emote) => h('button', {
      type: 'button', data: { word: emote.prefix }, 'aria-label': emote.prefix, title: emote.prefix,
    }, emoteNode(emote))));
    if (emotes.length === 0) this.#sheet.append(h('p', { class: 'note' }, 'There are no emotes here.'));
    this.#sheet.hidden = false;
    this.#sheet.querySelector('button')?.focus();
  }

  #close() {
    this.#sheet.hidden = true;
    this.#button.focus();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === 'Escape') {
      event.stopPropagation();
      this.#close();
      return;
    }
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const buttons = /** @type {HTMLElement[]} */ ([...this.#sheet.querySelectorAll('button')]);
    const at = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (!step || at < 0) return;
    event.preventDefault();
    buttons[(at + step + buttons.length) % buttons.length].focus();
  }
}
