// Whom this reader does not want to hear, kept on this device.

const kKey = 'strims.ignored';
const kMost = 500;

export class Ignores {
  /** @type {Set<string>} */ #nicks = new Set(read());

  /** @param {string} nick */
  has(nick) { return this.#nicks.has(nick.toLowerCase()); }

  /** @param {string} nick @param {boolean} on */
  set(nick, on) {
    if (on) this.#nicks.add(nick.toLowerCase());
    else this.#nicks.delete(nick.toLowerCase());
    localStorage.setItem(kKey, JSON.stringify([...this.#nicks].slice(-kMost)));
  }
}

/** @returns {string[]} */
function read() {
  try {
    const saved = JSON.parse(localStorage.getItem(kKey) ?? '[]');
    return Array.isArray(saved) ? saved.filter((nick) => typeof nick === 'string') : [];
  } catch {
    return [];
  }
}
