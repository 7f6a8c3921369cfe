// What the owner of a recording can do with it.
import { h } from '../dom.js';
import { ask } from '../prompt.js';
import { request } from '../rest.js';
import { visibilities } from './parts.js';

/** @typedef {import('./types.js').Vod} Vod */

/**
 * @param {import('./stage.js').Scene} scene
 * @param {() => Vod} current
 * @param {(vod: Vod) => void} changed
 * @returns {HTMLElement[]}
 */
export function vodTools(scene, current, changed) {
  const path = () => `/vods/${encodeURIComponent(current().id)}`;
  const change = async (/** @type {Partial<Vod>} */ what) => {
    try {
      changed(await request('PATCH', path(), what));
      pin.textContent = pinWord();
    } catch (error) {
      scene.tell(/** @type {Error} */ (error).message);
    }
  };
  const pinWord = () => (current().pinned ? 'Unpin' : 'Pin');
  const rename = async () => {
    const answer = await ask('Edit the recording', '', [
      { name: 'title', label: 'Title', value: current().title },
      { name: 'visibility', label: 'Who may watch', value: current().visibility, choices: visibilities },
    ], 'Save');
    if (answer) await change({ title: answer.title, visibility: /** @type {any} */ (answer.visibility) });
  };
  const remove = async () => {
    const sure = await ask('Delete this recording?',
      `“${current().title || 'This recording'}” goes for good, with its pictures. This cannot be undone.`, [],
      'Delete for good');
    if (!sure) return;
    try {
      await request('DELETE', path());
      scene.tell('The recording was deleted.', 'good');
      scene.go({ name: 'videos', channel: current().channel });
    } catch (error) {
      scene.tell(/** @type {Error} */ (error).message);
    }
  };
  const button = (/** @type {string} */ text, /** @type {() => void} */ click, danger = false) =>
    h('button', { type: 'button', class: danger ? 'quiet danger' : 'quiet', on: { click } }, text);
  const pin = button(pinWord(), () => void change({ pinned: !current().pinned }));
  pin.title = 'A pinned recording is kept when old ones are deleted';
  return [button('Edit', () => void rename()), pin, button('Delete', () => void remove(), true)];
}
