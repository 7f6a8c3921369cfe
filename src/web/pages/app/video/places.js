// Where one is on this site, and its address. Pure.

/** @typedef {import('./types.js').Place} Place */

const kChannel = /^[A-Za-z0-9_-]{1,64}$/;
const kId = /^[A-Za-z0-9_-]{1,64}$/;

/** Pages that others show inside theirs: the chat and nothing else. @param {string} path */
export const isChatOnly = (path) => path.startsWith('/embed/');

/**
 * @param {string} path   "/", "/c/alice"
 * @param {string} search "?channel=alice"
 * @returns {Place}
 */
export function placeOf(path, search) {
  const short = /^\/c\/([^/]+)\/?$/.exec(path);
  if (short && kChannel.test(short[1])) return { name: 'watch', channel: short[1] };
  const query = new URLSearchParams(search);
  const word = (/** @type {string} */ key, /** @type {RegExp} */ form) => {
    const value = query.get(key) ?? '';
    return form.test(value) ? value : '';
  };
  const channel = word('channel', kChannel);
  const video = word('video', kId);
  if (video) return { name: 'video', id: video };
  if (query.has('videos')) return { name: 'videos', channel: word('videos', kChannel) };
  if (query.has('golive')) return { name: 'golive', channel: word('golive', kChannel) };
  if (query.has('streams')) return { name: 'streams' };
  return channel ? { name: 'watch', channel } : { name: 'home' };
}

/** @param {Place} place @returns {string} */
export function addressOf(place) {
  switch (place.name) {
    case 'watch': return `/?channel=${encodeURIComponent(place.channel)}`;
    case 'streams': return '/?streams';
    case 'videos': return place.channel ? `/?videos=${encodeURIComponent(place.channel)}` : '/?videos';
    case 'video': return `/?video=${encodeURIComponent(place.id)}`;
    case 'golive': return place.channel ? `/?golive=${encodeURIComponent(place.channel)}` : '/?golive';
    default: return '/';
  }
}

/**
 * What the start page shows: the stream most people watch, or the one channel there is, or the list.
 * @param {import('./types.js').Stream[]} streams
 * @returns {Place} `home` when there is no channel at all
 */
export function homeOf(streams) {
  const live = streams.filter((each) => each.state === 'live' || each.state === 'interrupted')
    .sort((a, b) => b.viewers - a.viewers);
  if (live.length > 0) return { name: 'watch', channel: live[0].channel };
  if (streams.length === 1) return { name: 'watch', channel: streams[0].channel };
  return streams.length === 0 ? { name: 'home' } : { name: 'streams' };
}
