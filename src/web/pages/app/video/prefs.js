// What the reader has chosen for all players on this computer. A browser that keeps nothing gets the defaults.

/**
 * @typedef {object} Prefs
 * @property {number} volume 0 to 1
 * @property {boolean} muted
 * @property {boolean} chosen false: nobody has touched it yet
 */

const kKey = 'strims.player';

/** @returns {Prefs} silent at first: nobody wants to be shouted at by a page he has just opened */
export function readPrefs() {
  const fallback = { volume: 0.8, muted: true, chosen: false };
  try {
    const kept = JSON.parse(localStorage.getItem(kKey) ?? '{}');
    if (typeof kept.volume !== 'number' || typeof kept.muted !== 'boolean') return fallback;
    return { volume: Math.min(1, Math.max(0, kept.volume)), muted: kept.muted, chosen: true };
  } catch {
    return fallback;
  }
}

/** @param {Prefs} prefs */
export function keepPrefs(prefs) {
  try { localStorage.setItem(kKey, JSON.stringify(prefs)); } catch { /* The choice holds for this page. */ }
}
