// Where to stream to, and with which key. The key is known to this page only right after it was made; it is hidden
// until one wants to see it and leaves the page with it.
import { h } from '../dom.js';
import { ask } from '../prompt.js';
import { request } from '../rest.js';
import { copyButton } from './copy.js';
import { ffmpegLine, kNoKey, kObsSteps } from './recipes.js';

/** @typedef {import('./types.js').Stream} Stream */

/** Keys that were made while this page is open, by channel. @type {Map<string, string>} */
const keys = new Map();

/** @param {string} channel @param {string} key */
export const rememberKey = (channel, key) => keys.set(channel, key);

/** Somebody else is looking at this page. */
export const forgetKeys = () => keys.clear();

/**
 * @param {import('./stage.js').Scene} scene
 * @param {Stream} stream
 * @returns {HTMLElement}
 */
export function keyBox(scene, stream) {
  let shown = false;
  const plain = stream.ingest?.rtmp ?? '';
  const encrypted = stream.ingest?.rtmps ?? '';
  const server = plain || encrypted;
  const key = () => keys.get(stream.channel) ?? '';
  const keyText = h('code', { class: 'value', id: 'stream-key' });
  const line = h('code', { class: 'value wrap', id: 'ffmpeg-line' });
  const reveal = h('button', { type: 'button', class: 'quiet', 'aria-controls': 'stream-key', on: { click: () => {
    shown = !shown;
    draw();
  } } });
  const note = h('p', { class: 'note' });
  const copyKey = copyButton('the stream key', key);

  function draw() {
    const known = key() !== '';
    const visible = known && shown;
    keyText.textContent = visible ? key() : known ? '\u2022'.repeat(20) : 'shown once, when it was made';
    keyText.classList.toggle('faint', !visible);
    reveal.textContent = shown ? 'Hide' : 'Show';
    reveal.setAttribute('aria-pressed', String(shown));
    reveal.hidden = !known;
    copyKey.hidden = !known;
    line.textContent = ffmpegLine(server, visible ? key() : known ? '\u2022'.repeat(8) : kNoKey);
    note.textContent = known
      ? 'Copy the key now: it is kept nowhere and cannot be shown again. Whoever has it can stream as you.'
      : 'Nobody can look up a key. If you have lost yours, make a new one.';
  }

  const rotate = async () => {
    const sure = await ask('Make a new key?',
      'The present key stops working at once, and a stream that runs with it ends.', [], 'Make a new key');
    if (!sure) return;
    try {
      const answer = await request('POST', '/stream/key/rotate', { channel: stream.channel });
      rememberKey(stream.channel, String(answer.key));
      shown = false;
      draw();
    } catch (error) {
      scene.tell(/** @type {Error} */ (error).message);
    }
  };
  draw();
  return h('section', { class: 'box', 'aria-labelledby': 'key-title' },
    h('h3', { id: 'key-title' }, 'Where to stream to'),
    server ? null : h('p', {}, 'This server takes no streams at the moment.'),
    plain ? h('div', { class: 'pair' }, h('span', {}, 'Server'),
      h('code', { class: 'value', id: 'ingest-server' }, plain), copyButton('the server address', () => plain)) : null,
    encrypted ? h('div', { class: 'pair' }, h('span', {}, plain ? 'Encrypted' : 'Server'),
      h('code', { class: 'value' }, encrypted), copyButton('the encrypted server address', () => encrypted)) : null,
    h('div', { class: 'pair' }, h('span', {}, 'Stream key'), keyText, reveal, copyKey),
    note,
    h('div', { class: 'row' }, h('button', { type: 'button', class: 'quiet', on: { click: () => void rotate() } },
      'Make a new key…')),
    h('h4', {}, 'With OBS'),
    h('ol', { class: 'steps' }, ...kObsSteps.map((step) => h('li', {}, step))),
    h('h4', {}, 'Or try it with ffmpeg'),
    h('div', { class: 'pair' }, line, copyButton('the ffmpeg line', () => ffmpegLine(server, key() || kNoKey))));
}
