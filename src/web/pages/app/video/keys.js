// Which key does what to the player. Pure. Whoever writes, or moves a slider, keeps all keys.

/**
 * Where the focus is.
 * @typedef {object} Focus
 * @property {boolean} typing    in a field
 * @property {boolean} slider    on a slider, which the arrows move
 * @property {boolean} activates on something that the space bar presses or opens: a button, a link
 * @property {boolean} scrolls   in something that the space bar scrolls: the log
 * @property {boolean} busy      a dialog or a menu is open
 */

/** @typedef {'toggle'|'mute'|'full'|'theatre'|'back'|'forward'|'leave'} Action */

/** @type {Record<string, Action>} */
const actions = {
  ' ': 'toggle', k: 'toggle', m: 'mute', f: 'full', t: 'theatre', arrowleft: 'back', arrowright: 'forward',
  escape: 'leave',
};

/**
 * @param {{key: string, ctrlKey: boolean, altKey: boolean, metaKey: boolean, shiftKey: boolean, isComposing: boolean}}
 *   press
 * @param {Focus} focus
 * @returns {Action|null}
 */
export function keyAction(press, focus) {
  if (focus.busy || focus.typing || press.isComposing) return null;
  if (press.ctrlKey || press.altKey || press.metaKey || press.shiftKey) return null;
  const key = press.key.toLowerCase();
  if (key === ' ' && (focus.activates || focus.scrolls)) return null;
  if (key.startsWith('arrow') && focus.slider) return null;
  return actions[key] ?? null;
}

/** @param {Element|null} element what has the focus @returns {Focus} */
export function focusOf(element) {
  const slider = element instanceof HTMLInputElement && element.type === 'range';
  const plain = element instanceof HTMLInputElement && ['checkbox', 'radio', 'button', 'submit'].includes(element.type);
  return {
    typing: !slider && !plain && element !== null
      && element.matches('input, textarea, select, [contenteditable=""], [contenteditable="true"]'),
    slider,
    activates: element !== null && element.matches('button, a[href], summary, input[type="checkbox"]'),
    scrolls: element !== null && element.closest('.log, .people-list, .thread') !== null,
    busy: document.querySelector('dialog[open], .menu') !== null,
  };
}
