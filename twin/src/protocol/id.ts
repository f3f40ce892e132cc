import { TwinError } from './error.js';

const ID = /^[A-Za-z0-9][A-Za-z0-9._:~@-]{0,127}$/;

/** Whether the value is a valid id of a device or configuration (PROTOCOL, Identity). */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}

export function checkId(value: unknown): string {
  if (isId(value)) return value;
  throw new TwinError(
    'bad-id',
    'an id begins with a letter or digit and has 1 to 128 of the characters A-Z a-z 0-9 . _ : ~ @ -',
  );
}
