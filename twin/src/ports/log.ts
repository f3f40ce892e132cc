/** Writes one line of the log. Details never contain secrets, tokens or documents of devices. */
export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  details?: Readonly<Record<string, unknown>>,
) => void;
