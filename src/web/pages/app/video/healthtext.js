// A stream's health in words. Pure.
import { lengthInWords, parseDate } from '../time.js';
import { bitrateText, bytesText } from './format.js';

/** @typedef {import('./types.js').Health} Health */

/** @param {Health} health @returns {string} */
export function healthTitle(health) {
  switch (health.state) {
    case 'good': return 'Everything arrives as it should.';
    case 'warn': return 'It arrives, but not quite as it should.';
    case 'bad': return 'Viewers will notice trouble.';
    default: return 'Nothing arrives at the moment.';
  }
}

/**
 * @param {Health} health
 * @param {number} now ms
 * @returns {[string, string][]} name and value; what is not known is left out
 */
export function healthRows(health, now) {
  if (health.state === 'offline') return [];
  /** @type {[string, string][]} */
  const rows = [];
  const add = (/** @type {string} */ name, /** @type {string|false|null|undefined} */ value) => {
    if (value) rows.push([name, value]);
  };
  add('Bitrate', health.bitrate_kbps > 0 && bitrateText(health.bitrate_kbps));
  add('Pictures', health.fps > 0 && `${Math.round(health.fps * 10) / 10} a second`);
  add('Keyframe', health.keyframe_seconds > 0 && `every ${Math.round(health.keyframe_seconds * 10) / 10} s`);
  add('Speed', health.realtime > 0 && `${Math.round(health.realtime * 100)} % of real time`);
  add('Size', health.width > 0 && `${health.width} × ${health.height}`);
  add('Video', codecName(health.video) || 'none');
  add('Audio', codecName(health.audio) || 'none');
  const seconds = (now - parseDate(health.since)) / 1000;
  add('Connected', seconds >= 0 && `for ${lengthInWords(seconds)}`);
  add('Reconnects', health.reconnects > 0 && String(health.reconnects));
  add('Recording', health.recording && recordingText(health.recording));
  return rows;
}

const codecs = [
  ['avc1', 'H.264'], ['hvc1', 'HEVC'], ['hev1', 'HEVC'], ['av01', 'AV1'], ['mp4a.40', 'AAC'], ['opus', 'Opus'],
];

/** "avc1.64001f" as people call it. @param {string} codec */
function codecName(codec) {
  const word = String(codec ?? '');
  return codecs.find(([sign]) => word.toLowerCase().startsWith(sign))?.[1] ?? word;
}

/** @param {{state: string, queue_bytes: number}} recording */
function recordingText(recording) {
  const queue = recording.queue_bytes > 1e6 ? `, ${bytesText(recording.queue_bytes)} wait for the disk` : '';
  return `${recording.state}${queue}`;
}
