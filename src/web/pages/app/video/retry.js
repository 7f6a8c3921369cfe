// When a player that failed is built anew. Pure.

/**
 * @param {number} attempt how many have failed in a row before, 0 for the first
 * @param {() => number} [random] 0 <= x < 1
 * @returns {number} ms; half a second at first, ten seconds at most
 */
export function rebuildDelay(attempt, random = Math.random) {
  const ceiling = Math.min(10000, 800 * 2 ** Math.min(attempt, 6));
  return ceiling * (0.6 + 0.4 * random());
}
