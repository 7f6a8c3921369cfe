// The dialog for logging in and registering, and the buttons that lead to it.
import { byId } from './dom.js';
import { Refusal } from './rest.js';

const kNick = /^[A-Za-z0-9_]{3,20}$/;

export class AccountDialog {
  /** @type {HTMLDialogElement} */ #dialog = byId('account');
  /** @type {HTMLFormElement} */ #form = byId('account-form');
  /** @type {HTMLInputElement} */ #name = byId('account-name');
  /** @type {HTMLInputElement} */ #password = byId('account-password');
  #error = byId('account-error');
  #submit = byId('account-submit');
  #registering = false;

  /** @param {import('./session.js').Session} session @param {() => void} done called after a success */
  constructor(session, done) {
    this.session = session;
    this.done = done;
    byId('account-switch').addEventListener('click', () => this.#mode(!this.#registering));
    byId('account-close').addEventListener('click', () => this.#dialog.close());
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#send();
    });
    this.#dialog.addEventListener('close', () => {
      this.#password.value = '';
      this.#say('');
    });
    // A click beside the dialog closes it, as people expect.
    this.#dialog.addEventListener('mousedown', (event) => {
      if (event.target === this.#dialog) this.#dialog.close();
    });
  }

  /** @param {boolean} registering */
  open(registering) {
    this.#mode(registering);
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#name.focus();
  }

  /** @param {boolean} registering */
  #mode(registering) {
    this.#registering = registering;
    byId('account-title').textContent = registering ? 'Create your account' : 'Welcome back';
    this.#submit.textContent = registering ? 'Create account' : 'Log in';
    byId('account-switch-text').textContent = registering ? 'Already have an account?' : 'New here?';
    byId('account-switch').textContent = registering ? 'Log in' : 'Create an account';
    byId('account-name-hint').hidden = !registering;
    this.#password.autocomplete = registering ? 'new-password' : 'current-password';
    this.#say('');
  }

  async #send() {
    const name = this.#name.value.trim();
    const password = this.#password.value;
    if (!kNick.test(name)) {
      this.#say('A name has 3 to 20 letters, digits or underscores.', this.#name);
      return;
    }
    if (!password) {
      this.#say('Please give your password.', this.#password);
      return;
    }
    this.#submit.disabled = true;
    try {
      if (this.#registering) await this.session.register(name, password);
      else await this.session.login(name, password);
      this.#dialog.close();
      this.done();
    } catch (error) {
      this.#say(this.#explain(error), this.#password);
    } finally {
      this.#submit.disabled = false;
    }
  }

  /** @param {unknown} error */
  #explain(error) {
    if (!(error instanceof Refusal)) return 'Something went wrong on this page.';
    if (error.status === 401) return 'The name or the password is wrong.';
    if (error.status === 409) return 'That name is taken, or looks too much like one that is.';
    if (error.status === 429) return `Too many attempts. Try again in ${error.retryAfter || 60} seconds.`;
    return error.message;
  }

  /** @param {string} text @param {HTMLInputElement} [field] */
  #say(text, field) {
    this.#error.textContent = text;
    this.#error.hidden = !text;
    for (const input of [this.#name, this.#password]) {
      input.setAttribute('aria-invalid', String(text !== '' && input === field));
    }
    field?.focus();
  }
}
