// What a stream is about and who may see it.
import { h } from '../dom.js';
import { request } from '../rest.js';
import { visibilities } from './parts.js';

/** @typedef {import('./types.js').Stream} Stream */

/**
 * The words of a line as tags.
 * @param {string} text "chess, speed run,chess"
 * @returns {string[]}
 */
export function tagsOf(text) {
  const tags = text.split(',').map((tag) => tag.trim().replace(/\s+/g, ' ').replace(/^#/, '')).filter(Boolean);
  return [...new Map(tags.map((tag) => [tag.toLowerCase(), tag])).values()].slice(0, 10);
}

/**
 * @param {Stream} stream
 * @param {(stream: Stream) => void} saved
 * @returns {HTMLElement}
 */
export function detailsForm(stream, saved) {
  const said = h('p', { class: 'note', role: 'status' });
  const save = h('button', { type: 'submit', class: 'primary' }, 'Save');
  const field = (/** @type {string} */ label, /** @type {HTMLElement} */ control) =>
    h('label', { class: 'field' }, h('span', {}, label), control);
  const text = (/** @type {string} */ name, /** @type {string} */ value, /** @type {object} */ more = {}) =>
    h('input', { name, value, autocomplete: 'off', ...more });
  const check = (/** @type {string} */ name, /** @type {boolean} */ on, /** @type {string} */ label) =>
    h('label', { class: 'check' }, h('input', { type: 'checkbox', name, checked: on }), h('span', {}, label));
  const form = /** @type {HTMLFormElement} */ (h('form', { class: 'box stack', 'aria-labelledby': 'details-title' },
    h('h3', { id: 'details-title' }, 'About the stream'),
    field('Title', text('title', stream.title, { maxlength: '140', placeholder: 'What will you do?' })),
    h('div', { class: 'columns' },
      field('Category', text('category', stream.category, { maxlength: '60' })),
      field('Language', text('language', stream.language, { maxlength: '8', placeholder: 'en', size: '6' }))),
    field('Tags, with commas between', text('tags', (stream.tags ?? []).join(', '), { maxlength: '300' })),
    field('Who may watch', h('select', { name: 'visibility' }, ...visibilities.map(([value, words]) =>
      h('option', { value, selected: value === stream.visibility }, words)))),
    check('mature', stream.mature, 'Only for adults'),
    check('record', stream.record ?? true, 'Record it'),
    h('div', { class: 'row' }, save, said)));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void send();
  });
  form.addEventListener('input', () => { said.textContent = ''; });

  async function send() {
    const data = new FormData(form);
    const word = (/** @type {string} */ name) => String(data.get(name) ?? '').trim();
    save.setAttribute('disabled', '');
    try {
      saved(await request('PUT', '/stream/metadata', {
        channel: stream.channel,
        title: word('title'), category: word('category'), tags: tagsOf(word('tags')), language: word('language'),
        visibility: word('visibility'), mature: data.has('mature'), record: data.has('record'),
      }));
      said.textContent = 'Saved.';
    } catch (error) {
      said.textContent = /** @type {Error} */ (error).message;
    } finally {
      save.removeAttribute('disabled');
    }
  }
  return form;
}
