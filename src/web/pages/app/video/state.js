// What a stream's state means for the player and for the reader. Pure: states in, decisions out.
import { parseDate } from '../time.js';

/** @typedef {import('./types.js').Stream} Stream */
/** @typedef {import('./types.js').Cover} Cover */

const kStates = new Set(['offline', 'armed', 'starting', 'live', 'interrupted']);

/**
 * A stream of which only an event has told so far.
 * @param {string} channel
 * @returns {Stream}
 */
export function unknownStream(channel) {
  return {
    channel, title: '', category: '', tags: [], language: '', mature: false, visibility: 'public', state: 'offline',
    broadcast_id: null, started_at: null, viewers: 0, thumbnail: null, playback: null, owner: '',
  };
}

/**
 * The stream after a STREAM event, which carries less than the stream does.
 * @param {Stream} stream
 * @param {any} data payload of the event
 * @returns {Stream}
 */
export function applyEvent(stream, data) {
  const state = kStates.has(data.state) ? data.state : stream.state;
  const next = {
    ...stream, state,
    title: typeof data.title === 'string' ? data.title : stream.title,
    started_at: data.started_at ?? null,
    viewers: Number(data.viewers) || 0,
    thumbnail: data.thumbnail ?? stream.thumbnail,
  };
  if (!hasPicture(next) || isOtherBroadcast(stream, next)) {
    // What belonged to the broadcast before; the next answer of the server has it anew.
    next.broadcast_id = null;
    next.playback = null;
  }
  return next;
}

/** @param {{state: string}|null} stream */
export const hasPicture = (stream) => stream?.state === 'live' || stream?.state === 'interrupted';

/** @param {Stream} before @param {Stream} after */
function isOtherBroadcast(before, after) {
  if (before.broadcast_id && after.broadcast_id && before.broadcast_id !== after.broadcast_id) return true;
  const apart = Math.abs(parseDate(before.started_at) - parseDate(after.started_at));
  return apart > 1000;  // NaN, when one of them is not known, is not
}

/**
 * What the player has to do when a stream has changed.
 * - `load`: play what there is now, from the start of a new player
 * - `hold`: keep the last picture and wait
 * - `stop`: there is nothing to see any more
 * - `none`: go on
 * @param {Stream|null} before null: the page was just opened
 * @param {Stream} after
 * @returns {'load'|'hold'|'stop'|'none'}
 */
export function playerOrder(before, after) {
  if (after.state === 'live') {
    if (!before || before.state !== 'live' || isOtherBroadcast(before, after)) return 'load';
    return 'none';
  }
  if (after.state === 'interrupted') return before?.state === 'interrupted' ? 'none' : 'hold';
  return !before || hasPicture(before) ? 'stop' : 'none';
}

/**
 * What is written where the picture would be; null when there is one.
 * @param {Stream} stream
 * @returns {Cover|null}
 */
export function coverOf(stream) {
  const name = stream.channel;
  switch (stream.state) {
    case 'live': return null;
    case 'interrupted':
      return { kind: 'interrupted', title: 'Interrupted',
        note: `The connection to ${name} was lost. The picture comes back by itself.` };
    case 'starting':
      return { kind: 'waiting', title: 'Starting…', note: 'The first pictures arrive in a moment.' };
    case 'armed':
      return { kind: 'waiting', title: 'Soon', note: `${name} is about to begin. The picture comes by itself.` };
    default:
      return { kind: 'offline', title: `${name} is offline`,
        note: 'When the next stream begins, it starts here by itself.' };
  }
}

/** The state in one sentence, for those who listen. @param {Stream} stream */
export function announcement(stream) {
  switch (stream.state) {
    case 'live': return `${stream.channel} is live${stream.title ? `: ${stream.title}` : ''}.`;
    case 'interrupted': return `The stream of ${stream.channel} is interrupted.`;
    case 'starting': return `The stream of ${stream.channel} is starting.`;
    case 'armed': return `${stream.channel} is about to begin.`;
    default: return `${stream.channel} is offline.`;
  }
}
