// How much of the screen the picture has: the whole of it, the page without its header, or a small window of its own.
import { byId } from '../dom.js';

export class Screen {
  #full = byId('full-button');
  #theatre = byId('theatre-button');
  #small = byId('pip-button');

  /** @param {import('./player.js').Player} player */
  constructor(player) {
    this.player = player;
    this.#full.addEventListener('click', () => this.toggleFull());
    this.#theatre.addEventListener('click', () => this.setTheatre(!this.theatre));
    this.#small.addEventListener('click', () => void this.#toggleSmall());
    this.#small.hidden = !document.pictureInPictureEnabled;
    document.addEventListener('fullscreenchange', () => this.#draw());
    this.#draw();
  }

  get theatre() { return document.body.classList.contains('theatre'); }
  get full() { return document.fullscreenElement === this.player.box; }

  /** @param {boolean} on */
  setTheatre(on) {
    document.body.classList.toggle('theatre', on);
    this.#draw();
  }

  toggleFull() {
    const { box, video } = this.player;
    const away = () => {};
    if (this.full) void document.exitFullscreen().catch(away);
    else if (box.requestFullscreen) void box.requestFullscreen().catch(away);
    else /** @type {any} */ (video).webkitEnterFullscreen?.();  // phones of Apple: only the video itself
  }

  async #toggleSmall() {
    const { video } = this.player;
    try {
      if (document.pictureInPictureElement === video) await document.exitPictureInPicture();
      else await video.requestPictureInPicture();
    } catch { /* Not now, says the browser: there may be no picture yet. */ }
  }

  #draw() {
    labelButton(this.#full, this.full ? 'window' : 'full', this.full ? 'Leave full screen' : 'Full screen');
    labelButton(this.#theatre, 'theatre', this.theatre ? 'Leave theatre' : 'Theatre');
    this.#theatre.setAttribute('aria-pressed', String(this.theatre));
  }
}

/**
 * What a button of the bar does now; its key is told, too.
 * @param {HTMLElement} button @param {string} sign @param {string} label
 */
export function labelButton(button, sign, label) {
  if (button.title.startsWith(label)) return;
  const key = button.getAttribute('aria-keyshortcuts');
  button.setAttribute('aria-label', label);
  button.title = key ? `${label} (${key})` : label;
  button.querySelector('use')?.setAttribute('href', `#i-${sign}`);
}
