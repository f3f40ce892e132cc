/** The first index at which the answer is yes, if it stays yes from there on; else the length. */
export function firstIndex(length: number, isYes: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isYes(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
