// The log on screen: keeps to the end while the reader is there, and stays put while he reads older lines.
import { byId, h } from './dom.js';
import { lineNode, pendingNode } from './linenode.js';

/** @typedef {import('./types.js').Line} Line */

const kLines = 500;
const kNearEnd = 48;  // px: still counts as being at the end

/**
 * Fires `nick` (detail {nick, line, anchor}), `reveal` (detail line), `retry` and `discard` (detail nonce).
 */
export class LogView extends EventTarget {
  #box = byId('log');
  #list = byId('lines');
  #pending = byId('pending');
  #jump = byId('jump');
  /** @type {Map<string, HTMLElement>} */ #nodes = new Map();
  /** @type {{line: Line, before: Line|null}[]} */ #queue = [];
  #scheduled = false;
  #following = true;
  #unread = 0;

  /** @param {import('./log.js').Log} log @param {import('./text.js').TextContext} context */
  constructor(log, context) {
    super();
    this.log = log;
    this.context = context;
    log.addEventListener('add', (event) => this.#enqueue(/** @type {CustomEvent} */ (event).detail));
    log.addEventListener('change', (event) => this.#refresh(/** @type {CustomEvent} */ (event).detail));
    log.addEventListener('drop', (event) => this.#drop(/** @type {CustomEvent} */ (event).detail));
    log.addEventListener('reset', () => this.#clear());
    this.#box.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    this.#box.addEventListener('click', (/** @type {MouseEvent} */ event) => this.#clicked(event));
    this.#box.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => this.#key(event));
    this.#jump.addEventListener('click', () => this.toEnd());
    new ResizeObserver(() => this.#keepUp()).observe(this.#box);
  }

  /** @param {import('./types.js').Pending[]} items @param {import('./types.js').User|null} me */
  showPending(items, me) {
    this.#flush();
    const shown = me ? items.filter((item) => !item.echoed) : [];
    this.#pending.replaceChildren(...shown.map((item) =>
      pendingNode(item, /** @type {import('./types.js').User} */ (me), this.context)));
    this.#keepUp();
  }

  /** Draws everything again: own name, flairs or emotes have changed. */
  redraw() {
    for (const line of this.log.lines) this.#refresh(line);
  }

  toEnd() {
    this.#following = true;
    this.#unread = 0;
    this.#keepUp();
    this.#showJump();
  }

  /** @param {{line: Line, before: Line|null}} entry */
  #enqueue(entry) {
    this.#queue.push(entry);
    if (this.#scheduled) return;
    this.#scheduled = true;
    // A page in the background gets no animation frames.
    if (document.visibilityState === 'visible') requestAnimationFrame(() => this.#flush());
    else setTimeout(() => this.#flush(), 200);
  }

  #flush() {
    this.#scheduled = false;
    if (this.#queue.length === 0) return;
    // In a flood only what will stay is drawn at all.
    const entries = this.#queue.splice(0).slice(-kLines);
    const fragment = document.createDocumentFragment();
    for (const { line, before } of entries) {
      const node = lineNode(line, this.context);
      this.#nodes.set(line.key, node);
      const next = before ? this.#nodes.get(before.key) : null;
      if (next?.parentNode) next.parentNode.insertBefore(node, next);
      else fragment.append(node);
    }
    this.#list.append(fragment);
    while (this.#list.childElementCount > kLines) {
      this.#forget(/** @type {HTMLElement} */ (this.#list.firstElementChild));
    }
    if (!this.#following) this.#unread += entries.length;
    this.#keepUp();
    this.#showJump();
  }

  /** @param {Line} line */
  #refresh(line) {
    const old = this.#nodes.get(line.key);
    if (!old) return;  // still in the queue: it will be drawn as it is then
    const node = lineNode(line, this.context);
    const focused = old.contains(document.activeElement);
    old.replaceWith(node);
    this.#nodes.set(line.key, node);
    if (focused) node.focus({ preventScroll: true });
  }

  /** @param {Line} line */
  #drop(line) {
    const node = this.#nodes.get(line.key);
    if (node) this.#forget(node);
    else this.#queue = this.#queue.filter((entry) => entry.line !== line);
  }

  /** @param {HTMLElement} node */
  #forget(node) {
    this.#nodes.delete(node.dataset.key ?? '');
    node.remove();
  }

  #clear() {
    this.#queue = [];
    this.#nodes.clear();
    this.#list.replaceChildren();
    this.toEnd();
  }

  #keepUp() {
    if (this.#following) this.#box.scrollTop = this.#box.scrollHeight;
  }

  #scrolled() {
    const left = this.#box.scrollHeight - this.#box.scrollTop - this.#box.clientHeight;
    this.#following = left < kNearEnd;
    if (this.#following) this.#unread = 0;
    this.#showJump();
  }

  #showJump() {
    this.#jump.hidden = this.#following;
    if (this.#following) return;
    const label = this.#unread === 0 ? 'Back to the newest'
      : this.#unread === 1 ? '1 new message' : `${this.#unread > 999 ? '999+' : this.#unread} new messages`;
    this.#jump.replaceChildren(h('span', {}, label));
  }

  /** @param {HTMLElement} node */
  #lineOf(node) {
    const key = /** @type {HTMLElement|null} */ (node.closest('.line'))?.dataset.key;
    return this.log.lines.find((line) => line.key === key) ?? null;
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    /** @type {HTMLElement|null} */
    const button = target.closest('[data-reveal],[data-retry],[data-discard],.nick,.mention');
    if (!button) return;
    const { reveal, retry, discard, nick } = button.dataset;
    if (reveal) this.#tell('reveal', this.#lineOf(button));
    else if (retry) this.#tell('retry', retry);
    else if (discard) this.#tell('discard', discard);
    else if (nick) {
      const line = button.classList.contains('nick') ? this.#lineOf(button) : null;
      this.#tell('nick', { nick, line, anchor: button });
    }
  }

  /** With the keyboard one walks from line to line; Enter opens what the line offers. @param {KeyboardEvent} event */
  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    /** @type {HTMLElement|null} */
    const current = /** @type {HTMLElement} */ (event.target).closest('#lines > .line');
    /** @type {Element|null|undefined} */ let next;
    if (event.key === 'ArrowUp') next = current ? current.previousElementSibling : this.#list.lastElementChild;
    else if (event.key === 'ArrowDown' && current) next = current.nextElementSibling;
    else if (event.key === 'Home') next = this.#list.firstElementChild;
    else if (event.key === 'End') next = this.#list.lastElementChild;
    else if (event.key === 'Enter' && event.target === current) {
      /** @type {HTMLElement|null|undefined} */ (current?.querySelector('.reveal, .nick, a'))?.click();
      event.preventDefault();
      return;
    }
    if (!(next instanceof HTMLElement)) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: 'nearest' });
  }

  /** @param {string} type @param {any} detail */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
