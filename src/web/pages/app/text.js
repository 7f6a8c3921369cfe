// From the text of a message to nodes: links, emotes, mentions. Nothing becomes markup.
import { h } from './dom.js';

/** @typedef {import('./types.js').User} User */

/**
 * @typedef {object} TextContext
 * @property {import('./catalog.js').Catalog} catalog
 * @property {(nick: string) => User|undefined} findUser
 * @property {() => string} ownNick
 */

const kLink = /\bhttps?:\/\/[^\s<>"'`\u201c\u201d]+/gi;
const kWordEdge = /^[@('"\[]*([A-Za-z0-9_]{3,20})(?:['\u2019]s)?[)\]'",.!?:;]*$/;

/**
 * @param {string} text
 * @param {User|null} author
 * @param {TextContext} context
 * @returns {DocumentFragment}
 */
export function renderText(text, author, context) {
  const out = document.createDocumentFragment();
  let from = 0;
  for (const match of text.matchAll(kLink)) {
    const address = trimLink(match[0]);
    const url = safeUrl(address);
    if (!url) continue;
    renderWords(out, text.slice(from, match.index), author, context);
    out.append(h('a', { href: url, target: '_blank', rel: 'noopener noreferrer nofollow ugc' }, address));
    from = match.index + address.length;
  }
  renderWords(out, text.slice(from), author, context);
  return out;
}

/**
 * The full stop after a link belongs to the sentence, and so does a closing bracket that the link did not open.
 * @param {string} raw
 */
function trimLink(raw) {
  let link = raw.replace(/[.,!?:;*]+$/, '');
  while (link.endsWith(')') && count(link, ')') > count(link, '(')) link = link.slice(0, -1);
  return link;
}

/** @param {string} text @param {string} sign */
const count = (text, sign) => text.split(sign).length - 1;

/** @param {string} address @returns {string|null} */
export function safeUrl(address) {
  try {
    const url = new URL(address);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
  } catch {
    return null;
  }
}

/** @param {DocumentFragment} out @param {string} text @param {User|null} author @param {TextContext} context */
function renderWords(out, text, author, context) {
  let plain = '';
  const flush = () => {
    if (plain) out.append(plain);
    plain = '';
  };
  for (const part of text.split(/(\s+)/)) {
    const emote = context.catalog.emoteFor(part, author);
    if (emote) {
      flush();
      out.append(emoteNode(emote));
      continue;
    }
    const name = kWordEdge.exec(part)?.[1];
    const user = name ? context.findUser(name) : undefined;
    if (!name || !user) {
      plain += part;
      continue;
    }
    const at = part.indexOf(name);
    plain += part.slice(0, at);
    flush();
    out.append(h('span', { class: 'mention', data: { nick: user.nick } }, name));
    plain = part.slice(at + name.length);
  }
  flush();
}

/** The word stays in the text, so that a copied line keeps it. @param {import('./types.js').Emote} emote */
export function emoteNode(emote) {
  const title = emote.creator ? `${emote.prefix}, drawn by ${emote.creator}` : emote.prefix;
  return h('span', { class: `emote ${emote.prefix}`, role: 'img', 'aria-label': emote.prefix, title }, emote.prefix);
}

/** Does the text call this nick? @param {string} text @param {string} nick */
export function mentions(text, nick) {
  if (!nick) return false;
  const wanted = nick.toLowerCase();
  return text.toLowerCase().split(/[^a-z0-9_]+/).includes(wanted);
}
