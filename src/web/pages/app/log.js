// The lines of the conversation, in the journal's order and each of them once.

/** @typedef {import('./types.js').Line} Line */

const kLines = 500;
const kSeen = 5000;

/** Fires `add` (detail {line, before}), `change` (detail line), `drop` (detail line) and `reset`. */
export class Log extends EventTarget {
  /** @type {Line[]} */ lines = [];
  /** Highest number that was taken in: where a new connection goes on. */
  lastSeq = 0;
  /** @type {Set<string>} */ #seen = new Set();
  #droppedSeq = 0;
  #local = 0;

  /**
   * @param {Omit<Line, 'key'>} draft `seq` 0: told apart by time, author and text
   * @returns {Line|null} null: it is on screen already, or was
   */
  add(draft) {
    if (this.#contradicts(draft)) this.reset();
    const key = draft.seq > 0 ? `s${draft.seq}` : `${draft.at}:${draft.user?.id ?? 0}:${draft.text}`;
    if (this.#seen.has(key) || (draft.seq > 0 && draft.seq <= this.#droppedSeq)) return null;
    this.#remember(key);
    this.lastSeq = Math.max(this.lastSeq, draft.seq);
    return this.#insert({ ...draft, key });
  }

  /** A line of the page itself, at the end. @param {Omit<Line, 'key'|'seq'|'at'|'user'>} draft */
  addLocal(draft) {
    this.#local += 1;
    return this.#insert({ ...draft, key: `l${this.#local}`, seq: 0, at: Date.now(), user: null });
  }

  /** @param {number} seq */
  has(seq) {
    return this.#seen.has(`s${seq}`) || seq <= this.#droppedSeq;
  }

  /** Something of this number was taken in, though it made no line. @param {unknown} seq */
  noteSeq(seq) {
    if (typeof seq === 'number') this.lastSeq = Math.max(this.lastSeq, seq);
  }

  /**
   * Collapses what somebody has said before a punishment.
   * @param {string} nick @param {string} why @param {number} beforeSeq 0: everything
   */
  collapse(nick, why, beforeSeq) {
    const wanted = nick.toLowerCase();
    for (const line of this.lines) {
      if (line.kind !== 'message' || line.hidden || line.user?.nick.toLowerCase() !== wanted) continue;
      if (beforeSeq > 0 && line.seq > beforeSeq) continue;
      line.hidden = why;
      this.#tell('change', line);
    }
  }

  /** The words of a deleted message leave the page. @param {number} seq @param {string} id */
  erase(seq, id) {
    const line = this.lines.find((each) => (seq > 0 ? each.seq === seq : each.id === id));
    if (!line) return;
    line.deleted = true;
    line.text = '';
    this.#tell('change', line);
  }

  /** @param {Line} line */
  reveal(line) {
    line.hidden = '';
    this.#tell('change', line);
  }

  /** The journal we knew is not the one there is, or somebody else is looking now. */
  reset() {
    this.lines = [];
    this.lastSeq = 0;
    this.#droppedSeq = 0;
    this.#seen.clear();
    this.dispatchEvent(new Event('reset'));
  }

  /** The history that the server holds ends before everything that is here. @param {number} lastSeq */
  isBehind(lastSeq) {
    const first = this.lines.find((line) => line.seq > 0);
    return first !== undefined && lastSeq < first.seq;
  }

  /** The same number with another time: that is another journal. @param {{seq: number, at: number}} draft */
  #contradicts(draft) {
    if (draft.seq === 0 || !this.#seen.has(`s${draft.seq}`)) return false;
    const known = this.lines.find((line) => line.seq === draft.seq);
    return known !== undefined && known.at !== draft.at;
  }

  /** @param {Line} line */
  #insert(line) {
    let index = this.lines.length;
    // Lines come in order; only a history that overlaps what is there may bring an older one.
    if (line.seq > 0) {
      while (index > 0 && this.lines[index - 1].seq > line.seq) index -= 1;
    }
    const before = this.lines[index] ?? null;
    this.lines.splice(index, 0, line);
    this.#tell('add', { line, before });
    while (this.lines.length > kLines) {
      const gone = /** @type {Line} */ (this.lines.shift());
      this.#droppedSeq = Math.max(this.#droppedSeq, gone.seq);
      this.#tell('drop', gone);
    }
    return line;
  }

  /** @param {string} key */
  #remember(key) {
    this.#seen.add(key);
    if (this.#seen.size <= kSeen) return;
    const oldest = this.#seen.values().next().value;
    if (oldest !== undefined) this.#seen.delete(oldest);
  }

  /** @param {string} type @param {any} detail */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
