// The chat of a recording beside it: the lines come when they came, and move with every jump of the film.
import { byId, h } from '../dom.js';
import { lineNode } from '../linenode.js';
import { parseDate } from '../time.js';
import { shiftText } from './format.js';
import { fetchPage } from './replayfetch.js';
import { chatMoment, ReplayPages } from './replaypages.js';

/** @typedef {import('../types.js').Line} Line */

const kNearEnd = 48;
const kReach = 10000;  // ms that the slider moves either way

export class ReplayView {
  #box = byId('replay');
  #log = byId('replay-log');
  #list = byId('replay-lines');
  #note = byId('replay-note');
  /** @type {HTMLInputElement} */ #slider = byId('replay-offset');
  #shift = byId('replay-shift');
  /** @type {ReplayPages<Line>|null} */ #pages = null;
  /** @type {Line[]} */ #shown = [];
  /** @type {Map<string, import('../types.js').User>} */ #speakers = new Map();
  #id = '';
  #startOffset = 0;
  #following = true;

  /** @param {HTMLElement} chat @param {import('../text.js').TextContext} context */
  constructor(chat, context) {
    this.chat = chat;
    this.context = {
      ...context, findUser: (/** @type {string} */ nick) => this.#speakers.get(nick.toLowerCase()),
    };
    this.#slider.addEventListener('input', () => this.#showShift());
    byId('replay-reset').addEventListener('click', () => {
      this.#slider.value = String(this.#startOffset);
      this.#showShift();
    });
    this.#log.addEventListener('scroll', () => {
      this.#following = this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < kNearEnd;
    }, { passive: true });
  }

  /** @param {import('./types.js').Vod} vod */
  open(vod) {
    this.#id = vod.id;
    const end = vod.state === 'recording' || !vod.ended_at ? Infinity : parseDate(vod.ended_at) + kReach;
    this.#pages = new ReplayPages(parseDate(vod.started_at) - kReach, end);
    this.#startOffset = Number(vod.chat_offset_ms) || 0;
    this.#slider.min = String(-kReach);
    this.#slider.max = String(kReach);
    this.#slider.step = '100';
    this.#slider.value = String(this.#startOffset);
    this.#showShift();
    this.#clear();
    this.chat.classList.add('replaying');
    this.#box.hidden = false;
  }

  close() {
    this.#pages = null;
    this.#clear();
    this.chat.classList.remove('replaying');
    this.#box.hidden = true;
  }

  /** The picture shows this moment. @param {number} pictureMs */
  at(pictureMs) {
    const pages = this.#pages;
    if (!pages || !Number.isFinite(pictureMs)) return;
    const moment = chatMoment(pictureMs, Number(this.#slider.value));
    for (const { page, from, to } of pages.wanted(moment, Date.now())) void this.#fetch(pages, page, from, to);
    this.#show(pages.at(moment));
    const note = !pages.covers(moment) ? 'Loading the chat…'
      : this.#shown.length === 0 ? 'Nothing had been said here yet.' : '';
    if (this.#note.textContent !== note) this.#note.textContent = note;
  }

  /** @param {ReplayPages<Line>} pages @param {number} page @param {number} from @param {number} to */
  async #fetch(pages, page, from, to) {
    try {
      const lines = await fetchPage(this.#id, from, to);
      for (const { user } of lines) if (user) this.#speakers.set(user.nick.toLowerCase(), user);
      pages.put(page, lines, Date.now());
    } catch {
      pages.fail(page, Date.now());
    }
  }

  /** Lines that came go to the end; any other change draws all of them anew. @param {Line[]} lines */
  #show(lines) {
    const before = this.#shown;
    if (before.length === lines.length && before[0] === lines[0] && before.at(-1) === lines.at(-1)) return;
    const last = before.at(-1);
    const at = last ? lines.lastIndexOf(last) : -1;
    this.#shown = lines;
    if (at >= 0) {
      const first = lines[0];
      while (this.#list.firstElementChild && this.#list.firstElementChild.dataset.key !== first.key) {
        this.#list.firstElementChild.remove();
      }
      this.#list.append(...lines.slice(at + 1).map((line) => lineNode(line, this.context)));
      // Pages from before may have come late; then the two do not fit each other.
      if (this.#list.childElementCount === lines.length) {
        this.#keepUp();
        return;
      }
    }
    this.#list.replaceChildren(...lines.map((line) => lineNode(line, this.context)));
    this.#following = true;
    this.#keepUp();
  }

  #keepUp() {
    if (this.#following) this.#log.scrollTop = this.#log.scrollHeight;
  }

  #clear() {
    this.#shown = [];
    this.#speakers.clear();
    this.#list.replaceChildren();
    this.#note.textContent = '';
    this.#following = true;
  }

  #showShift() {
    const ms = Number(this.#slider.value);
    this.#shift.textContent = shiftText(ms);
    this.#slider.setAttribute('aria-valuetext',
      ms === 0 ? 'no shift' : `${shiftText(ms)}, ${ms < 0 ? 'earlier' : 'later'} than it was written`);
  }
}
