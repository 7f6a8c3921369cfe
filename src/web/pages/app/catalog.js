// The emotes and flairs of this site, and who may use what.

/** @typedef {import('./types.js').Emote} Emote */
/** @typedef {import('./types.js').Flair} Flair */
/** @typedef {import('./types.js').User} User */

const kTierFlairs = ['flair13', 'flair1', 'flair3', 'flair8', 'flair42'];
const kPrivileged = new Set(['admin', 'moderator', 'protected', 'vip', 'flair12', 'flair17', 'bot']);
const kWord = /^[A-Za-z0-9_-]+$/;

export class Catalog {
  /** @type {Map<string, Emote>} */ emotes = new Map();
  /** @type {Map<string, Flair>} */ flairs = new Map();

  /** A site without emotes is still a chat: failures leave the lists empty. */
  async load() {
    const read = (/** @type {string} */ path) =>
      fetch(path).then((answer) => (answer.ok ? answer.json() : [])).catch(() => []);
    const [emotes, flairs] = await Promise.all([read('/emotes/emotes.json'), read('/flairs/flairs.json')]);
    for (const emote of Array.isArray(emotes) ? emotes : []) {
      if (kWord.test(emote.prefix)) this.emotes.set(emote.prefix, emote);
    }
    for (const flair of Array.isArray(flairs) ? flairs : []) {
      if (kWord.test(flair.name)) this.flairs.set(flair.name, flair);
    }
  }

  /**
   * The emote that this word is when this user writes it.
   * @param {string} word @param {User|null} user @returns {Emote|null}
   */
  emoteFor(word, user) {
    const emote = this.emotes.get(word);
    return emote && canUse(emote, user) ? emote : null;
  }

  /** @param {User|null} user */
  usable(user) {
    return [...this.emotes.values()].filter((emote) => canUse(emote, user));
  }

  /** Flairs to draw beside a nick, most important first. @param {User} user @returns {Flair[]} */
  shownFlairs(user) {
    return (user.features ?? [])
      .flatMap((name) => this.flairs.get(name) ?? [])
      .filter((flair) => !flair.hidden)
      .sort((a, b) => a.priority - b.priority)
      .slice(0, 4);
  }

  /** The flair that gives the nick its colour. @param {User} user @returns {Flair|null} */
  colourFlair(user) {
    let best = null;
    for (const name of user.features ?? []) {
      const flair = this.flairs.get(name);
      if (flair?.color && (!best || flair.priority < best.priority)) best = flair;
    }
    return best;
  }
}

/** @param {Emote} emote @param {User|null} user */
function canUse(emote, user) {
  const needed = Number(emote.minimumSubTier);
  if (user?.features?.some((word) => kPrivileged.has(word))) return true;
  if (emote.twitch && !user?.features?.includes('flair9')) return false;
  return Number.isFinite(needed) && subscriptionTier(user) >= needed;
}

/** @param {User|null} user @returns {number} 0 to 5 */
export function subscriptionTier(user) {
  for (let tier = 5; tier > 0; tier -= 1) {
    if (user?.features?.includes(kTierFlairs[tier - 1])) return tier;
  }
  return 0;
}

/** @param {User|null} user */
export const isAdmin = (user) => user?.features?.includes('admin') ?? false;

/** @param {User|null} user */
export const isModerator = (user) => isAdmin(user) || (user?.features?.includes('moderator') ?? false);

/** @param {User|null} user */
export const mayPoll = (user) =>
  isModerator(user) || (user?.features?.includes('bot') ?? false) || (user?.roles?.includes('POLLS') ?? false);

/** The group of the user list that somebody belongs to. @param {User} user */
export function groupOf(user) {
  if (isModerator(user)) return 'Moderators';
  if (user.features?.some((word) => word === 'flair12')) return 'Streamers';
  if (user.features?.some((word) => word === 'vip' || word === 'protected')) return 'Guests of honour';
  if (user.features?.some((word) => word === 'bot' || word === 'flair11')) return 'Bots';
  if (subscriptionTier(user) > 0 || user.features?.includes('subscriber')) return 'Subscribers';
  return 'Everyone';
}
