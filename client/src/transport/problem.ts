import { isObject, isTwinErrorCode, type Json, PROBLEMS, TwinError, type TwinErrorCode } from '@muster/twin';

/** Turns an error response (RFC 9457) into a TwinError; `details.status` is set if the code has another status. */
export async function readProblem(response: Response): Promise<TwinError> {
  const problem = parseProblem(await response.text());
  const code = isTwinErrorCode(problem.code) ? problem.code : codeOfStatus(response.status);
  const detail = typeof problem.detail === 'string' ? problem.detail : `the server answered ${response.status}`;
  const odd = PROBLEMS[code].status === response.status ? {} : { status: response.status };
  return new TwinError(code, detail, { ...detailsOf(problem), ...odd });
}

/** A proxy in front may answer with a page of its own; only its status is usable. */
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

/** Returns the first code with the status; other server errors count as `unavailable`. */
function codeOfStatus(status: number): TwinErrorCode {
  const code = Object.keys(PROBLEMS)
    .filter(isTwinErrorCode)
    .find((one) => PROBLEMS[one].status === status);
  return code ?? (status < 500 ? 'bad-request' : 'unavailable');
}
