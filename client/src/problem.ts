import { isObject, type Json, TwinError, type TwinErrorCode } from '@muster/twin';

/** The one place where an answer that is no success becomes an error (RFC 9457); `status` is told where it is not the code's own. */
export async function readProblem(response: Response): Promise<TwinError> {
  const problem = parseProblem(await response.text());
  const code = isCode(problem.code) ? problem.code : codeOfStatus(response.status);
  const detail = typeof problem.detail === 'string' ? problem.detail : `the server answered ${response.status}`;
  const odd = STATUS_OF[code] === response.status ? {} : { status: response.status };
  return new TwinError(code, detail, { ...detailsOf(problem), ...odd });
}

/** What stands in front of a server answers with pages of its own: nothing of those is known but the status. */
function parseProblem(text: string): { readonly [name: string]: Json } {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

const STANDARD = new Set(['type', 'title', 'status', 'code', 'detail', 'instance']);

function detailsOf(problem: { readonly [name: string]: Json }): Record<string, string | number> {
  const isDetail = (entry: [string, Json]): entry is [string, string | number] =>
    !STANDARD.has(entry[0]) && (typeof entry[1] === 'string' || typeof entry[1] === 'number');
  return Object.fromEntries(Object.entries(problem).filter(isDetail));
}

const STATUS_OF: Record<TwinErrorCode, number> = {
  'bad-request': 400,
  'bad-condition': 400,
  'bad-id': 400,
  malformed: 400,
  'too-large': 400,
  'too-deep': 400,
  'too-many-keys': 400,
  'bad-number': 400,
  'bad-key': 400,
  'unknown-version': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  'precondition-failed': 412,
  'body-too-large': 413,
  'unsupported-media-type': 415,
  'rate-limited': 429,
  unavailable: 503,
};

function isCode(code: Json | undefined): code is TwinErrorCode {
  return typeof code === 'string' && Object.hasOwn(STATUS_OF, code);
}

/** The first code of the status; a server that fails otherwise is one that is not available. */
function codeOfStatus(status: number): TwinErrorCode {
  const codes = Object.keys(STATUS_OF) as TwinErrorCode[];
  const fallback = status < 500 ? 'bad-request' : 'unavailable';
  return codes.find((code) => STATUS_OF[code] === status) ?? fallback;
}
