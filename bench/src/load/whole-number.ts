/** Returns the number of an argument, or the default if it is absent. Throws if it is not a whole number from 1. */
export function wholeNumber(text: string | undefined, byDefault: number): number {
  if (text === undefined) return byDefault;
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`write a whole number from 1, not ${text}`);
  return Number(text);
}
