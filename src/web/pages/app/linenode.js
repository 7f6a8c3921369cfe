// How one line of the log looks.
import { h } from './dom.js';
import { mentions, renderText } from './text.js';
import { clock, fullTime } from './time.js';
import { explain } from './words.js';

/** @typedef {import('./types.js').Line} Line */
/** @typedef {import('./types.js').Pending} Pending */
/** @typedef {import('./types.js').User} User */
/** @typedef {import('./text.js').TextContext} TextContext */

const kHues = 12;

/** @param {string} nick @returns {number} the same nick has the same colour everywhere */
function hueOf(nick) {
  let hash = 0x811c9dc5;  // FNV-1a: names that differ in little still differ in colour
  for (const sign of nick.toLowerCase()) hash = Math.imul(hash ^ sign.charCodeAt(0), 0x01000193) >>> 0;
  return (hash >>> 8) % kHues;
}

/** Class names for the colour of a nick. @param {User} user @param {TextContext} context */
export function nickClass(user, context) {
  const flair = context.catalog.colourFlair(user);
  return flair ? `user ${flair.name}` : `user hue-${hueOf(user.nick)}`;
}

/** @param {User} user @param {TextContext} context */
export function flairNodes(user, context) {
  return context.catalog.shownFlairs(user).map((flair) =>
    h('span', { class: `flair ${flair.name}`, role: 'img', 'aria-label': flair.label, title: flair.label }));
}

/** @param {Line} line @param {TextContext} context @returns {HTMLElement} */
export function lineNode(line, context) {
  const node = h('li', { class: `line ${line.kind}`, tabindex: '-1', data: { key: line.key } });
  if (line.seq) node.dataset.seq = String(line.seq);
  if (line.mark) node.classList.add(`mark-${line.mark}`);
  node.append(timeNode(line.at));
  if (line.kind === 'message' || line.kind === 'broadcast') fillMessage(node, line, context);
  else node.append(h('span', { class: 'text' }, renderText(line.text, null, context)));
  return node;
}

/** @param {number} at */
const timeNode = (at) =>
  h('time', { datetime: new Date(at).toISOString(), title: fullTime(at) }, clock(at));

/** @param {HTMLElement} node @param {Line} line @param {TextContext} context */
function fillMessage(node, line, context) {
  const action = line.text.startsWith('/me ');
  const text = action ? line.text.slice(4) : line.text;
  if (line.user) {
    node.dataset.nick = line.user.nick;
    node.append(...flairNodes(line.user, context));
    const nick = h('button', {
      class: `nick ${nickClass(line.user, context)}`, type: 'button', tabindex: '-1', data: { nick: line.user.nick },
    }, line.user.nick);
    node.append(h('span', { class: 'who' }, nick, action ? '' : ':'), ' ');
  }
  if (line.deleted) {
    node.classList.add('deleted');
    node.append(h('span', { class: 'text note' }, 'This message was deleted.'));
    return;
  }
  if (line.hidden) {
    node.classList.add('collapsed');
    node.append(h('button', { class: 'reveal', type: 'button', tabindex: '-1', data: { reveal: line.key } },
      `${line.hidden}: show what was said`));
    return;
  }
  if (action) node.classList.add('action');
  const body = h('span', { class: 'text' }, renderText(text, line.user, context));
  if (/^>[^<>]/.test(text)) body.classList.add('quote');
  if (onlyEmotes(body)) node.classList.add('large');
  if (line.user && !isOwn(line, context) && mentions(text, context.ownNick())) node.classList.add('mentioned');
  if (isOwn(line, context)) node.classList.add('own');
  node.append(body);
}

/** @param {Line} line @param {TextContext} context */
const isOwn = (line, context) =>
  context.ownNick() !== '' && line.user?.nick.toLowerCase() === context.ownNick().toLowerCase();

/** A few emotes and nothing else are shown larger. @param {HTMLElement} body */
function onlyEmotes(body) {
  const parts = [...body.childNodes].filter((part) => part.textContent?.trim());
  return parts.length > 0 && parts.length <= 3
    && parts.every((part) => part instanceof HTMLElement && part.classList.contains('emote'));
}

/** @param {Pending} item @param {User} me @param {TextContext} context */
export function pendingNode(item, me, context) {
  const node = h('li', { class: `line message own pending ${item.state}`, data: { nonce: item.nonce } });
  fillMessage(node, { kind: 'message', key: item.nonce, seq: 0, at: item.at, user: me, text: item.text }, context);
  node.classList.remove('large');
  node.prepend(timeNode(item.at));
  if (item.state !== 'failed') {
    node.append(h('span', { class: 'fate' }, 'sending…'));
    return node;
  }
  node.append(h('span', { class: 'fate' }, `Not sent. ${explain({ description: item.reason })} `,
    h('button', { type: 'button', class: 'link', data: { retry: item.nonce } }, 'Send again'), ' ',
    h('button', { type: 'button', class: 'link', data: { discard: item.nonce } }, 'Discard')));
  return node;
}

