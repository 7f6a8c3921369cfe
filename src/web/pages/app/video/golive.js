// The page for those who stream: a channel of one's own, how to stream to it, and how that is going.
import { isAdmin } from '../catalog.js';
import { h } from '../dom.js';
import { ask } from '../prompt.js';
import { Refusal, request } from '../rest.js';
import { detailsForm } from './detailsform.js';
import { HealthBox } from './healthbox.js';
import { keyBox, rememberKey } from './keybox.js';
import { link, streamFacts } from './parts.js';

/** @typedef {import('./types.js').Stream} Stream */

/** @param {string} text @param {string} kind @param {() => unknown} click */
const button = (text, kind, click) =>
  h('button', { type: 'button', class: kind, on: { click: () => void click() } }, text);

export class GoLiveView {
  /** @type {HealthBox|null} */ #health = null;
  /** @type {Stream|null} */ #stream = null;
  #facts = h('div', {});
  #actions = h('div', { class: 'row' });
  #open = true;

  /** @param {import('./stage.js').Scene} scene @param {string} channel "" for the first of the caller's own */
  constructor(scene, channel) {
    this.scene = scene;
    this.channel = channel;
    this.onChange = (/** @type {Event} */ event) => {
      const { channel: which, after } = /** @type {CustomEvent} */ (event).detail;
      if (this.#stream && which === this.#stream.channel && after) this.#drawHead({ ...this.#stream, ...after });
    };
  }

  get title() { return 'Go live'; }

  async open() {
    const { scene } = this;
    scene.streams.addEventListener('change', this.onChange);
    if (!scene.session.nick) {
      this.#sheet(this.#guest());
      return;
    }
    try {
      const own = await scene.own.list();
      const chosen = own.find((stream) => !this.channel || stream.channel === this.channel) ?? await this.#ofOthers();
      if (!this.#open) return;
      if (chosen) this.#show(chosen, own);
      else this.#sheet(this.#create());
    } catch (error) {
      if (this.#open) this.#sheet(h('p', { class: 'note' }, /** @type {Error} */ (error).message));
    }
  }

  close() {
    this.#open = false;
    this.#health?.close();
    this.scene.streams.removeEventListener('change', this.onChange);
  }

  /** Admins may look after any channel. @returns {Promise<Stream|null>} */
  async #ofOthers() {
    if (!this.channel || !isAdmin(this.scene.room.me)) return null;
    return this.scene.streams.refresh(this.channel);
  }

  /** @param {...(Node|null)} parts */
  #sheet(...parts) {
    this.scene.place.replaceChildren(h('div', { class: 'sheet narrow' }, h('h2', {}, 'Go live'), ...parts));
  }

  #guest() {
    return h('div', { class: 'box stack' },
      h('p', {}, 'Log in first: a stream belongs to somebody.'),
      h('div', { class: 'row' },
        button('Log in', 'primary', () => this.scene.logIn(false)),
        button('Create an account', 'quiet', () => this.scene.logIn(true))));
  }

  #create() {
    const said = h('p', { class: 'form-error', role: 'alert', hidden: true });
    const name = /** @type {HTMLInputElement} */ (h('input', {
      name: 'name', required: true, maxlength: '32', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false',
      value: this.scene.session.nick.toLowerCase(), 'aria-describedby': 'channel-hint',
    }));
    const hint = h('p', { id: 'channel-hint', class: 'note' });
    const tellAddress = () => { hint.textContent = `Its address: ${location.host}/?channel=${name.value.trim()}`; };
    name.addEventListener('input', tellAddress);
    tellAddress();
    const form = h('form', { class: 'box stack', on: { submit: (/** @type {Event} */ event) => {
      event.preventDefault();
      void this.#make(name.value.trim(), said);
    } } },
    h('p', {}, 'You need a channel: the place where people find your streams and recordings.'),
    h('label', { class: 'field' }, h('span', {}, 'Name of the channel'), name),
    hint,
    said,
    h('div', { class: 'row' }, h('button', { type: 'submit', class: 'primary' }, 'Make the channel')));
    return form;
  }

  /** @param {string} name @param {HTMLElement} said */
  async #make(name, said) {
    try {
      const stream = /** @type {Stream} */ (await request('POST', '/channels', { name }));
      if (stream.key) rememberKey(stream.channel, stream.key);
      this.scene.own.forget();
      this.scene.streams.learn(stream);
      this.scene.go({ name: 'golive', channel: stream.channel });
    } catch (error) {
      said.hidden = false;
      said.textContent = !(error instanceof Refusal) ? 'Something went wrong on this page.'
        : error.status === 403 ? 'Your account may not have a channel yet. Ask an administrator to make you a streamer.'
          : error.status === 409 ? 'That name is taken.' : error.message;
    }
  }

  /** @param {Stream} stream @param {Stream[]} own */
  #show(stream, own) {
    this.#stream = stream;
    this.#health = new HealthBox(stream.channel);
    const choice = own.length < 2 ? null : h('label', { class: 'field' }, h('span', {}, 'Channel'),
      h('select', { on: { change: (/** @type {Event} */ event) => {
        const channel = /** @type {HTMLSelectElement} */ (event.target).value;
        this.scene.go({ name: 'golive', channel });
      } } }, ...own.map((each) =>
        h('option', { value: each.channel, selected: each.channel === stream.channel }, each.channel))));
    this.#sheet(choice,
      h('div', { class: 'box' }, this.#facts, this.#actions),
      this.#health.element,
      keyBox(this.scene, stream),
      detailsForm(stream, (changed) => this.scene.streams.learn(changed)));
    this.#drawHead({ ...stream, ...(this.scene.streams.get(stream.channel) ?? {}) });
  }

  /** @param {Stream} stream */
  #drawHead(stream) {
    const before = this.#stream?.state;
    this.#stream = stream;
    this.#facts.replaceChildren(streamFacts(stream));
    if (this.#actions.childElementCount > 0 && before === stream.state) return;
    this.#actions.replaceChildren(
      link({ name: 'watch', channel: stream.channel }, { class: 'quiet button' }, 'Watch it'),
      stream.state === 'offline'
        ? button('Announce it', 'quiet', () => this.#change('/stream/start', 'People now see that you begin soon.'))
        : button(stream.state === 'armed' ? 'Take back the announcement' : 'End the broadcast…', 'quiet danger',
          () => this.#end(stream)));
  }

  /** @param {Stream} stream */
  async #end(stream) {
    if (stream.state !== 'armed') {
      const sure = await ask('End the broadcast?',
        'Viewers see that it is over, and the recording is closed. Stop your streaming program as well.', [],
        'End the broadcast');
      if (!sure) return;
    }
    await this.#change('/stream/stop', stream.state === 'armed' ? 'Taken back.' : 'The broadcast is over.');
  }

  /** @param {string} path @param {string} done */
  async #change(path, done) {
    const { channel } = /** @type {Stream} */ (this.#stream);
    try {
      await request('POST', path, { channel });
      this.scene.tell(done, 'good');
      await this.scene.streams.refresh(channel);
    } catch (error) {
      this.scene.tell(/** @type {Error} */ (error).message);
    }
  }
}
