// Compressed feeds: two other makes of inflaters read the same feed beside each other, Chromium's and that of Node's
// `ws`, and neither misses a number.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { launch } from './lib/page.mjs';
import { kPassword, Server } from './lib/server.mjs';

process.env.STRIMS_CHAT__THROTTLE_BASE_MS = '0';
process.env.STRIMS_WS__DEFLATE_EPOCH_MESSAGES = '5';
const kLines = 300;

let server;
let browser;
before(async () => {
  server = await Server.start();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function accessToken(name) {
  const answer = await fetch(`${server.url}auth/login`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: name, password: kPassword }),
  });
  return (await answer.json()).access_token;
}

/** Runs in the page: collects the numbers of all chat lines. @param {number} wanted */
function readInPage(wanted) {
  const socket = new WebSocket(`ws://${location.host}/ws`);
  const numbers = [];
  window.reading = new Promise((resolve) => {
    socket.onclose = () => resolve(numbers);
    socket.onmessage = ({ data }) => {
      if (!data.startsWith('MSG ')) return;
      numbers.push(JSON.parse(data.slice(4)).seq);
      if (numbers.length === wanted) resolve(numbers);
    };
  });
  return new Promise((resolve) => { socket.onopen = () => resolve(socket.extensions); });
}

function readWithNode(wanted) {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}ws`);
  const numbers = [];
  const reading = new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => resolve(numbers));
    socket.on('message', (data) => {
      const text = data.toString();
      if (!text.startsWith('MSG ')) return;
      numbers.push(JSON.parse(text.slice(4)).seq);
      if (numbers.length === wanted) resolve(numbers);
    });
  });
  return { socket, reading };
}

test('Chromium and Node ws read a compressed feed without a gap', async () => {
  await server.createUser('Ada', 'admin');
  const token = await accessToken('Ada');
  const page = await browser.newPage();
  await page.goto(server.url);
  const extensions = await page.evaluate(readInPage, kLines);
  assert.match(extensions, /^permessage-deflate; client_no_context_takeover$/);
  const node = readWithNode(kLines);
  await once(node.socket, 'open');
  assert.match(node.socket.extensions, /permessage-deflate/);

  for (let n = 0; n < kLines; n++) {
    const answer = await fetch(`${server.url}chat/message`, {
      method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ room: 'main', text: `line ${n} of a long conversation ${'ha'.repeat(n % 50)} \u{1f600}` }),
    });
    assert.equal(answer.status, 201);
  }
  const inPage = await page.evaluate(() => window.reading);
  const inNode = await node.reading;
  node.socket.close();
  assert.equal(inPage.length, kLines);
  assert.deepEqual(inPage, inNode);
  assert.deepEqual(inPage, inPage.map((_, index) => inPage[0] + index));
  const metrics = await (await fetch(`${server.url}metrics`)).text();
  assert.ok(Number(/^strims_deflate_saved_bytes_total (\S+)$/m.exec(metrics)[1]) > kLines * 50);
});
