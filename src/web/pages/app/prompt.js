// One small question in a dialog: a few fields, a button.
import { byId, h } from './dom.js';

/**
 * @typedef {object} Field
 * @property {string} name
 * @property {string} label
 * @property {[string, string][]} [choices] value and text; without them a line of text
 * @property {string} [value]
 */

/**
 * @param {string} title
 * @param {string} note
 * @param {Field[]} fields
 * @param {string} action text of the button
 * @returns {Promise<Record<string, string>|null>} null: the dialog was left
 */
export function ask(title, note, fields, action) {
  /** @type {HTMLDialogElement} */
  const dialog = byId('prompt');
  const form = h('form', { method: 'dialog', class: 'stack' },
    h('h2', { id: 'prompt-title' }, title),
    note ? h('p', { class: 'note' }, note) : null,
    ...fields.map((field) => h('label', { class: 'field' }, h('span', {}, field.label), control(field))),
    h('div', { class: 'row end' },
      h('button', { type: 'button', class: 'quiet', on: { click: () => dialog.close() } }, 'Cancel'),
      h('button', { type: 'submit', class: 'primary' }, action)));
  dialog.replaceChildren(form);
  return new Promise((resolve) => {
    /** @type {Record<string, string>|null} */
    let answer = null;
    form.addEventListener('submit', () => {
      answer = Object.fromEntries(fields.map((field) =>
        [field.name, String(new FormData(/** @type {HTMLFormElement} */ (form)).get(field.name) ?? '').trim()]));
    });
    dialog.addEventListener('close', () => resolve(answer), { once: true });
    dialog.showModal();
  });
}

/** @param {Field} field */
function control(field) {
  if (!field.choices) {
    return h('input', { name: field.name, value: field.value ?? '', required: true, autocomplete: 'off' });
  }
  return h('select', { name: field.name }, ...field.choices.map(([value, text]) =>
    h('option', { value, selected: value === field.value }, text)));
}
