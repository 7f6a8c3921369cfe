// The shapes of the video side, as docs/STREAM.md names their members. Types only.

/** @typedef {'offline'|'armed'|'starting'|'live'|'interrupted'} StreamState */

/**
 * @typedef {object} Playback
 * @property {string} hls
 * @property {string|null} [expires_at]  when its address is no longer good; null: it is not the server's own
 */

/**
 * @typedef {object} Stream
 * @property {string} channel
 * @property {string} title
 * @property {string} category
 * @property {string[]} tags
 * @property {string} language
 * @property {boolean} mature
 * @property {'public'|'private'|'subscribers'} visibility
 * @property {StreamState} state
 * @property {string|null} broadcast_id
 * @property {string|number|null} started_at
 * @property {number} viewers
 * @property {string|null} thumbnail
 * @property {Playback|null} playback
 * @property {string} owner
 * @property {{rtmp: string|null, rtmps: string|null}} [ingest] its owner and admins only
 * @property {boolean} [record]                            its owner and admins only
 * @property {string} [key]                                once, in the answer to POST /channels
 */

/**
 * @typedef {object} Vod
 * @property {string} id
 * @property {string} channel
 * @property {string} title
 * @property {string} category
 * @property {string|number} started_at
 * @property {string|number|null} ended_at
 * @property {number} duration_ms
 * @property {'recording'|'finalizing'|'ready'|'failed'} state
 * @property {boolean} pinned
 * @property {'public'|'private'|'subscribers'} visibility
 * @property {number} bytes
 * @property {boolean} [degraded] parts of it are missing
 * @property {string|null} poster
 * @property {Playback|null} playback
 * @property {number} chat_offset_ms
 * @property {number} peak_viewers
 */

/**
 * @typedef {object} Health
 * @property {'offline'|'good'|'warn'|'bad'} state
 * @property {string[]} notes
 * @property {number} bitrate_kbps
 * @property {number} fps
 * @property {number} realtime        media time over wall time
 * @property {number} keyframe_seconds
 * @property {number} width
 * @property {number} height
 * @property {string} video
 * @property {string} audio
 * @property {string|number|null} since
 * @property {number} reconnects
 * @property {{state: string, queue_bytes: number}|null} recording
 */

/**
 * What the page shows on the left.
 * @typedef {{name: 'home'}
 *   | {name: 'watch', channel: string}
 *   | {name: 'streams'}
 *   | {name: 'videos', channel: string}
 *   | {name: 'video', id: string}
 *   | {name: 'golive', channel: string}} Place
 */

/**
 * What stands over the picture when there is none.
 * @typedef {object} Cover
 * @property {'offline'|'waiting'|'interrupted'|'trouble'|'missing'} kind
 * @property {string} title
 * @property {string} note
 */

export {};
