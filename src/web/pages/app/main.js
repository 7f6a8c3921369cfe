// Puts the parts of the page together.
import { AccountDialog } from './account.js';
import { Attention } from './attention.js';
import { Catalog, isModerator, mayPoll } from './catalog.js';
import { Composer } from './composer.js';
import { availableCommands, sendCommand, submitLine } from './dispatch.js';
import { byId } from './dom.js';
import { EmotePicker } from './emotepicker.js';
import { Ignores } from './ignores.js';
import { LogView } from './logview.js';
import { openMenu } from './menu.js';
import { notify } from './notices.js';
import { Outbox } from './outbox.js';
import { Panels } from './panels.js';
import { PinBar } from './pinbar.js';
import { PollBar } from './pollbar.js';
import { Room } from './room.js';
import { Session } from './session.js';
import { ChatSocket } from './socket.js';
import { StatusBar } from './statusbar.js';
import { mentions } from './text.js';
import { UserList } from './userlist.js';
import { openUserMenu } from './usermenu.js';
import { Whispers } from './whispers.js';
import { VideoStage } from './video/stage.js';
import { explain } from './words.js';

const catalog = new Catalog();
const session = new Session();
const room = new Room();
const ignores = new Ignores();
const attention = new Attention();
const ownNick = () => room.me?.nick ?? session.nick;
const context = { catalog, ownNick, findUser: (/** @type {string} */ nick) => room.people.find(nick) };

const socket = new ChatSocket(() => room.log.lastSeq);
const outbox = new Outbox((text, nonce) => socket.send('MSG', { data: text, nonce }));
const status = new StatusBar(socket);
const view = new LogView(room.log, context);
const panels = new Panels();
const userList = new UserList(room.people, context);
const whispers = new Whispers(context, () => panels.isOpen('whispers'));
const pollBar = new PollBar();
const pinBar = new PinBar();
const composer = new Composer({
  nicks: recentNicks,
  emotes: () => catalog.usable(room.me).map((emote) => emote.prefix),
  commands: () => availableCommands(room.me).map(([name]) => name),
});
const emotePicker = new EmotePicker(() => catalog.usable(room.me));
const account = new AccountDialog(session, () => composer.focus());
const parts = { room, socket, outbox, whispers, ignore };
const stage = new VideoStage({
  socket, session, room, panels, attention, context, logIn: (registering) => account.open(registering),
});

/** Those who spoke last come first. */
function recentNicks() {
  const speakers = room.log.lines.map((line) => line.user?.nick ?? '').reverse();
  const here = room.people.here().map((user) => user.nick).sort((a, b) => a.localeCompare(b));
  return [...new Set([...speakers, ...here])].filter((nick) => nick && nick !== ownNick());
}

/** @param {string} nick @param {boolean} on */
function ignore(nick, on) {
  ignores.set(nick, on);
  if (on) room.log.collapse(nick, 'ignored', 0);
  notify(on ? `You will not see what ${nick} says. /unignore ${nick} undoes it.` : `You hear ${nick} again.`, 'good');
}

/** @param {string} event @param {any} data */
const command = (event, data) => void sendCommand(event, data, socket);

function showIdentity() {
  const guest = !ownNick();
  byId('guest').hidden = !guest || socket.status.state === 'stopped';
  byId('guest-buttons').hidden = !guest;
  byId('me-button').hidden = guest;
  byId('me-button').textContent = ownNick();
  byId('whispers-button').hidden = guest;
  if (guest && panels.isOpen('whispers')) panels.close();
  composer.show({
    guest: guest || socket.status.state === 'stopped',
    placeholder: room.subscribersOnly > 0 ? 'Only subscribers can write now' : 'Say something…',
  });
  pollBar.show(room.poll, mayPoll(room.me));
  pinBar.show(room.pin, isModerator(room.me), context);
  view.showPending(outbox.items, room.me);
}

// The server speaks.
socket.addEventListener('frame', (event) => {
  const { event: name, data } = /** @type {CustomEvent} */ (event).detail;
  room.apply(name, data);
});
socket.addEventListener('status', () => {
  if (socket.live) {
    outbox.opened();
    if (room.me) void whispers.load();
  }
  showIdentity();
});
socket.addEventListener('down', (event) => {
  const { code, reason } = /** @type {CustomEvent} */ (event).detail;
  outbox.closed();
  whispers.connectionLost();
  room.connectionLost();
  status.setTrouble(false);
  if (code === 1008 && reason === 'revoked') void session.load().then(showIdentity);
});

room.addEventListener('me', () => {
  if (!room.me && session.nick) {
    // The cookie is not valid any more.
    session.nick = '';
    notify(explain({ description: 'revoked' }));
  }
  showIdentity();
  view.redraw();
});
room.addEventListener('history', () => outbox.settle(room.log.lastSeq));
room.addEventListener('line', (event) => {
  const { line, live } = /** @type {CustomEvent} */ (event).detail;
  if (line.user && ignores.has(line.user.nick)) line.hidden = 'ignored';
  if (line.kind !== 'message' || !line.user) return;
  if (room.isMe(line.user.nick)) outbox.shown(line.seq, line.text);
  else if (live && !line.hidden && mentions(line.text, ownNick())) attention.called();
});
room.addEventListener('receipt', (event) => {
  status.setTrouble(false);
  outbox.acknowledged(/** @type {CustomEvent} */ (event).detail ?? {}, (seq) => room.log.has(seq));
});
room.addEventListener('refused', (event) => {
  const refusal = /** @type {CustomEvent} */ (event).detail ?? {};
  const word = refusal.description;
  if (word === 'banned' || word === 'toomanyconnections') return;  // the place of the message field says it
  if (whispers.refused(refusal)) return;
  const quiet = outbox.refused(refusal);
  if (word === 'unavailable') status.setTrouble(true);
  if (!quiet && word !== 'muted') notify(explain(refusal));
});
room.addEventListener('muted', () => composer.muted(room.mutedUntil));
room.addEventListener('poll', () => pollBar.show(room.poll, mayPoll(room.me)));
room.addEventListener('pin', () => pinBar.show(room.pin, isModerator(room.me), context));
room.addEventListener('whisper', (event) => whispers.received(/** @type {CustomEvent} */ (event).detail));
room.addEventListener('whispersent', () => whispers.delivered());
room.addEventListener('reload', () => setTimeout(() => location.reload(), 4000 + Math.random() * 30000));

// The reader acts.
composer.addEventListener('submit', (event) => {
  const text = /** @type {CustomEvent} */ (event).detail;
  if (!submitLine(text, parts)) return;
  composer.accept(text);
  view.toEnd();
});
emotePicker.addEventListener('pick', (event) => composer.insert(/** @type {CustomEvent} */ (event).detail));
outbox.addEventListener('change', () => view.showPending(outbox.items, room.me));
view.addEventListener('retry', (event) => outbox.retry(/** @type {CustomEvent} */ (event).detail));
view.addEventListener('discard', (event) => outbox.discard(/** @type {CustomEvent} */ (event).detail));
view.addEventListener('reveal', (event) => room.log.reveal(/** @type {CustomEvent} */ (event).detail));
for (const source of [view, userList]) source.addEventListener('nick', showUserMenu);
whispers.addEventListener('send', (event) => {
  const { nick, text, nonce } = /** @type {CustomEvent} */ (event).detail;
  if (!sendCommand('PRIVMSG', { nick, data: text, nonce }, socket)) whispers.refused({ description: 'requiresocket' });
});
whispers.addEventListener('open', () => panels.open('whispers'));
whispers.addEventListener('unread', (event) => {
  const count = /** @type {CustomEvent} */ (event).detail;
  attention.whispers(count);
  byId('whispers-count').hidden = count === 0;
  byId('whispers-count').textContent = String(count);
});
panels.addEventListener('change', () => userList.draw());
pollBar.addEventListener('vote', (event) => {
  command('CASTVOTE', { vote: String(/** @type {CustomEvent} */ (event).detail) });
});
pollBar.addEventListener('stop', () => command('STOPPOLL', {}));
pinBar.addEventListener('unpin', () => command('PIN', { data: '' }));
for (const id of ['login', 'guest-login']) byId(id).addEventListener('click', () => account.open(false));
for (const id of ['register', 'guest-register']) byId(id).addEventListener('click', () => account.open(true));
byId('me-button').addEventListener('click', () => {
  openMenu(byId('me-button'), [
    { title: ownNick() },
    { label: 'What can I write?', run: () => void submitLine('/help', parts) },
    { label: 'Go live', run: () => stage.go({ name: 'golive', channel: '' }) },
    { label: 'Log out', run: () => void session.logout().catch((error) => notify(error.message)) },
  ], 'Your account');
});

/** @param {Event} event */
function showUserMenu(event) {
  const { nick, line, anchor } = /** @type {CustomEvent} */ (event).detail;
  const user = room.people.find(nick);
  if (!user) return;
  openUserMenu(anchor, user, room.me, line, {
    command,
    mention: (whom) => composer.insert(`@${whom}`),
    whisper: (whom) => void whispers.open(whom),
    ignores: (whom) => ignores.has(whom),
    ignore,
  });
}

session.addEventListener('changed', () => {
  outbox.clear();
  whispers.clear();
  room.me = null;
  room.forgetAll();
  showIdentity();
  socket.open();
});

showIdentity();
// Lines are drawn with their emotes where those come soon; nobody is kept out because they do not.
const drawn = catalog.load().then(() => view.redraw());
const soon = new Promise((resolve) => setTimeout(resolve, 3000));
await Promise.all([Promise.race([drawn, soon]), session.load()]);
showIdentity();
void stage.start();
socket.open();
