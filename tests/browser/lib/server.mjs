// The real program on a free port, with a data folder of its own that goes away with it.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort, patience } from './machine.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const binary = process.env.STRIMS_BIN ?? path.join(root, 'build/release/strims');
const kReadyWithin = patience(15000);
// New accounts may not whisper for a week; the ones here live for seconds. Nobody streams where no test does.
const kSettings = { STRIMS_CHAT__WHISPER_MIN_ACCOUNT_AGE_SECONDS: '0', STRIMS_STREAM__RTMP_LISTEN: '' };

export class Server {
  #child = null;
  #port = 0;
  /** The last of what it wrote. */
  log = '';

  /** @param {Record<string, string>} [settings] environment */
  static async start(settings = {}) {
    if (!existsSync(binary)) throw new Error(`There is no ${binary}: build it, or set STRIMS_BIN`);
    const server = new Server();
    server.settings = settings;
    server.data = await mkdtemp(path.join(tmpdir(), 'strims-browser-'));
    await server.run();
    return server;
  }

  get url() { return `http://127.0.0.1:${this.#port}/`; }

  /** Starts the program; the second time on the port it had before. */
  async run() {
    this.#port ||= await freePort();
    const child = spawn(binary, ['serve', '--listen', `127.0.0.1:${this.#port}`, '--data', this.data], {
      cwd: this.data, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...kSettings, ...this.settings },
    });
    this.#child = child;
    let errors = '';
    child.stderr.on('data', (bytes) => { errors = this.log = (errors + bytes).slice(-4000); });
    const ready = new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not ready in time:\n${errors}`)), kReadyWithin);
      createInterface({ input: child.stdout }).on('line', (line) => {
        const match = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(line);
        if (!match) return;
        clearTimeout(timer);
        resolve(Number(match[1]));
      });
      child.once('exit', (code) => {
        clearTimeout(timer);
        reject(new Error(`ended with ${code}:\n${errors}`));
      });
    });
    this.#port = await ready;
  }

  /** No goodbye, no flush: what a power cut does to a process. */
  async kill() {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** @param {string} name @param {string} role */
  async createUser(name, role = 'user') {
    await this.cli('user', 'create', '--name', name, '--password', kPassword, '--role', role);
  }

  /** The operator's command. @param {...string} words */
  async cli(...words) {
    await promisify(execFile)(binary, [...words, '--data', this.data], { cwd: this.data });
  }

  async stop() {
    await this.kill();
    await rm(this.data, { recursive: true, force: true });
  }
}

export const kPassword = 'correct horse battery';
