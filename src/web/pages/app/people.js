// Who is here, as the frames tell.

/** @typedef {import('./types.js').User} User */

/**
 * Fires `change`. Keyed by lower-cased nick; people who left stay known, so that their old lines keep their colours.
 */
export class People extends EventTarget {
  /** @type {Map<string, User>} */ #known = new Map();
  /** @type {Set<string>} */ #here = new Set();
  connections = 0;

  /** @param {string} nick @returns {User|undefined} */
  find(nick) {
    return this.#known.get(nick.toLowerCase());
  }

  /** @returns {User[]} those who are connected */
  here() {
    return [...this.#here].map((key) => this.#known.get(key)).filter((user) => user !== undefined);
  }

  get count() { return this.#here.size; }

  /** @param {{users?: User[], connectioncount?: number}} names */
  replaceAll(names) {
    this.#here.clear();
    for (const user of names.users ?? []) this.#here.add(this.#learnKey(user));
    this.connections = names.connectioncount ?? this.#here.size;
    this.#forget();
    this.#changed();
  }

  /** @param {User} user */
  joined(user) {
    const key = this.#learnKey(user);
    if (!this.#here.has(key)) this.connections += 1;
    this.#here.add(key);
    this.#changed();
  }

  /** @param {User} user */
  left(user) {
    if (this.#here.delete(user.nick.toLowerCase())) this.connections -= 1;
    this.#changed();
  }

  /** @param {User} user @returns {User} what is known now */
  learn(user) {
    return /** @type {User} */ (this.#known.get(this.#learnKey(user)));
  }

  /** @param {User} user */
  updated(user) {
    for (const [key, old] of this.#known) {
      // The id stays when the nick changes.
      if (old.id !== user.id || key === user.nick.toLowerCase()) continue;
      this.#known.delete(key);
      if (this.#here.delete(key)) this.#here.add(user.nick.toLowerCase());
    }
    this.#learnKey(user);
    this.#changed();
  }

  /** @param {User} user */
  #learnKey(user) {
    const key = user.nick.toLowerCase();
    const old = this.#known.get(key);
    this.#known.set(key, {
      id: user.id ?? old?.id ?? 0,
      nick: user.nick,
      features: Array.isArray(user.features) ? user.features : old?.features ?? [],
      roles: Array.isArray(user.roles) ? user.roles : old?.roles ?? [],
      createdDate: user.createdDate ?? old?.createdDate,
    });
    return key;
  }

  /** A page that stays open for weeks must not collect everybody who ever came by. */
  #forget() {
    if (this.#known.size < 20000) return;
    for (const key of this.#known.keys()) {
      if (!this.#here.has(key)) this.#known.delete(key);
    }
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}
