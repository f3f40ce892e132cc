/** The server was not reached, or the connection broke: whether the request took effect is not known. */
export class NetworkError extends Error {
  /** Method and URL of the request. */
  readonly request: string;

  constructor(request: string, cause: unknown) {
    super(`${request} failed: ${reasonOf(cause)}`, { cause });
    this.name = 'NetworkError';
    this.request = request;
  }
}

/** `fetch` says only "fetch failed" and keeps the reason one level down. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? cause.cause.message || reasonCode(cause.cause) : cause.message;
}

function reasonCode(error: Error): string {
  return 'code' in error ? String(error.code) : error.name;
}
