// The side panels: at most one is open. Beside the chat where there is room, over it where there is none.
import { byId } from './dom.js';

// As in css/layout.css: what the chat alone needs, and what it needs beside a picture.
const kAlone = matchMedia('(min-width: 60rem)');
const kCrowded = matchMedia('(min-width: 110rem)');
const kNames = ['people', 'whispers'];

/** Fires `change`. */
export class Panels extends EventTarget {
  #roomy = kAlone;

  constructor() {
    super();
    for (const name of kNames) {
      this.#button(name).addEventListener('click', () => this.toggle(name));
      byId(`${name}-close`).addEventListener('click', () => this.close());
    }
    addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !this.#roomy.matches && !event.defaultPrevented) this.close();
    });
    // What stood beside the chat must not suddenly lie over it.
    for (const query of [kAlone, kCrowded]) {
      query.addEventListener('change', () => !this.#roomy.matches && this.close());
    }
  }

  /** Is there something beside the chat? Alone, and where there is room, it shows the people. @param {boolean} on */
  setCrowded(on) {
    this.#roomy = on ? kCrowded : kAlone;
    if (on || !this.#roomy.matches) this.close();
    else if (!kNames.some((name) => this.isOpen(name))) this.#show('people');
  }

  /** @param {string} name */
  isOpen(name) { return !byId(name).hidden; }

  /** @param {string} name */
  toggle(name) {
    if (this.isOpen(name)) this.close();
    else this.open(name);
  }

  /** @param {string} name */
  open(name) {
    this.#show(name);
    byId(`${name}-close`).focus();
  }

  close() {
    const open = kNames.find((name) => this.isOpen(name));
    if (!open) return;
    const inside = byId(open).contains(document.activeElement);
    this.#show('');
    if (inside) this.#button(open).focus();
  }

  /** @param {string} name */
  #show(name) {
    for (const each of kNames) {
      byId(each).hidden = each !== name;
      this.#button(each).setAttribute('aria-expanded', String(each === name));
    }
    this.dispatchEvent(new Event('change'));
  }

  /** @param {string} name @returns {HTMLElement} */
  #button(name) { return byId(`${name}-button`); }
}
