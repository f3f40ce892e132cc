/** The server could not be reached, or the connection broke. The request may have taken effect. */
export class NetworkError extends Error {
  /** Method and URL of the request. */
  readonly request: string;

  constructor(request: string, cause: unknown) {
    super(`${request} failed: ${reasonOf(cause)}`, { cause });
    this.name = 'NetworkError';
    this.request = request;
  }
}

/** `fetch` reports only "fetch failed"; the reason is in its cause. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? cause.cause.message || reasonCode(cause.cause) : cause.message;
}

function reasonCode(error: Error): string {
  return 'code' in error ? String(error.code) : error.name;
}
