// The bar under the picture.
import { byId } from '../dom.js';
import { latencyText, positionText } from './format.js';
import { labelButton, Screen } from './screen.js';

const kIdleAfter = 3000;

export class Controls {
  #play = byId('play-button');
  #mute = byId('mute-button');
  /** @type {HTMLInputElement} */ #volume = byId('volume');
  /** @type {HTMLInputElement} */ #seek = byId('seek');
  #position = byId('position');
  #live = byId('live-button');
  #latency = byId('latency');
  #dragging = false;
  /** @type {number|undefined} */ #idleTimer;

  /** @param {import('./player.js').Player} player */
  constructor(player) {
    this.player = player;
    this.screen = new Screen(player);
    this.#play.addEventListener('click', () => player.toggle());
    this.#mute.addEventListener('click', () => player.setMuted(!player.muted));
    this.#live.addEventListener('click', () => player.toLive());
    this.#volume.addEventListener('input', () => player.setVolume(Number(this.#volume.value) / 100));
    this.#seek.addEventListener('input', () => {
      this.#dragging = true;
      this.#showPosition(Number(this.#seek.value));
    });
    this.#seek.addEventListener('change', () => {
      this.#dragging = false;
      player.seek(Number(this.#seek.value));
    });
    player.addEventListener('change', () => this.#draw());
    player.addEventListener('playing', () => this.#stir());
    this.#listenToPointer();
    setInterval(() => { if (player.live) this.#draw(); }, 1000);
    this.#draw();
  }

  /** A click on the picture stops and starts it; on a touch screen it brings the bar. */
  #listenToPointer() {
    const { box, video } = this.player;
    for (const name of ['pointermove', 'pointerdown', 'focusin']) box.addEventListener(name, () => this.#stir());
    box.addEventListener('pointerleave', () => this.#rest());
    video.addEventListener('click', (/** @type {any} */ event) => {
      if (event.pointerType !== 'touch') this.player.toggle();
    });
    video.addEventListener('dblclick', () => this.screen.toggleFull());
  }

  #stir() {
    clearTimeout(this.#idleTimer);
    this.player.box.classList.remove('idle');
    this.#idleTimer = setTimeout(() => this.#rest(), kIdleAfter);
  }

  /** The bar goes while the picture moves and nobody is at the bar. */
  #rest() {
    const { box, paused } = this.player;
    const held = box.querySelector('#controls :focus-visible, #controls:hover') !== null;
    box.classList.toggle('idle', !paused && !held);
  }

  #draw() {
    const { player } = this;
    const paused = player.paused || player.video.ended;
    labelButton(this.#play, paused ? 'play' : 'pause', paused ? 'Play' : 'Pause');
    labelButton(this.#mute, player.muted ? 'muted' : 'sound', player.muted ? 'Sound on' : 'Sound off');
    this.#volume.value = String(player.muted ? 0 : Math.round(player.volume * 100));
    this.#live.hidden = !player.live;
    this.#seek.hidden = player.live;
    this.#position.hidden = player.live;
    this.#latency.hidden = !player.live;
    if (player.live) this.#drawLive();
    else if (!this.#dragging) this.#drawPosition();
    if (paused) player.box.classList.remove('idle');
  }

  #drawLive() {
    const { player } = this;
    const behind = player.paused || player.isBehind;
    this.#live.classList.toggle('behind', behind);
    this.#write(this.#live.querySelector('span:last-child'), behind ? 'Go to live' : 'Live');
    this.#live.title = behind ? 'To the newest picture' : 'You see the newest picture';
    const text = latencyText(player.latency);
    this.#write(this.#latency, text && `${text} behind`);
  }

  #drawPosition() {
    const { video } = this.player;
    const end = Number.isFinite(video.duration) ? video.duration : 0;
    this.#seek.max = String(end);
    this.#seek.value = String(video.currentTime);
    this.#showPosition(video.currentTime);
  }

  /** @param {number} seconds */
  #showPosition(seconds) {
    const { duration } = this.player.video;
    this.#write(this.#position, `${positionText(seconds)} / ${positionText(duration)}`);
    this.#seek.setAttribute('aria-valuetext', `${positionText(seconds)} of ${positionText(duration)}`);
    const share = duration > 0 ? (seconds / duration) * 100 : 0;
    this.#seek.style.setProperty('--share', `${share.toFixed(2)}%`);
  }

  /** @param {Element|null} node @param {string} text */
  #write(node, text) {
    if (node && node.textContent !== text) node.textContent = text;
  }
}
