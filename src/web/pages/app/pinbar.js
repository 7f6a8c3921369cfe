// The pinned message.
import { byId, h, icon } from './dom.js';
import { renderText } from './text.js';

const kClosed = 'strims.closed-pin';

/** Fires `unpin`. */
export class PinBar extends EventTarget {
  #box = byId('pin');

  /**
   * @param {{nick: string, text: string, uuid: string}|null} pin
   * @param {boolean} mayUnpin
   * @param {import('./text.js').TextContext} context
   */
  show(pin, mayUnpin, context) {
    const closed = pin !== null && pin.uuid !== '' && localStorage.getItem(kClosed) === pin.uuid;
    this.#box.hidden = !pin || closed;
    if (!pin || closed) return;
    const author = context.findUser(pin.nick) ?? null;
    this.#box.replaceChildren(
      /** @type {any} */ (icon('pin')),
      h('p', {}, h('b', {}, pin.nick), ' ', renderText(pin.text, author, context)),
      mayUnpin ? h('button', {
        type: 'button', class: 'quiet', on: { click: () => this.dispatchEvent(new Event('unpin')) },
      }, 'Unpin') : '',
      h('button', { type: 'button', class: 'quiet', 'aria-label': 'Hide the pinned message', on: { click: () => {
        localStorage.setItem(kClosed, pin.uuid);
        this.#box.hidden = true;
      } } }, /** @type {any} */ (icon('close'))));
  }
}
