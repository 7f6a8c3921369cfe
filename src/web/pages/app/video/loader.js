// hls.js, fetched when there is something to play. It comes from npm when the program is built (src/web/package.json);
// a program that was built without it, or a browser that it cannot work in, plays with what the browser has itself.

const kModule = '/app/vendor/hls.light.min.mjs';
/** A file, not a blob: the page's policy allows workers of this site only. */
export const kWorker = '/app/vendor/hls.worker.js';

/** @type {Promise<any>|null} */ let loading = null;

/** @returns {Promise<any>} the class Hls, or null */
export function loadHls() {
  loading ??= fetchHls();
  return loading;
}

async function fetchHls() {
  try {
    const { default: Hls } = await import(kModule);
    return Hls?.isSupported() ? Hls : null;
  } catch {
    loading = null;  // the network may be better next time
    return null;
  }
}

/** @param {HTMLVideoElement} video */
export const playsHlsItself = (video) => video.canPlayType('application/vnd.apple.mpegurl') !== '';

/** `?player=native` leaves hls.js out, `?player=plain` its low latency: for looking into trouble. */
export const wish = new URLSearchParams(globalThis.location?.search ?? '').get('player') ?? '';
