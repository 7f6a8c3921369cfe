// Private messages: who wrote, and the conversation in front.
import { byId, h } from './dom.js';
import { Refusal, request } from './rest.js';
import { renderText } from './text.js';
import { clock, fullTime, parseDate } from './time.js';
import { explain } from './words.js';

/** @typedef {{nick: string, unread: number}} Conversation */

/** Fires `unread` (detail: how many in all), `send` (detail {nick, text, nonce}) and `open`. */
export class Whispers extends EventTarget {
  #list = byId('whisper-list');
  #thread = byId('whisper-thread');
  #lines = byId('whisper-lines');
  /** @type {HTMLInputElement} */ #field = byId('whisper-text');
  #status = byId('whisper-status');
  /** @type {Map<string, Conversation>} */ #conversations = new Map();
  /** @type {{nick: string, text: string, nonce: string}|null} */ #underWay = null;
  #front = '';
  #count = 0;

  /** @param {import('./text.js').TextContext} context @param {() => boolean} isVisible */
  constructor(context, isVisible) {
    super();
    this.context = context;
    this.isVisible = isVisible;
    byId('whisper-form').addEventListener('submit', (/** @type {Event} */ event) => {
      event.preventDefault();
      if (this.send(this.#front, this.#field.value.trim())) this.#field.value = '';
    });
    byId('whisper-back').addEventListener('click', () => this.#show(''));
    this.#list.addEventListener('click', (/** @type {MouseEvent} */ event) => {
      const nick = /** @type {HTMLElement} */ (event.target).closest('button')?.dataset.nick;
      if (nick) void this.open(nick);
    });
  }

  /** What came while we were away. */
  async load() {
    try {
      const rows = await request('GET', '/api/messages/unread');
      for (const row of Array.isArray(rows) ? rows : []) {
        this.#conversation(String(row.username)).unread = Number(row.unread) || 0;
      }
    } catch { /* No count then: the messages themselves are safe. */ }
    this.#changed();
  }

  clear() {
    this.#conversations.clear();
    this.#underWay = null;
    this.#show('');
    this.#changed();
  }

  /** Brings a conversation to the front. @param {string} nick */
  async open(nick) {
    this.dispatchEvent(new Event('open'));
    const conversation = this.#conversation(nick);
    this.#show(conversation.nick);
    this.#field.focus();
    this.#status.textContent = 'Loading…';
    try {
      const inbox = await request('GET', `/api/messages/usr/${encodeURIComponent(nick)}/inbox`);
      if (this.#front !== conversation.nick) return;
      if (!Array.isArray(inbox)) throw new Error(String(inbox?.error ?? ''));
      this.#lines.replaceChildren();
      for (const row of inbox.reverse()) this.#add(row.from, row.message, parseDate(row.timestamp));
      this.#status.textContent = inbox.length === 0 ? 'Nothing here yet. Say hello!' : '';
      conversation.unread = 0;
    } catch (error) {
      const known = error instanceof Refusal && error.status !== 404;
      this.#status.textContent = known ? 'The messages cannot be loaded right now.' : 'Nothing here yet. Say hello!';
    }
    this.#changed();
  }

  /** @param {{messageid: number, nick: string, data: string, timestamp: number}} message */
  received(message) {
    const conversation = this.#conversation(message.nick);
    if (this.isVisible() && this.#front === conversation.nick) {
      this.#add(message.nick, message.data, message.timestamp);
      this.#status.textContent = '';
      request('POST', `/api/messages/msg/${encodeURIComponent(message.messageid)}/open`, {}).catch(() => {});
    } else {
      conversation.unread += 1;
    }
    this.#changed();
  }

  /** @param {string} nick @param {string} text @returns {boolean} false: another one is still under way */
  send(nick, text) {
    if (!nick || !text) return false;
    if (this.#underWay) {
      this.#status.textContent = 'One moment: the last whisper is still under way.';
      return false;
    }
    this.#count += 1;
    this.#underWay = { nick, text, nonce: `w${Date.now().toString(36)}${this.#count}` };
    this.#status.textContent = '';
    this.dispatchEvent(new CustomEvent('send', { detail: this.#underWay }));
    return true;
  }

  delivered() {
    const sent = this.#underWay;
    this.#underWay = null;
    if (!sent) return;
    this.#conversation(sent.nick);
    if (sent.nick.toLowerCase() === this.#front.toLowerCase()) this.#add(this.context.ownNick(), sent.text, Date.now());
    this.#changed();
  }

  /** @param {any} refusal @returns {boolean} true: it was about a whisper and is told here */
  refused(refusal) {
    const sent = this.#underWay;
    if (!sent || (refusal?.nonce !== undefined && refusal.nonce !== sent.nonce)) return false;
    this.#underWay = null;
    if (!this.isVisible() || !this.#front) return false;
    this.#status.textContent = explain(refusal);
    if (!this.#field.value) this.#field.value = sent.text;
    return true;
  }

  connectionLost() {
    if (!this.#underWay) return;
    this.#status.textContent = 'The connection was lost. Look whether your whisper arrived before you send it again.';
    this.#underWay = null;
  }

  /** @param {string} nick */
  #conversation(nick) {
    const key = nick.toLowerCase();
    const known = this.#conversations.get(key);
    if (known) return known;
    const fresh = { nick: this.context.findUser(nick)?.nick ?? nick, unread: 0 };
    this.#conversations.set(key, fresh);
    return fresh;
  }

  /** @param {string} nick */
  #show(nick) {
    this.#front = nick;
    this.#lines.replaceChildren();
    this.#status.textContent = '';
    this.#thread.hidden = !nick;
    this.#list.hidden = Boolean(nick);
    byId('whisper-title').textContent = nick || 'Whispers';
    byId('whisper-back').hidden = !nick;
  }

  /** @param {string} from @param {string} text @param {number} at */
  #add(from, text, at) {
    const own = from.toLowerCase() === this.context.ownNick().toLowerCase();
    const time = Number.isFinite(at) ? h('time', { title: fullTime(at) }, clock(at)) : null;
    this.#lines.append(h('li', { class: own ? 'bubble own' : 'bubble' }, renderText(text, null, this.context), time));
    this.#lines.scrollTop = this.#lines.scrollHeight;
  }

  #changed() {
    const all = [...this.#conversations.values()].sort((a, b) => b.unread - a.unread);
    const rows = all.map((each) => h('button', { type: 'button', class: 'person', data: { nick: each.nick } },
      h('span', {}, each.nick), each.unread > 0 ? h('span', { class: 'badge' }, String(each.unread)) : null));
    const nothing = h('p', { class: 'note' }, 'No whispers yet. Choose a name in the chat to write to somebody alone.');
    this.#list.replaceChildren(...(rows.length > 0 ? rows : [nothing]));
    this.dispatchEvent(new CustomEvent('unread', { detail: all.reduce((sum, each) => sum + each.unread, 0) }));
  }
}
