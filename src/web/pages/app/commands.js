// Slash commands: from a typed line to the frame it stands for.
import { parseLength } from './time.js';

/**
 * @typedef {{say: string} | {frame: string, data: any} | {local: string, argument: string} | {wrong: string}} Meaning
 *   `say`: a message; `frame`: sent as it is; `local`: the page does it; `wrong`: a sentence for the writer
 */

/**
 * @typedef {object} Command
 * @property {string} usage
 * @property {string} help
 * @property {'all'|'moderator'|'poll'|'admin'} who
 * @property {(argument: string) => Meaning} read
 */

const kNanoseconds = 1e9;
const kNick = /^@?([A-Za-z0-9_]{3,20})$/;
const kDefaultPollSeconds = 30;

/** @param {string} argument @returns {[string|null, string]} a nick and what follows it */
function takeNick(argument) {
  const [first = '', ...rest] = argument.split(/\s+/);
  return [kNick.exec(first)?.[1] ?? null, rest.join(' ')];
}

/** @param {string} event */
const onNick = (event) => (/** @type {string} */ argument) => {
  const [nick] = takeNick(argument);
  return nick ? { frame: event, data: { data: nick } } : { wrong: 'Whom? Give a name after the command.' };
};

/** @param {string} event @param {string} wrong */
const onText = (event, wrong) => (/** @type {string} */ argument) =>
  (argument ? { frame: event, data: { data: argument } } : { wrong });

/** @param {string} name */
const local = (name) => (/** @type {string} */ argument) => ({ local: name, argument });

/** @param {string} argument @returns {Meaning} */
function readMute(argument) {
  const [nick, rest] = takeNick(argument);
  if (!nick) return { wrong: 'Whom? /mute NAME 10m' };
  if (!rest) return { frame: 'MUTE', data: { data: nick } };
  const seconds = parseLength(rest.split(' ')[0]);
  if (!seconds) return { wrong: 'How long? For example 90s, 10m, 2h or 7d.' };
  return { frame: 'MUTE', data: { data: nick, duration: seconds * kNanoseconds } };
}

/** @param {boolean} banip */
const readBan = (banip) => (/** @type {string} */ argument) => {
  const [nick, rest] = takeNick(argument);
  if (!nick) return { wrong: 'Whom? /ban NAME 1d reason' };
  const [first = '', ...others] = rest.split(' ');
  const forever = /^perm(anent)?$/i.test(first);
  const seconds = forever ? null : parseLength(first);
  const reason = (forever || seconds ? others.join(' ') : rest).trim();
  if (!reason) return { wrong: 'A ban needs a reason: /ban NAME 1d reason' };
  if (forever) return { frame: 'BAN', data: { nick, reason, ispermanent: true, banip } };
  return { frame: 'BAN', data: { nick, reason, banip, duration: (seconds ?? 0) * kNanoseconds } };
};

/** @param {string} argument @returns {Meaning} */
function readWhisper(argument) {
  const [nick, text] = takeNick(argument);
  if (!nick) return { wrong: 'Whom? /msg NAME text' };
  return { local: 'whisper', argument: `${nick} ${text}`.trim() };
}

/** @param {string} argument @returns {Meaning} */
function readSubonly(argument) {
  const match = /^(on|off)(?:\s+([1-5]))?$/i.exec(argument);
  if (!match) return { wrong: 'Write /subonly on, /subonly on 2 or /subonly off.' };
  if (match[1].toLowerCase() === 'off') return { frame: 'SUBONLY', data: { data: 'off' } };
  return { frame: 'SUBONLY', data: { data: 'on', tier: Number(match[2] ?? 1) } };
}

/** @param {boolean} weighted */
const readPoll = (weighted) => (/** @type {string} */ argument) => {
  const mark = argument.indexOf('?');
  if (mark < 1) return { wrong: 'A poll asks a question: /poll Tea? Yes or No 1m' };
  const question = argument.slice(0, mark + 1).trim();
  let rest = argument.slice(mark + 1).trim();
  let seconds = kDefaultPollSeconds;
  const length = /(?:^|\s)(\d+[smh]?)$/i.exec(rest);
  if (length) {
    seconds = parseLength(length[1]) ?? seconds;
    rest = rest.slice(0, length.index).trim();
  }
  const options = rest ? rest.split(/\s+or\s+/i).map((option) => option.trim()).filter(Boolean) : ['Yes', 'No'];
  if (options.length < 2) return { wrong: 'Put “or” between the answers: /poll Tea? Green or Black' };
  const time = Math.min(600, Math.max(5, seconds)) * 1000;
  return { frame: 'STARTPOLL', data: { weighted, time, question, options } };
};

/** @type {Record<string, Command>} */
export const commands = {
  help: { usage: '/help', help: 'shows this list', who: 'all', read: local('help') },
  me: { usage: '/me does something', help: 'speaks of yourself', who: 'all',
    read: (text) => (text ? { say: `/me ${text}` } : { wrong: 'What do you do? /me waves' }) },
  msg: { usage: '/msg NAME text', help: 'whispers to somebody', who: 'all', read: readWhisper },
  ignore: { usage: '/ignore NAME', help: 'hides what somebody says, on this device', who: 'all',
    read: local('ignore') },
  unignore: { usage: '/unignore NAME', help: 'shows it again', who: 'all', read: local('unignore') },
  baninfo: { usage: '/baninfo', help: 'tells about your own ban', who: 'all', read: local('baninfo') },
  die: { usage: '/die', help: 'mutes yourself for ten minutes', who: 'all',
    read: () => ({ frame: 'DIE', data: { data: '' } }) },
  poll: { usage: '/poll Tea? Yes or No 1m', help: 'asks everybody', who: 'poll', read: readPoll(false) },
  spoll: { usage: '/spoll Tea? Yes or No 1m', help: 'the same, subscribers count for more', who: 'poll',
    read: readPoll(true) },
  stoppoll: { usage: '/stoppoll', help: 'ends the poll', who: 'poll', read: () => ({ frame: 'STOPPOLL', data: {} }) },
  mute: { usage: '/mute NAME 10m', help: 'stops somebody from writing', who: 'moderator', read: readMute },
  unmute: { usage: '/unmute NAME', help: 'lets them write again', who: 'moderator', read: onNick('UNMUTE') },
  ban: { usage: '/ban NAME 1d reason', help: 'shuts somebody out; “perm” for good', who: 'moderator',
    read: readBan(false) },
  ipban: { usage: '/ipban NAME 1d reason', help: 'the same, with the known addresses', who: 'moderator',
    read: readBan(true) },
  unban: { usage: '/unban NAME', help: 'lifts a ban', who: 'moderator', read: onNick('UNBAN') },
  subonly: { usage: '/subonly on 1', help: 'lets only subscribers write', who: 'moderator', read: readSubonly },
  pin: { usage: '/pin text', help: 'keeps a message at the top', who: 'moderator',
    read: onText('PIN', 'What shall be pinned? /pin text') },
  unpin: { usage: '/unpin', help: 'takes it away', who: 'moderator',
    read: () => ({ frame: 'PIN', data: { data: '' } }) },
  addphrase: { usage: '/addphrase text', help: 'blocks a phrase, /pattern/ a regular expression', who: 'moderator',
    read: onText('ADDPHRASE', 'Which phrase? /addphrase text') },
  removephrase: { usage: '/removephrase text', help: 'allows it again', who: 'moderator',
    read: onText('REMOVEPHRASE', 'Which phrase? /removephrase text') },
  broadcast: { usage: '/broadcast text', help: 'speaks to everybody, in large', who: 'admin',
    read: onText('BROADCAST', 'What shall be said? /broadcast text') },
};

/** @type {Record<string, string>} */
const aliases = {
  w: 'msg', whisper: 'msg', message: 'msg', tell: 'msg', vote: 'poll', svote: 'spoll', votestop: 'stoppoll',
  motd: 'pin', h: 'help', '?': 'help', addban: 'addphrase', removeban: 'removephrase',
};

/**
 * @param {string} typed the whole line, trimmed
 * @returns {Meaning}
 */
export function readLine(typed) {
  const match = /^\/([a-z?]+)(?:\s+([\s\S]*))?$/i.exec(typed);
  if (!match) return typed.startsWith('//') ? { say: typed.slice(1) } : { say: typed };
  const word = match[1].toLowerCase();
  const command = commands[aliases[word] ?? word];
  if (!command) return { wrong: `There is no /${word}. Write /help for what there is.` };
  return command.read((match[2] ?? '').trim());
}
