// What was said while we were away and is too old for the history of the connection, fetched page by page.
import { request } from './rest.js';
import { parseDate } from './time.js';

const kPage = 200;
const kPages = 3;  // more would not fit on the page anyway

/**
 * @param {import('./room.js').Room} room
 * @param {number} after  last number that was on screen
 * @param {number} before first number that came with the connection
 */
export async function fillGap(room, after, before) {
  let from = after;
  try {
    for (let page = 0; page < kPages && from < before - 1; page += 1) {
      const answer = await request('GET', `/chat/history?after=${from}&limit=${kPage}`);
      const messages = (answer?.messages ?? []).filter((/** @type {any} */ each) => Number(each.seq) < before);
      for (const message of messages) show(room, message);
      if (messages.length < kPage) return;
      from = Number(messages[messages.length - 1].seq);
    }
  } catch { /* The line below tells that something is missing. */ }
  if (from < before - 1) {
    const text = 'You were away for long: not everything that was said meanwhile is shown here.';
    room.log.addLocal({ kind: 'gap', text });
  }
}

/** @param {import('./room.js').Room} room @param {any} message */
function show(room, message) {
  const known = room.people.find(String(message.nick));
  room.addLine(
    { seq: Number(message.seq), timestamp: parseDate(message.at), nick: message.nick,
      id: Number(message.user_id), features: known?.features ?? [] },
    { kind: 'message', text: String(message.text ?? ''), id: String(message.id ?? '') });
}
