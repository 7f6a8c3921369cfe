// Small pieces that several places of the video side are made of.
import { h } from '../dom.js';
import { addressOf } from './places.js';
import { dayText, positionText, sinceText, viewersText } from './format.js';

/** @typedef {import('./types.js').Stream} Stream */
/** @typedef {import('./types.js').Vod} Vod */

/**
 * A link to another place of this page; the stage follows it without a reload.
 * @param {import('./types.js').Place} place @param {Record<string, any>} props @param {...any} children
 */
export const link = (place, props, ...children) =>
  h('a', { ...props, href: addressOf(place), data: { place: place.name } }, ...children);

/** The picture of a channel that has none. @param {string} name */
export function letterPicture(name) {
  const hue = [...name].reduce((sum, sign) => sum + sign.charCodeAt(0), 0) % 12;
  return h('span', { class: `letter hue-${hue}`, 'aria-hidden': 'true' }, name.slice(0, 1).toUpperCase());
}

/** Values of `visibility`, and what they are called. @type {[string, string][]} */
export const visibilities = [['public', 'Everybody'], ['subscribers', 'Subscribers'], ['private', 'Only me']];

const words = { live: 'Live', interrupted: 'Interrupted', starting: 'Starting', armed: 'Soon', offline: 'Offline' };

/** @param {Stream} stream */
export const statePill = (stream) =>
  h('span', { class: `pill ${stream.state}` }, words[stream.state] ?? stream.state);

/** Who, what, how many, since when. @param {Stream} stream */
export function streamFacts(stream) {
  const on = stream.state === 'live' || stream.state === 'interrupted';
  return h('p', { class: 'facts' },
    statePill(stream),
    h('span', { class: 'channel-name' }, stream.channel),
    stream.category ? h('span', {}, stream.category) : null,
    on ? h('span', { class: 'viewers' }, viewersText(stream.viewers)) : null,
    on ? h('span', { class: 'since' }, sinceText(stream.started_at, Date.now())) : null,
    stream.mature ? h('span', { class: 'tag' }, 'For adults') : null,
    stream.visibility === 'subscribers' ? h('span', { class: 'tag' }, 'Subscribers') : null,
    stream.visibility === 'private' ? h('span', { class: 'tag' }, 'Private') : null,
    ...(stream.tags ?? []).map((tag) => h('span', { class: 'tag' }, tag)));
}

/** A still that may be changed behind the same address. @param {string} url */
export const freshPicture = (url) => `${url}${url.includes('?') ? '&' : '?'}t=${Math.floor(Date.now() / 20000)}`;

/** The picture, or the letter if it does not come. @param {string|null} url @param {string} name */
function picture(url, name) {
  if (!url) return letterPicture(name);
  const image = h('img', { src: url, alt: '', loading: 'lazy' });
  image.addEventListener('error', () => image.replaceWith(letterPicture(name)));
  return image;
}

/** @param {Stream} stream */
export function streamCard(stream) {
  const on = stream.state === 'live' || stream.state === 'interrupted';
  return h('li', { class: 'card', data: { channel: stream.channel } },
    link({ name: 'watch', channel: stream.channel }, { class: 'card-picture', tabindex: '-1', 'aria-hidden': 'true' },
      picture(on && stream.thumbnail ? freshPicture(stream.thumbnail) : null, stream.channel),
      statePill(stream),
      on ? h('span', { class: 'over' }, viewersText(stream.viewers)) : null),
    h('h3', {}, link({ name: 'watch', channel: stream.channel }, {}, stream.title || stream.channel)),
    h('p', { class: 'note' }, [stream.channel, stream.category, on ? sinceText(stream.started_at, Date.now()) : '']
      .filter(Boolean).join(' · ')));
}

/** @param {Vod} vod */
export function vodCard(vod) {
  const place = /** @type {const} */ ({ name: 'video', id: vod.id });
  const state = { recording: 'Being recorded', finalizing: 'Being finished', failed: 'Broken', ready: '' }[vod.state];
  return h('li', { class: 'card', data: { video: vod.id } },
    link(place, { class: 'card-picture', tabindex: '-1', 'aria-hidden': 'true' },
      picture(vod.poster, vod.channel),
      state ? h('span', { class: 'pill' }, state) : null,
      vod.duration_ms > 0 ? h('span', { class: 'over' }, positionText(vod.duration_ms / 1000)) : null),
    h('h3', {}, link(place, {}, vod.title || `Stream of ${vod.channel}`)),
    h('p', { class: 'note' }, [vod.pinned ? 'Pinned' : '', vod.channel, dayText(vod.started_at)]
      .filter(Boolean).join(' · ')));
}
