const SECOND_MS = 1_000;

/** The last second whose text was made, and that text up to the dot. */
let second = Number.NaN;
let text = '';

/** Returns milliseconds since 1970 as an RFC 3339 text in UTC. Every change has one, mostly of the current second. */
export function timeText(milliseconds: number): string {
  const rest = milliseconds % SECOND_MS;
  if (milliseconds - rest !== second) {
    second = milliseconds - rest;
    text = new Date(second).toISOString().slice(0, -4);
  }
  return `${text}${String(rest).padStart(3, '0')}Z`;
}
