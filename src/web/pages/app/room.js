// What the frames of the server mean: each one changes the log, the people, or the state of the room.
import { Log } from './log.js';
import { People } from './people.js';
import { paidText, punishmentText } from './lines.js';
import { fillGap } from './catchup.js';
import { parseFrame } from './frames.js';

/** @typedef {import('./types.js').User} User */

/**
 * @typedef {object} Poll
 * @property {string} question
 * @property {string[]} options
 * @property {number[]} totals
 * @property {number} endsAt ms, by this computer's clock
 * @property {number} myVote 1-based, 0: none
 * @property {boolean} canVote
 * @property {boolean} weighted
 * @property {boolean} over
 * @property {string} nick
 */

/**
 * Fires `me`, `history`, `poll`, `pin`, `muted`, `line` (detail {line, live}), `whisper`, `whispersent`, `receipt`,
 * `refused`, `banned` and `reload`.
 */
export class Room extends EventTarget {
  log = new Log();
  people = new People();
  /** @type {User|null} */ me = null;
  /** @type {Poll|null} */ poll = null;
  /** @type {{nick: string, text: string, uuid: string, at: number}|null} */ pin = null;
  /** When the own mute ends, ms; 0: not muted. */
  mutedUntil = 0;
  subscribersOnly = 0;
  /** Inside a replay nothing rings. */
  #replaying = false;

  /** @param {string} event @param {any} data */
  apply(event, data) {
    const handler = handlers[event];
    if (!handler) return;
    if (data !== null && typeof data === 'object' && !Array.isArray(data)) this.#learn(data);
    handler.call(this, data, event);
  }

  /** Polls are told anew by the next connection. */
  connectionLost() {
    this.#set('poll', null);
  }

  /** Somebody else is looking at this page now. */
  forgetAll() {
    this.log.reset();
    this.mutedUntil = 0;
    this.#set('poll', null);
    this.#set('pin', null);
    this.tell('muted');
  }

  /** @param {string} type @param {any} [detail] */
  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** @param {string} nick */
  isMe(nick) {
    return this.me !== null && String(nick).toLowerCase() === this.me.nick.toLowerCase();
  }

  /** The tail of the journal, with what was on screen before a reconnect in it. @param {unknown[]} raw */
  replay(raw) {
    const frames = raw.filter((frame) => typeof frame === 'string').map(parseFrame);
    const numbers = frames.map(({ data }) => Number(data?.seq) || 0).filter((seq) => seq > 0);
    if (this.log.isBehind(Math.max(0, ...numbers))) this.log.reset();
    const known = this.log.lastSeq;
    this.#replaying = true;
    for (const { event, data } of frames) {
      this.apply(event, data);
      this.log.noteSeq(data?.seq);
    }
    this.#replaying = false;
    if (known > 0 && numbers[0] > known + 1) void fillGap(this, known, numbers[0]);
  }

  /**
   * A line of the journal.
   * @param {any} data payload of its frame
   * @param {Pick<import('./types.js').Line, 'kind'|'text'> & Partial<import('./types.js').Line>} draft
   */
  addLine(data, draft) {
    const user = data.user?.nick ? data.user : data.nick ? data : null;
    const line = this.log.add({
      seq: Number(data.seq) || 0,
      at: Number(data.timestamp) || Date.now(),
      user: user && user.id !== -1 ? { ...this.people.learn(user) } : null,
      ...draft,
    });
    if (line) this.tell('line', { line, live: !this.#replaying });
    return line;
  }

  /** @param {any} data @param {string} mark */
  addNews(data, mark) {
    return this.addLine(data, { kind: 'info', mark, text: punishmentText(mark, data, this) });
  }

  /** @param {number} until ms */
  setMuted(until) {
    this.mutedUntil = until > Date.now() ? until : 0;
    this.tell('muted');
  }

  /** @param {'poll'|'pin'} what @param {any} value */
  set(what, value) { this.#set(what, value); }

  /** @param {'poll'|'pin'} what @param {any} value */
  #set(what, value) {
    this[what] = value;
    this.tell(what);
  }

  /** @param {any} data */
  #learn(data) {
    if (data.user?.nick && data.user.id !== -1) this.people.learn(data.user);
    else if (typeof data.nick === 'string' && data.nick && Array.isArray(data.features)) this.people.learn(data);
    if (data.recipient?.nick) this.people.learn(data.recipient);
  }
}

/** @param {string} mark @param {string} why what the collapsed lines say */
const punishment = (mark, why) => /** @this {Room} @param {any} data */ function (data) {
  const target = mark === 'death' ? data.nick : data.data;
  const fresh = this.addNews(data, mark);
  if (!fresh) return;
  this.log.collapse(target, why, fresh.seq);
  if (!this.isMe(target)) return;
  if (mark === 'ban') this.tell('banned');
  else if (data.duration > 0) this.setMuted(fresh.at + data.duration * 1000);
};

/** @param {string} mark */
const pardon = (mark) => /** @this {Room} @param {any} data */ function (data) {
  if (this.addNews(data, mark) && this.isMe(data.data)) this.setMuted(0);
};

/** @param {string} mark */
const news = (mark) => /** @this {Room} @param {any} data */ function (data) { this.addNews(data, mark); };

/** @this {Room} @param {any} data @param {string} event */
function paid(data, event) {
  this.addLine(data, { kind: 'paid', mark: event.toLowerCase(), text: paidText(event, data) });
}

/** @type {Record<string, (this: Room, data: any, event: string) => void>} */
const handlers = {
  ME(data) {
    this.me = data?.nick ? this.people.learn(data) : null;
    this.tell('me');
  },
  NAMES(data) { this.people.replaceAll(data ?? {}); },
  JOIN(data) { this.people.joined(data); },
  QUIT(data) { this.people.left(data); },
  UPDATEUSER(data) {
    this.people.updated(data);
    if (this.me && this.me.id === data.id) {
      this.me = this.people.learn(data);
      this.tell('me');
    }
  },
  HISTORY(data) {
    this.replay(Array.isArray(data) ? data : []);
    this.tell('history');
  },
  MSG(data) { this.addLine(data, { kind: 'message', text: String(data.data ?? '') }); },
  DELETE(data) {
    this.log.noteSeq(data.seq);
    this.log.erase(Number(data.targetSeq) || 0, String(data.data));
  },
  BROADCAST(data) { this.addLine(data, { kind: 'broadcast', text: String(data.data ?? '') }); },
  MUTE: punishment('mute', 'muted'),
  BAN: punishment('ban', 'banned'),
  DEATH: punishment('death', 'gone'),
  UNMUTE: pardon('unmute'),
  UNBAN: pardon('unban'),
  SUBONLY(data) {
    this.subscribersOnly = data.data === 'on' ? Number(data.tier) || 1 : 0;
    if (data.nick) this.addNews(data, 'subonly');
  },
  ADDPHRASE: news('addphrase'),
  REMOVEPHRASE: news('removephrase'),
  SUBSCRIPTION: paid, GIFTSUB: paid, MASSGIFT: paid, DONATION: paid, XPOST: paid,
  PIN(data) {
    const text = String(data?.data ?? '');
    this.set('pin', text ? { nick: data.nick ?? '', text, uuid: String(data.uuid ?? ''), at: data.timestamp } : null);
  },
  POLLSTART(data) {
    const skew = Date.now() - Date.parse(data.now);
    this.set('poll', {
      question: String(data.question ?? ''), options: data.options ?? [], totals: data.totals ?? [],
      endsAt: Date.parse(data.start) + Number(data.time) + (Number.isFinite(skew) ? skew : 0),
      myVote: Number(data.myvote) || 0, canVote: data.canvote === true, weighted: data.weighted === true,
      over: false, nick: data.nick ?? '',
    });
  },
  VOTECAST(data) {
    this.log.noteSeq(data.seq);
    const option = Number(data.vote) - 1;
    if (!this.poll || !(option in this.poll.totals)) return;
    this.poll.totals[option] += Number(data.quantity) || 0;
    this.tell('poll');
  },
  VOTECOUNTED(data) {
    if (!this.poll) return;
    this.poll.myVote = Number(data.vote);
    this.tell('poll');
  },
  POLLSTOP(data) {
    this.log.noteSeq(data?.seq);
    if (!this.poll) return;
    if (Array.isArray(data?.totals)) this.poll.totals = data.totals;
    this.poll.over = true;
    this.tell('poll');
  },
  PRIVMSG(data) { this.tell('whisper', data); },
  PRIVMSGSENT(data) { this.tell('whispersent', data); },
  ACK(data) { this.tell('receipt', data); },
  ERR(data) {
    if (data?.description === 'muted') this.setMuted(Date.now() + (Number(data.muteTimeLeft) || 0) * 1000);
    this.tell('refused', data);
  },
  RESUME(data) {
    if (data?.recovered !== false) return;
    const from = Number(data.from) || 0;
    const missing = from - this.log.lastSeq - 1;
    this.set('pin', null);  // its end may be in what is missing; the server tells when there is one
    // A journal that is behind what we saw is another journal: start over.
    if (missing < 0) this.log.reset();
    else if (missing > 0) {
      this.log.addLocal({ kind: 'gap', text: `You were away for long: ${missing} entries are not shown here.` });
    }
  },
  RELOAD() { this.tell('reload'); },
};
