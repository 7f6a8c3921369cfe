// People in front of the page: a browser window each, and what they do with it.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { patience } from './machine.mjs';
import { kPassword } from './server.mjs';

const kArguments = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const kPatience = patience(15000);
const screenshots = process.env.STRIMS_SCREENSHOTS;

export function launch() {
  return chromium.launch({ executablePath: process.env.STRIMS_CHROMIUM ?? '/usr/bin/chromium', args: kArguments });
}

export class Person {
  /** What the page complained about; a test that ends well leaves it empty. */
  troubles = [];
  /** What it asked for and has no answer to, yet. @type {Set<import('playwright-core').Request>} */
  #asked = new Set();

  /**
   * @param {import('playwright-core').Browser} browser
   * @param {string} url
   * @param {import('playwright-core').BrowserContextOptions & {path?: string}} [options]
   */
  static async arrive(browser, url, { path: address = '', ...options } = {}) {
    const person = new Person();
    const context = await browser.newContext({ viewport: { width: 1000, height: 700 }, ...options });
    context.setDefaultTimeout(kPatience);
    person.page = await context.newPage();
    person.page.on('pageerror', (error) => person.troubles.push(error.stack ?? error.message));
    person.page.on('console', (message) => {
      // A refused script or style shows here; failed requests are what some tests are about.
      const text = message.text();
      if (message.type() === 'error' && /Content.Security.Policy/i.test(text)) person.troubles.push(text);
    });
    person.page.on('request', (request) => person.#asked.add(request));
    for (const end of /** @type {const} */ (['requestfinished', 'requestfailed'])) {
      person.page.on(end, (request) => person.#asked.delete(request));
    }
    await person.page.goto(new URL(address, url).href);
    await person.live();
    return person;
  }

  async live() {
    try {
      await this.page.waitForSelector('#status.live');
    } catch (error) {
      const status = await this.page.getAttribute('#status', 'class').catch(() => 'no page');
      const open = [...this.#asked].map((request) => request.url());
      error.message += `\nIt is "${status}", waits for [${open}] and complains of [${this.troubles}].`;
      throw error;
    }
  }

  /** @param {string} name */
  async register(name) { await this.#account('#register', name); }

  /** @param {string} name */
  async logIn(name) { await this.#account('#login', name); }

  async #account(button, name) {
    await this.page.click(button);
    await this.page.fill('#account-name', name);
    await this.page.fill('#account-password', kPassword);
    await this.page.click('#account-submit');
    await this.page.waitForSelector('#me-button:not([hidden])');
    // Beside a recording it is there, but not shown.
    await this.page.waitForSelector('#composer:not([hidden])', { state: 'attached' });
    await this.live();
  }

  async logOut() {
    await this.page.click('#me-button');
    await this.page.getByRole('menuitem', { name: 'Log out' }).click();
    await this.page.waitForSelector('#guest:not([hidden])', { state: 'attached' });
    await this.live();
  }

  /** Types a line and sends it. @param {string} text */
  async say(text) {
    await this.page.fill('#message', text);
    await this.page.press('#message', 'Enter');
  }

  /** Says it and waits until the server has stored it. @param {string} text */
  async tell(text) {
    await this.say(text);
    await this.sees(text);
  }

  /** Waits for a confirmed message with this text. @param {string} text */
  async sees(text) {
    await this.page.waitForFunction((wanted) => [...document.querySelectorAll('#lines .message .text')]
      .some((node) => node.textContent === wanted), text);
  }

  /** The texts of the messages on screen, in order. @returns {Promise<string[]>} */
  messages() {
    return this.page.$$eval('#lines .message .text', (nodes) => nodes.map((node) => node.textContent));
  }

  /** @param {string} selector @param {string} text */
  async finds(selector, text) {
    await this.page.locator(selector, { hasText: text }).first().waitFor();
  }

  /** Only when somebody wants to look: STRIMS_SCREENSHOTS names the folder. @param {string} name */
  async picture(name) {
    if (!screenshots) return;
    await mkdir(screenshots, { recursive: true });
    await this.page.screenshot({ path: path.join(screenshots, `${name}.png`) });
  }

  async leave() { await this.page.context().close(); }
}
