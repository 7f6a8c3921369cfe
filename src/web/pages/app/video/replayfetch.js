// One page of a recording's chat, as lines.
import { request } from '../rest.js';
import { parseDate } from '../time.js';

/** @typedef {import('../types.js').Line} Line */

const kAnswers = 20;  // of the server, for one page of half a minute
/** @type {Record<string, Line['kind']>} */
const kinds = { message: 'message', broadcast: 'broadcast' };

/**
 * @param {string} id of the recording
 * @param {number} from ms
 * @param {number} to ms
 * @returns {Promise<Line[]>}
 */
export async function fetchPage(id, from, to) {
  /** @type {Line[]} */
  const lines = [];
  let cursor = '';
  for (let i = 0; i < kAnswers; i += 1) {
    const more = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const path = `/vods/${encodeURIComponent(id)}/chat?from=${from}&to=${to}${more}`;
    const answer = await request('GET', path, undefined, 'default');
    lines.push(...(answer?.messages ?? []).map(lineOf).filter((/** @type {Line|null} */ line) => line !== null));
    if (answer?.next === null || answer?.next === undefined) break;
    cursor = String(answer.next);
  }
  return lines;
}

/** @param {any} message @returns {Line|null} null: nothing that is shown here */
function lineOf(message) {
  const kind = kinds[message?.kind ?? 'message'];
  const at = parseDate(message?.at);
  if (!kind || !Number.isFinite(at) || !message.text) return null;
  return {
    kind, key: `r${message.seq}`, seq: Number(message.seq) || 0, id: String(message.id ?? ''), at,
    text: String(message.text),
    user: message.nick && message.nick !== 'System'
      ? { id: Number(message.user_id) || 0, nick: String(message.nick), features: message.features ?? [] } : null,
  };
}
