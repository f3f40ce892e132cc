/** The first index for which `isYes` holds, or the length. It must hold for all later indexes too. */
export function firstIndex(length: number, isYes: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isYes(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
