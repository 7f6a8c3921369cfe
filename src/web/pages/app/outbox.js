// Own messages between the Enter key and the server's receipt. Each has a nonce: sent again under the same nonce
// after a lost connection it is stored once, so nothing is lost and nothing is doubled. One is under way at a
// time, which keeps their order whatever happens in between.

/** @typedef {import('./types.js').Pending} Pending */

const kPace = 320;  // ms between two messages, as the server's throttle wants it
const kRetryDelays = [900, 1800, 3600, 7200];  // ms, after "throttled" and "unavailable"; the last one goes on
const kNonceLife = 9 * 60 * 1000;  // ms; the server remembers a nonce for ten minutes
const kAnswerWithin = 10000;  // ms without a receipt until we ask again with the same nonce
const kLimit = 50;

/** Fires `change` whenever the list differs, `refused` (detail {description, ...}) for a refusal. */
export class Outbox extends EventTarget {
  /** @type {Pending[]} */ items = [];
  #send;
  #now;
  #open = false;
  #lastSent = -Infinity;
  /** @type {any} */ #timer;

  /**
   * @param {(text: string, nonce: string) => boolean} send false when not connected
   * @param {() => number} [now]
   */
  constructor(send, now = () => Date.now()) {
    super();
    this.#send = send;
    this.#now = now;
  }

  /** @param {string} text @returns {boolean} false: too many are waiting already */
  add(text) {
    if (this.items.length >= kLimit) return false;
    this.items.push({
      nonce: makeNonce(), text, at: this.#now(), state: 'waiting', tries: 0, seq: 0, echoed: false, reason: '' });
    this.#changed();
    this.#pump();
    return true;
  }

  /** The connection is ready: what was under way goes out again. */
  opened() {
    this.#open = true;
    for (const item of this.items) {
      if (item.state === 'failed' || item.seq > 0) continue;
      if (this.#now() - item.at > kNonceLife) {
        // Too old for the nonce to protect against a double: let the writer decide.
        Object.assign(item, { state: 'failed', reason: 'stale' });
      } else {
        item.state = 'waiting';
      }
    }
    this.#lastSent = -Infinity;
    this.#changed();
    this.#pump();
  }

  closed() {
    this.#open = false;
    clearTimeout(this.#timer);
  }

  /** @param {{nonce?: string, seq?: number}} receipt @param {(seq: number) => boolean} isShown */
  acknowledged(receipt, isShown) {
    const item = this.#find(receipt.nonce);
    if (!item) return;
    item.seq = receipt.seq ?? 0;
    item.state = 'sent';
    // It leaves the list when its line is on screen: a moment later, or now when the line came first.
    if (!item.seq || isShown(item.seq)) this.#remove(item);
    this.#changed();
    this.#pump();
  }

  /** @param {{nonce?: string, description?: string}} refusal @returns {boolean} true: it was retried in silence */
  refused(refusal) {
    const item = this.#find(refusal.nonce);
    if (!item) return false;
    if (item.seq > 0) return true;  // the receipt for the first try has come meanwhile
    const word = refusal.description ?? 'unknown';
    if (this.#worthRetrying(item, word)) {
      Object.assign(item, { state: 'waiting', echoed: false });
      this.#changed();
      this.#pump(kRetryDelays[Math.min(item.tries, kRetryDelays.length) - 1]);
      return true;
    }
    Object.assign(item, { state: 'failed', reason: word, echoed: false });
    this.#changed();
    this.#pump();
    return false;
  }

  /** Everything up to a number is on screen or past. @param {number} lastSeq */
  settle(lastSeq) {
    const left = this.items.filter((item) => item.seq === 0 || item.seq > lastSeq);
    if (left.length === this.items.length) return;
    this.items = left;
    this.#changed();
  }

  /** An own line came on screen. @param {number} seq @param {string} text */
  shown(seq, text) {
    const known = this.items.find((item) => item.seq > 0 && item.seq === seq);
    if (known) {
      this.#remove(known);
      this.#changed();
      return;
    }
    // The line may come before its receipt: it is hidden meanwhile, or it would be seen twice.
    const likely = this.items.find((item) => item.state === 'sent' && !item.seq && !item.echoed && item.text === text);
    if (likely) {
      likely.echoed = true;
      this.#changed();
    }
  }

  /** @param {string} nonce */
  retry(nonce) {
    const item = this.#find(nonce);
    if (!item) return;
    // The old nonce protects against a double as long as the server knows it.
    const stale = this.#now() - item.at > kNonceLife;
    Object.assign(item, { state: 'waiting', tries: 0, reason: '' });
    if (stale) Object.assign(item, { nonce: makeNonce(), at: this.#now() });
    this.#changed();
    this.#pump();
  }

  /** @param {string} nonce */
  discard(nonce) {
    const item = this.#find(nonce);
    if (item) this.#remove(item);
    this.#changed();
    this.#pump();
  }

  clear() {
    this.items = [];
    clearTimeout(this.#timer);
    this.#changed();
  }

  /** Sends the next one, when its time has come. @param {number} [wait] ms */
  #pump(wait = 0) {
    clearTimeout(this.#timer);
    if (!this.#open) return;
    const under = this.items.find((item) => item.state === 'sent' && !item.seq);
    if (under) {
      this.#timer = setTimeout(() => {
        under.state = 'waiting';
        this.#pump();
      }, kAnswerWithin);
      return;
    }
    const next = this.items.find((item) => item.state === 'waiting');
    if (!next) return;
    const delay = Math.max(wait, this.#lastSent + kPace - this.#now());
    if (delay > 0) {
      this.#timer = setTimeout(() => this.#pump(), delay);
      return;
    }
    if (!this.#send(next.text, next.nonce)) return;
    next.state = 'sent';
    next.tries += 1;
    this.#lastSent = this.#now();
    this.#changed();
    this.#pump();
  }

  /**
   * A server in trouble is asked for as long as the nonce protects, a throttle a few times.
   * @param {Pending} item @param {string} word
   */
  #worthRetrying(item, word) {
    if (word === 'unavailable') return this.#now() - item.at < kNonceLife;
    return word === 'throttled' && item.tries <= kRetryDelays.length;
  }

  /** @param {string|undefined} nonce */
  #find(nonce) {
    return nonce === undefined ? undefined : this.items.find((item) => item.nonce === nonce);
  }

  /** @param {Pending} gone */
  #remove(gone) {
    this.items = this.items.filter((item) => item !== gone);
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}

function makeNonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
