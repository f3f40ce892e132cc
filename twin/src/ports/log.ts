/** Where a part says what happened. Details never hold secrets, tokens or documents of devices. */
export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  details?: Readonly<Record<string, unknown>>,
) => void;
