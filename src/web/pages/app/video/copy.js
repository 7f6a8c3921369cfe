// A text with a button that copies it.
import { h } from '../dom.js';

/**
 * Beside `node`, which shows the text or hides it.
 * @param {string} what   for the label: "the key"
 * @param {() => string} text
 */
export function copyButton(what, text) {
  const said = h('span', {}, 'Copy');
  const button = h('button', { type: 'button', class: 'quiet copy', 'aria-label': `Copy ${what}` }, said);
  button.addEventListener('click', async () => {
    const done = await copy(text());
    said.textContent = done ? 'Copied' : 'Not copied';
    setTimeout(() => { said.textContent = 'Copy'; }, 2000);
  });
  return button;
}

/** @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { /* Only secure pages may; there is the old way. */ }
  const field = /** @type {HTMLTextAreaElement} */ (h('textarea', { class: 'sr', readonly: true }));
  field.value = text;
  document.body.append(field);
  field.select();
  let done = false;
  try { done = document.execCommand('copy'); } catch { /* Then not. */ }
  field.remove();
  return done;
}
