import { isObject, isTwinErrorCode, type Json, PROBLEMS, TwinError, type TwinErrorCode } from '@muster/twin';

/** The one place where an answer that is no success becomes an error (RFC 9457); `status` is told where it is not the code's own. */
export async function readProblem(response: Response): Promise<TwinError> {
  const problem = parseProblem(await response.text());
  const code = isTwinErrorCode(problem.code) ? problem.code : codeOfStatus(response.status);
  const detail = typeof problem.detail === 'string' ? problem.detail : `the server answered ${response.status}`;
  const odd = PROBLEMS[code].status === response.status ? {} : { status: response.status };
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

/** The first code of the status; a server that fails otherwise is one that is not available. */
function codeOfStatus(status: number): TwinErrorCode {
  const code = Object.keys(PROBLEMS)
    .filter(isTwinErrorCode)
    .find((one) => PROBLEMS[one].status === status);
  return code ?? (status < 500 ? 'bad-request' : 'unavailable');
}
