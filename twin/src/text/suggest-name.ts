/** Returns the known name that differs in one letter (added, missing, replaced or swapped), or only in case. */
export function suggestName(written: string, known: readonly string[]): string | undefined {
  return known.find((name) => isOneLetterOff(written.toLowerCase(), name.toLowerCase()));
}

function isOneLetterOff(left: string, right: string): boolean {
  let [start, leftEnd, rightEnd] = [0, left.length, right.length];
  while (start < leftEnd && start < rightEnd && left[start] === right[start]) start += 1;
  while (leftEnd > start && rightEnd > start && left[leftEnd - 1] === right[rightEnd - 1]) {
    leftEnd -= 1;
    rightEnd -= 1;
  }
  const [before, after] = [left.slice(start, leftEnd), right.slice(start, rightEnd)];
  if (before.length <= 1 && after.length <= 1) return true;
  return before.length === 2 && before === `${after[1]}${after[0]}` && after.length === 2;
}
