// When to connect again after a connection ended. Pure: the numbers go in, the decision comes out.

/**
 * @typedef {object} Ending
 * @property {number} code    WebSocket close code
 * @property {string} reason  close reason
 * @property {boolean} live   the connection had been in use
 * @property {number} attempt how many attempts have failed in a row, 0 after a good connection
 * @property {string} refusal last ERR word that forbids coming back: "banned", "toomanyconnections" or ""
 */

/**
 * @param {Ending} ending
 * @param {() => number} [random] 0 <= x < 1
 * @returns {{stop: string} | {delay: number}} `stop` names the reason; `delay` is in ms
 */
export function afterClose(ending, random = Math.random) {
  const { code, reason, live, attempt, refusal } = ending;
  if (refusal) return { stop: refusal };
  if (code === 1008 && reason === 'banned') return { stop: 'banned' };
  const spread = (/** @type {number} */ low, /** @type {number} */ high) => low + random() * (high - low);
  // A planned restart asks us back at once; a little spread keeps a whole room from arriving together.
  if (live && code === 1001) return { delay: spread(0, 400) };
  if (live && code === 1012) return { delay: spread(0, 2000) };
  if (code === 1013) return { delay: spread(5000, 15000) };
  if (live) return { delay: spread(500, 3000) };
  const ceiling = Math.min(30000, 1500 * 2 ** Math.min(attempt, 6));
  return { delay: spread(ceiling / 2, ceiling) };
}
