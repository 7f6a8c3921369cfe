// What the server's short words mean, as sentences for people.
import { lengthInWords } from './time.js';

/** @type {Record<string, string>} */
const sentences = {
  nopermission: 'You are not allowed to do that.',
  protocolerror: 'The server did not understand that. Please check what you typed.',
  needlogin: 'Log in first, then you can join the conversation.',
  msgempty: 'There is nothing in that message.',
  msgtoolong: 'That message is longer than 512 characters.',
  invalidmsg: 'That message is empty, too long, or has characters that are not allowed here.',
  throttled: 'That was quick. Wait a moment before you send more.',
  duplicate: 'You have just said exactly that.',
  banned: 'You are banned from this chat.',
  needbanreason: 'A ban needs a reason.',
  privmsgbanned: 'You cannot whisper while you are banned.',
  privmsgaccounttooyoung: 'Your account is too young to whisper. Try again in some days.',
  notfound: 'Nobody by that name is known here.',
  toomanyconnections: 'You have this chat open in too many places. Close one of them, then try again.',
  activepoll: 'A poll is running already.',
  noactivepoll: 'No poll is running.',
  alreadyvoted: 'You have voted already.',
  nochatting: 'Your account may not chat at the moment.',
  duplicatephrase: 'That phrase is on the list already.',
  nophrase: 'That phrase is not on the list.',
  invalidphrase: 'That is not a phrase which can be blocked. Is the pattern complete?',
  cantbanprotected: 'Protected people cannot do that.',
  cantremoveevent: 'That event cannot be removed.',
  requiresocket: 'That works only while the chat is connected.',
  notconnected: 'Not connected yet. Your words stay here until we are.',
  unavailable: 'The server is in trouble and cannot take messages right now. They are kept and sent again.',
  stale: 'The connection was away for too long.',
  revoked: 'You have been logged out.',
  unknown: 'Something went wrong on the server.',
  unreachable: 'The server cannot be reached right now.',
};

/**
 * The payload of an ERR frame as a sentence.
 * @param {{description?: string, muteTimeLeft?: number, tier?: number, filtered?: string}} refusal
 * @returns {string}
 */
export function explain(refusal) {
  const word = String(refusal?.description ?? 'unknown');
  if (word === 'muted') {
    const left = Number(refusal.muteTimeLeft);
    return left > 0 ? `You are muted for another ${lengthInWords(left)}.` : 'You are muted.';
  }
  if (word === 'submode') {
    const tier = Number(refusal.tier) || 1;
    return tier > 1 ? `Only subscribers of tier ${tier} and up can write at the moment.`
      : 'Only subscribers can write at the moment.';
  }
  if (word === 'bannedphrase') {
    return refusal.filtered ? `Your message has a blocked phrase in it: ${refusal.filtered}`
      : 'Your message has a blocked phrase in it.';
  }
  return sentences[word] ?? `The server said: ${word}`;
}
