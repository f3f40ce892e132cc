const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

/** About how long, in whole seconds rounded up: the two largest units, such as `23h 12m`. */
export function spanText(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1_000));
  const first = UNITS.findIndex(([, length]) => seconds >= length);
  if (first < 0) return '0s';
  const parts: string[] = [];
  let rest = seconds;
  for (const [name, length] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) parts.push(`${count}${name}`);
  }
  return parts.join(' ');
}
