// A small menu at an element. Arrow keys walk, Escape closes and gives the focus back.
import { h } from './dom.js';

/** @typedef {{label: string, run: () => void, danger?: boolean} | {title: string, note?: string}} Item */

/** @type {(() => void)|null} */
let closeOpen = null;

/** @param {HTMLElement} anchor @param {Item[]} items @param {string} label */
export function openMenu(anchor, items, label) {
  closeOpen?.();
  const before = /** @type {HTMLElement|null} */ (document.activeElement);
  const menu = h('div', { class: 'menu', role: 'menu', 'aria-label': label });
  for (const item of items) {
    if ('title' in item) {
      menu.append(h('div', { class: 'menu-title', role: 'presentation' }, h('b', {}, item.title),
        item.note ? h('span', {}, item.note) : null));
      continue;
    }
    menu.append(h('button', {
      type: 'button', role: 'menuitem', tabindex: '-1', class: item.danger ? 'danger' : '',
      on: { click: () => { close(false); item.run(); } },
    }, item.label));
  }
  document.body.append(menu);
  place(menu, anchor);

  /** @param {boolean} giveBack */
  function close(giveBack) {
    closeOpen = null;
    menu.remove();
    removeEventListener('pointerdown', outside, true);
    removeEventListener('resize', leave);
    if (giveBack && before?.isConnected) before.focus();
  }
  const leave = () => close(false);
  const outside = (/** @type {PointerEvent} */ event) => {
    if (!menu.contains(/** @type {Node} */ (event.target))) leave();
  };
  closeOpen = leave;
  addEventListener('pointerdown', outside, true);
  addEventListener('resize', leave);
  menu.addEventListener('keydown', (event) => walk(event, menu, () => close(true)));
  /** @type {HTMLElement|null} */ (menu.querySelector('button'))?.focus();
}

/** @param {KeyboardEvent} event @param {HTMLElement} menu @param {() => void} close */
function walk(event, menu, close) {
  const buttons = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll('button')]);
  const at = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) buttons[(at + step + buttons.length) % buttons.length].focus();
  else if (event.key === 'Home') buttons[0].focus();
  else if (event.key === 'End') buttons[buttons.length - 1].focus();
  else if (event.key === 'Escape' || event.key === 'Tab') close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Beside the anchor and inside the window. @param {HTMLElement} menu @param {HTMLElement} anchor */
function place(menu, anchor) {
  const at = anchor.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left, innerWidth - size.width - 8));
  const below = at.bottom + 4;
  const top = below + size.height <= innerHeight - 8 ? below : Math.max(8, at.top - size.height - 4);
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
}
