// The side panels: at most one is open. Beside the chat on a wide screen, over it on a narrow one.
import { byId } from './dom.js';

const kWide = matchMedia('(min-width: 60rem)');
const kNames = ['people', 'whispers'];

/** Fires `change`. */
export class Panels extends EventTarget {
  constructor() {
    super();
    for (const name of kNames) {
      this.#button(name).addEventListener('click', () => this.toggle(name));
      byId(`${name}-close`).addEventListener('click', () => this.close());
    }
    addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !kWide.matches && !event.defaultPrevented) this.close();
    });
    if (kWide.matches) this.#show('people');
    // What stood beside the chat must not suddenly lie over it.
    kWide.addEventListener('change', () => !kWide.matches && this.close());
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
