// Numbers and times of the video side as people read them. Pure.
import { lengthInWords, parseDate } from '../time.js';

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const dayFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** @param {number} count @returns {string} "1 viewer", "1.2K viewers" */
export function viewersText(count) {
  const whole = Math.max(0, Math.round(Number(count) || 0));
  return whole === 1 ? '1 viewer' : `${compact.format(whole)} viewers`;
}

/**
 * @param {string|number|null} startedAt
 * @param {number} now ms
 * @returns {string} "just started", "live for 1 hour 5 minutes"; "" when nobody knows
 */
export function sinceText(startedAt, now) {
  const seconds = (now - parseDate(startedAt)) / 1000;
  if (!Number.isFinite(seconds)) return '';
  if (seconds < 60) return 'just started';
  return `live for ${lengthInWords(Math.floor(seconds / 60) * 60)}`;
}

/** A place in a film. @param {number} seconds @returns {string} "2:03", "1:02:03" */
export function positionText(seconds) {
  const whole = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const pad = (/** @type {number} */ n) => String(n).padStart(2, '0');
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

/** @param {number} bytes @returns {string} "830 kB", "1.2 GB" */
export function bytesText(bytes) {
  let rest = Math.max(0, Number(bytes) || 0);
  if (rest < 1000) return `${Math.round(rest)} bytes`;
  for (const unit of ['kB', 'MB', 'GB', 'TB']) {
    rest /= 1000;
    if (rest < 999.5 || unit === 'TB') return `${rest < 9.95 ? rest.toFixed(1) : Math.round(rest)} ${unit}`;
  }
  return '';
}

/** @param {number} kbps @returns {string} "640 kb/s", "2.5 Mb/s" */
export function bitrateText(kbps) {
  const value = Math.max(0, Number(kbps) || 0);
  return value < 1000 ? `${Math.round(value)} kb/s` : `${(value / 1000).toFixed(1)} Mb/s`;
}

/** How far the picture is behind what happens. @param {number} seconds @returns {string} "1.6 s", "2 min"; "" */
export function latencyText(seconds) {
  if (!Number.isFinite(seconds) || seconds < 0) return '';
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

/** A shift of the chat. @param {number} ms @returns {string} "+1.5 s", "−3.0 s", "0.0 s" */
export function shiftText(ms) {
  const tenths = Math.round(ms / 100);
  const sign = tenths > 0 ? '+' : tenths < 0 ? '\u2212' : '';
  return `${sign}${(Math.abs(tenths) / 10).toFixed(1)} s`;
}

/** @param {string|number|null} value a date of the server @returns {string} "2 Jan 2026, 14:03" or "" */
export function dayText(value) {
  const ms = parseDate(value);
  return Number.isFinite(ms) ? dayFormat.format(ms) : '';
}
