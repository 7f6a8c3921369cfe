// The sentences of lines that are no messages.
import { lengthInWords } from './time.js';

/**
 * @param {string} mark "mute", "ban", "death", "unmute", "unban", "subonly", "addphrase", "removephrase"
 * @param {any} data
 * @param {{isMe: (nick: string) => boolean}} room
 * @returns {string}
 */
export function punishmentText(mark, data, room) {
  const by = data.nick || 'The chat';
  const whom = room.isMe(data.data) ? 'you' : data.data;
  const long = data.duration > 0 ? ` for ${lengthInWords(data.duration)}` : '';
  switch (mark) {
    case 'mute': return `${by} muted ${whom}${long}.`;
    case 'unmute': return `${by} unmuted ${whom}.`;
    case 'ban': return `${by} banned ${whom}.`;
    case 'unban': return `${by} lifted the ban of ${whom}.`;
    case 'death': return `${by} ${data.data || 'is gone'}${long ? ` (muted${long})` : ''}`;
    case 'subonly':
      if (data.data !== 'on') return `${by} opened the chat for everyone.`;
      return data.tier > 1 ? `${by} set the chat to subscribers of tier ${data.tier} and up.`
        : `${by} set the chat to subscribers only.`;
    case 'addphrase': return `${by} blocked the phrase “${data.data}”.`;
    case 'removephrase': return `${by} allowed the phrase “${data.data}” again.`;
    default: return String(data.data ?? '');
  }
}

/** @param {string} event @param {any} data @returns {string} */
export function paidText(event, data) {
  const who = data.user?.nick ?? data.nick ?? 'Somebody';
  const said = data.data ? ` “${data.data}”` : '';
  const tier = data.tierLabel ?? (data.tier ? `Tier ${data.tier}` : '');
  switch (event) {
    case 'SUBSCRIPTION':
      return `${who} subscribed (${tier})${data.streak > 1 ? `, ${data.streak} months in a row` : ''}.${said}`;
    case 'GIFTSUB': return `${who} gave ${data.recipient?.nick ?? 'somebody'} a subscription (${tier}).${said}`;
    case 'MASSGIFT': return `${who} gave ${Number(data.quantity) || 0} subscriptions (${tier}) to the chat.${said}`;
    case 'DONATION': return `${who} donated $${((Number(data.amount) || 0) / 100).toFixed(2)}.${said}`;
    case 'XPOST': return `@${data.handle ?? ''} posted: ${data.text ?? ''} ${data.url ?? ''}`;
    default: return String(data.data ?? '');
  }
}
