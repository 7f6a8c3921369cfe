// The list of those who are here, by group, with a filter.
import { groupOf } from './catalog.js';
import { byId, h } from './dom.js';
import { flairNodes, nickClass } from './linenode.js';

/** @typedef {import('./types.js').User} User */

const kRows = 300;  // a longer list is narrowed with the filter
const kQuiet = 300;  // ms between two drawings
const kGroups = ['Streamers', 'Moderators', 'Guests of honour', 'Bots', 'Subscribers', 'Everyone'];

/** Fires `nick` (detail {nick, line, anchor}). */
export class UserList extends EventTarget {
  #box = byId('people-list');
  /** @type {HTMLInputElement} */ #filter = byId('people-filter');
  /** @type {number|undefined} */ #timer;

  /** @param {import('./people.js').People} people @param {import('./text.js').TextContext} context */
  constructor(people, context) {
    super();
    this.people = people;
    this.context = context;
    people.addEventListener('change', () => this.draw());
    this.#filter.addEventListener('input', () => this.draw());
    this.#box.addEventListener('click', (/** @type {MouseEvent} */ event) => {
      const anchor = /** @type {HTMLElement|null} */ (/** @type {HTMLElement} */ (event.target).closest('.person'));
      if (!anchor) return;
      this.dispatchEvent(new CustomEvent('nick', { detail: { nick: anchor.dataset.nick, line: null, anchor } }));
    });
  }

  /** Soon; many changes make one drawing. */
  draw() {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#draw();
    }, kQuiet);
  }

  #draw() {
    const count = this.people.count;
    const guests = Math.max(0, this.people.connections - count);
    byId('people-count').textContent = String(count);
    byId('people-summary').textContent =
      `${count} ${count === 1 ? 'person' : 'people'}${guests > 0 ? ` and ${guests} watching` : ''}`;
    if (byId('people').hidden) return;

    const wanted = this.#filter.value.trim().toLowerCase();
    const users = this.people.here().filter((user) => user.nick.toLowerCase().includes(wanted));
    const groups = new Map(kGroups.map((name) => [name, /** @type {User[]} */ ([])]));
    for (const user of users) groups.get(groupOf(user))?.push(user);
    let left = kRows;
    /** @type {HTMLElement[]} */
    const nodes = [];
    for (const [name, members] of groups) {
      if (members.length === 0 || left <= 0) continue;
      members.sort((a, b) => a.nick.localeCompare(b.nick, undefined, { sensitivity: 'base' }));
      nodes.push(h('h3', {}, name, h('span', { class: 'note' }, ` ${members.length}`)));
      nodes.push(h('ul', {}, ...members.slice(0, left).map((user) => h('li', {}, this.#row(user)))));
      left -= members.length;
    }
    if (left < 0) nodes.push(h('p', { class: 'note' }, `and ${-left} more: narrow the list with the filter`));
    if (users.length === 0) {
      nodes.push(h('p', { class: 'note' }, wanted ? 'Nobody by that name.' : 'Nobody is logged in yet.'));
    }
    this.#keepFocus(() => this.#box.replaceChildren(...nodes));
  }

  /** @param {User} user */
  #row(user) {
    return h('button', { type: 'button', class: 'person', data: { nick: user.nick } },
      h('span', { class: nickClass(user, this.context) }, user.nick), ...flairNodes(user, this.context));
  }

  /** @param {() => void} redraw */
  #keepFocus(redraw) {
    /** @type {HTMLElement|null|undefined} */
    const focused = document.activeElement?.closest('#people-list .person');
    redraw();
    const nick = focused?.dataset.nick;
    if (nick) this.#box.querySelector(`[data-nick="${CSS.escape(nick)}"]`)?.focus();
  }
}
