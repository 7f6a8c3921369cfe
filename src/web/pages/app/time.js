// Times as people read them.

const clockFormat = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const fullFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** @param {number} ms @returns {string} "14:03" */
export const clock = (ms) => clockFormat.format(ms);

/** @param {number} ms @returns {string} date and time to the second */
export const fullTime = (ms) => fullFormat.format(ms);

/**
 * A running count-down.
 * @param {number} seconds
 * @returns {string} "0:42", "9:05", "2:00:00", "3 d 4 h"
 */
export function countdown(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const days = Math.floor(whole / 86400);
  const hours = Math.floor((whole % 86400) / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const pad = (/** @type {number} */ n) => String(n).padStart(2, '0');
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours}:${pad(minutes)}:${pad(whole % 60)}`;
  return `${minutes}:${pad(whole % 60)}`;
}

/**
 * A length of time in words.
 * @param {number} seconds
 * @returns {string} "10 minutes", "1 hour 30 minutes"
 */
export function lengthInWords(seconds) {
  const parts = [];
  let rest = Math.max(0, Math.round(seconds));
  for (const [word, size] of /** @type {[string, number][]} */ ([
    ['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]])) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${word}${count === 1 ? '' : 's'}`);
  }
  return parts.slice(0, 2).join(' ') || '0 seconds';
}

const unitSeconds = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 };

/**
 * @param {string} word "90", "90s", "10m", "2h", "7d", "1w"; without a unit: seconds
 * @returns {number|null} seconds, or null when it is no length of time
 */
export function parseLength(word) {
  const match = /^(\d{1,9})([smhdw]?)[a-z]*$/i.exec(word);
  if (!match) return null;
  const unit = /** @type {keyof typeof unitSeconds} */ (match[2].toLowerCase() || 's');
  return Number(match[1]) * unitSeconds[unit];
}

/**
 * Dates as the different answers of the server write them ("2026-01-02 03:04:05" is UTC).
 * @param {string|number|null|undefined} value
 * @returns {number} ms since the epoch, NaN when it cannot be read
 */
export function parseDate(value) {
  if (typeof value === 'number') return value;
  if (!value) return NaN;
  let text = value.trim().replace(/^(\d{4}-\d\d-\d\d) /, '$1T').replace(/([+-]\d\d)(\d\d)$/, '$1:$2');
  if (!/(Z|[+-]\d\d:\d\d)$/.test(text)) text += 'Z';
  return Date.parse(text);
}
