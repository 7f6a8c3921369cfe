// The chat's frames: `EVENT json`, one per WebSocket message.

/**
 * @param {string} raw
 * @returns {{event: string, data: any}} what is no JSON stays a string
 */
export function parseFrame(raw) {
  const space = raw.indexOf(' ');
  if (space < 0) return { event: raw.toUpperCase(), data: '' };
  const text = raw.slice(space + 1);
  let data;
  try { data = JSON.parse(text); } catch { data = text; }
  return { event: raw.slice(0, space).toUpperCase(), data };
}

/**
 * @param {string} event
 * @param {unknown} data
 */
export const makeFrame = (event, data) => `${event} ${JSON.stringify(data)}`;
