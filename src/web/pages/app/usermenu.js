// What one can do with somebody: the menu behind each name.
import { isAdmin, isModerator } from './catalog.js';
import { openMenu } from './menu.js';
import { notify } from './notices.js';
import { ask } from './prompt.js';
import { Refusal, request } from './rest.js';

/** @typedef {import('./types.js').User} User */
/** @typedef {import('./types.js').Line} Line */

/**
 * @typedef {object} Actions
 * @property {(event: string, data: any) => void} command sends a frame
 * @property {(nick: string) => void} mention
 * @property {(nick: string) => void} whisper
 * @property {(nick: string) => boolean} ignores
 * @property {(nick: string, on: boolean) => void} ignore
 */

const kMuteLengths = [['1 minute', 60], ['10 minutes', 600], ['1 hour', 3600], ['1 day', 86400]];
const kNanoseconds = 1e9;

/**
 * @param {HTMLElement} anchor
 * @param {User} user
 * @param {User|null} me
 * @param {Line|null} line the message whose author this is
 * @param {Actions} actions
 */
export function openUserMenu(anchor, user, me, line, actions) {
  const own = me !== null && me.id === user.id;
  const since = user.createdDate ? `here since ${new Date(user.createdDate).toLocaleDateString()}` : '';
  /** @type {import('./menu.js').Item[]} */
  const items = [{ title: user.nick, note: since }];
  if (me && !own) {
    items.push({ label: 'Mention', run: () => actions.mention(user.nick) });
    items.push({ label: 'Whisper', run: () => actions.whisper(user.nick) });
    const ignored = actions.ignores(user.nick);
    items.push({ label: ignored ? 'Stop ignoring' : 'Ignore', run: () => actions.ignore(user.nick, !ignored) });
  }
  if (line?.kind === 'message' && (line.id || line.seq > 0) && !line.deleted && (own || isModerator(me))) {
    items.push({ label: 'Delete message', run: () => void deleteMessage(line), danger: true });
  }
  if (isModerator(me) && !own) {
    items.push({ label: 'Mute…', run: () => void mute(user, actions) });
    items.push({ label: 'Unmute', run: () => actions.command('UNMUTE', { data: user.nick }) });
    items.push({ label: 'Ban…', run: () => void ban(user, actions), danger: true });
  }
  if (isAdmin(me) && !own && user.id > 0) {
    items.push({ label: 'Change role…', run: () => void changeRole(user) });
  }
  if (items.length === 1) items.push({ label: own ? 'This is you' : 'Log in to do more', run: () => {} });
  openMenu(anchor, items, `Actions for ${user.nick}`);
}

/** @param {User} user @param {Actions} actions */
async function mute(user, actions) {
  const answer = await ask(`Mute ${user.nick}`, 'Muted people can read, but not write.', [{
    name: 'seconds', label: 'How long', value: '600',
    choices: kMuteLengths.map(([text, seconds]) => [String(seconds), String(text)]),
  }], 'Mute');
  if (answer) actions.command('MUTE', { data: user.nick, duration: Number(answer.seconds) * kNanoseconds });
}

/** @param {User} user @param {Actions} actions */
async function ban(user, actions) {
  const answer = await ask(`Ban ${user.nick}`, 'Banned people are shut out of the chat until the ban ends.', [
    { name: 'reason', label: 'Reason' },
    { name: 'seconds', label: 'How long', value: '86400',
      choices: [['3600', '1 hour'], ['86400', '1 day'], ['604800', '7 days'], ['2592000', '30 days'],
        ['0', 'For good']] },
    { name: 'banip', label: 'Addresses', value: '',
      choices: [['', 'Only the account'], ['1', 'Also the last known addresses']] },
  ], 'Ban');
  if (!answer) return;
  const { reason } = answer;
  const banip = answer.banip === '1';
  const seconds = Number(answer.seconds);
  actions.command('BAN', seconds > 0 ? { nick: user.nick, reason, banip, duration: seconds * kNanoseconds }
    : { nick: user.nick, reason, banip, ispermanent: true });
}

/**
 * Messages of the socket carry their number only.
 * @param {number} seq
 * @returns {Promise<string>}
 */
async function idOf(seq) {
  const answer = await request('GET', `/chat/history?after=${seq - 1}&limit=1`);
  const [message] = answer?.messages ?? [];
  return Number(message?.seq) === seq ? String(message.id) : '0';
}

/** @param {Line} line */
async function deleteMessage(line) {
  try {
    await request('DELETE', `/chat/message/${encodeURIComponent(line.id || await idOf(line.seq))}`);
  } catch (error) {
    notify(error instanceof Refusal ? error.message : 'That did not work.');
  }
}

/** @param {User} user */
async function changeRole(user) {
  const now = user.features.includes('admin') ? 'admin' : user.features.includes('moderator') ? 'moderator'
    : user.features.includes('flair12') ? 'streamer' : 'user';
  const answer = await ask(`Role of ${user.nick}`, 'It is in force at once, everywhere.', [{
    name: 'role', label: 'Role', value: now,
    choices: [['user', 'User'], ['streamer', 'Streamer'], ['moderator', 'Moderator'], ['admin', 'Administrator']],
  }], 'Change');
  if (!answer || answer.role === now) return;
  try {
    await request('PUT', `/users/${user.id}/permissions`, { role: answer.role });
    notify(`${user.nick} is now ${answer.role}.`, 'good');
  } catch (error) {
    notify(error instanceof Refusal ? error.message : 'That did not work.');
  }
}
