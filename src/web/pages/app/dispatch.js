// What the typed lines do: messages go to the outbox, commands to the server or to the page.
import { isAdmin, isModerator, mayPoll } from './catalog.js';
import { commands, readLine } from './commands.js';
import { notify } from './notices.js';
import { describeOwnBan } from './statusbar.js';
import { explain } from './words.js';

/**
 * @typedef {object} Parts
 * @property {import('./room.js').Room} room
 * @property {import('./socket.js').ChatSocket} socket
 * @property {import('./outbox.js').Outbox} outbox
 * @property {import('./whispers.js').Whispers} whispers
 * @property {(nick: string, on: boolean) => void} ignore
 */

/** @param {string} text @param {Parts} parts @returns {boolean} false: the line stays in the field */
export function submitLine(text, parts) {
  const meaning = readLine(text);
  if ('wrong' in meaning) {
    notify(meaning.wrong);
    return false;
  }
  if ('say' in meaning) {
    if (parts.outbox.add(meaning.say)) return true;
    notify('Too many messages are waiting to be sent.');
    return false;
  }
  if ('frame' in meaning) return sendCommand(meaning.frame, meaning.data, parts.socket);
  return runLocal(meaning.local, meaning.argument, parts);
}

/** @param {string} event @param {any} data @param {import('./socket.js').ChatSocket} socket */
export function sendCommand(event, data, socket) {
  if (socket.send(event, data)) return true;
  notify(explain({ description: 'requiresocket' }));
  return false;
}

/** The commands that this user may give. @param {import('./types.js').User|null} me */
export function availableCommands(me) {
  const allowed = { all: true, poll: mayPoll(me), moderator: isModerator(me), admin: isAdmin(me) };
  return Object.entries(commands).filter(([, command]) => allowed[command.who]);
}

/** @param {string} name @param {string} argument @param {Parts} parts @returns {boolean} */
function runLocal(name, argument, parts) {
  const { room, whispers, ignore } = parts;
  const say = (/** @type {string} */ text) => room.log.addLocal({ kind: 'local', text });
  const [nick = '', ...words] = argument.split(' ');
  switch (name) {
    case 'help':
      for (const [, command] of availableCommands(room.me)) say(`${command.usage} — ${command.help}`);
      return true;
    case 'baninfo':
      void describeOwnBan().then((text) => say(text || 'The ban cannot be looked up right now.'));
      return true;
    case 'ignore':
    case 'unignore':
      if (!nick) {
        notify('Whom? Give a name after the command.');
        return false;
      }
      ignore(nick.replace(/^@/, ''), name === 'ignore');
      return true;
    case 'whisper':
      if (words.length > 0) return whispers.send(nick, words.join(' '));
      void whispers.open(nick);
      return true;
    default:
      return false;
  }
}
