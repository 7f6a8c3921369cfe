// A stage with streams: channels, and programs that publish to them.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from './machine.mjs';
import { kPassword, Server } from './server.mjs';
import { stage } from './stage.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const kClip = path.join(process.env.STRIMS_TEST_CLIPS ?? path.join(root, 'build/test-clips'), 'browser-1.flv');

/** Encoded once, and sent as it is ever after. */
async function clip() {
  if (existsSync(kClip)) return kClip;
  await mkdir(path.dirname(kClip), { recursive: true });
  const part = `${kClip}.${process.pid}.flv`;
  await promisify(execFile)('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=30',
    '-f', 'lavfi', '-i', 'sine=frequency=330:sample_rate=48000', '-t', '60', '-c:v', 'libx264', '-preset', 'veryfast',
    '-tune', 'zerolatency', '-pix_fmt', 'yuv420p', '-g', '60', '-keyint_min', '60', '-sc_threshold', '0',
    '-b:v', '500k', '-c:a', 'aac', '-b:a', '64k', '-f', 'flv', part]);
  await rename(part, kClip);
  return kClip;
}

/** @param {Record<string, string>} [settings] environment of the server */
export function streamStage(settings = {}) {
  const publishers = [];
  const scene = stage(async () => {
    await clip();
    return Server.start({
      STRIMS_STREAM__RTMP_LISTEN: `127.0.0.1:${await freePort()}`, STRIMS_STREAM__DISK_FLOOR_BYTES: '0',
      STRIMS_STREAM__THUMBNAILS: 'false', STRIMS_STREAM__RECORD_MIN_SECONDS: '0', ...settings,
    });
  });
  after(async () => { for (const publisher of publishers) await publisher.vanish(); });

  /** Asks the server as this person. */
  scene.ask = async (name, method, target, body) => {
    const headers = { 'Content-Type': 'application/json' };
    const login = await fetch(new URL('auth/login', scene.server.url), {
      method: 'POST', headers, body: JSON.stringify({ username: name, password: kPassword }) });
    headers.Authorization = `Bearer ${(await login.json()).access_token}`;
    const answer = await fetch(new URL(target, scene.server.url), {
      method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${target}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? null : answer.json();
  };

  /** A channel of somebody new, with a publisher for it. @param {string} name @param {object} [details] */
  scene.channel = async (name, details = {}) => {
    const owner = `${name[0].toUpperCase()}${name.slice(1)}`;
    await scene.server.createUser(owner, 'streamer');
    const { key, ingest } = await scene.ask(owner, 'POST', '/channels', { name });
    await scene.ask(owner, 'PUT', '/stream/metadata', { channel: name, ...details });
    const publisher = new Publisher(scene, owner, name, `${ingest.rtmp}/${key}`);
    publishers.push(publisher);
    return publisher;
  };
  return scene;
}

/** The owner's program. */
export class Publisher {
  #program = null;

  constructor(scene, owner, name, target) {
    Object.assign(this, { scene, owner, name, target });
  }

  /** Streams from now on; again after an interruption. */
  async start() {
    this.#program = spawn('ffmpeg', ['-v', 'error', '-nostdin', '-re', '-stream_loop', '-1', '-i', await clip(),
      '-c', 'copy', '-f', 'flv', this.target], { stdio: 'ignore' });
  }

  /** It dies without a word. */
  async vanish() {
    const program = this.#program;
    this.#program = null;
    if (!program || program.exitCode !== null || program.signalCode !== null) return;
    program.kill('SIGKILL');
    await once(program, 'exit');
  }

  /** The owner ends the broadcast, and his program with it. */
  async end() {
    await this.scene.ask(this.owner, 'POST', '/stream/stop', { channel: this.name });
    await this.vanish();
  }
}
