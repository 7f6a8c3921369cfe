// Requests to the server this page came from. Cookies say who asks; no token is ever kept by the page.

const kAnswerWithin = 15000;  // ms; what hangs for longer has been lost on its way

/** A refusal, in the server's words (problem document) or ours. */
export class Refusal extends Error {
  /**
   * @param {number} status 0: the server could not be reached
   * @param {string} code stable word
   * @param {string} detail sentence
   * @param {number} retryAfter seconds, 0 when unknown
   */
  constructor(status, code, detail, retryAfter) {
    super(detail);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** What was asked for is not there, or not for us. @param {unknown} error */
export function isWithheld(error) {
  return error instanceof Refusal && [401, 403, 404].includes(error.status);
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body] sent as JSON
 * @param {RequestCache} [cache] `default` for what does not change any more
 * @returns {Promise<any>} the parsed answer, null when it is empty
 * @throws {Refusal}
 */
export async function request(method, path, body, cache = 'no-store') {
  /** @type {Record<string, string>} */
  const headers = { Accept: 'application/json' };
  if (method !== 'GET') headers['X-CSRF-Guard'] = 'YEE';
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response;
  let text = '';
  try {
    response = await fetch(path, {
      method, headers, credentials: 'same-origin', cache, signal: AbortSignal.timeout(kAnswerWithin),
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    text = await response.text();
  } catch {
    throw new Refusal(0, 'unreachable', 'The server cannot be reached right now.', 0);
  }
  const answer = parse(text);
  if (!response.ok) {
    const problem = answer && typeof answer === 'object' ? answer : {};
    throw new Refusal(
      response.status, String(problem.code ?? problem.error ?? ''),
      String(problem.detail ?? problem.message ?? problem.title ?? `The server answered ${response.status}.`),
      Number(response.headers.get('Retry-After')) || 0);
  }
  return answer;
}

/** @param {string} text @returns {any} */
function parse(text) {
  if (!text) return null;
  try { return JSON.parse(text); } catch { return null; }
}
