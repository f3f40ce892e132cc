const STEP = /\s*(?:\[\s*'((?:[^'\\]|\\.)*)'\s*\]|\[\s*"((?:[^"\\]|\\.)*)"\s*\]|([^.,[\]\s]+))\s*/suy;

/** The paths of `id,tags.region,tags['a b']`. What is not one ends the reading: the server says why. */
export function selectedPaths(select: string): string[][] {
  const paths: string[][] = [[]];
  for (let index = 0; index < select.length; ) {
    const character = select[index];
    if (character === ',') paths.push([]);
    if (character === ',' || character === '.') index += 1;
    else {
      STEP.lastIndex = index;
      const [whole, single, double, bare] = STEP.exec(select) ?? [];
      if (whole === undefined) break;
      paths.at(-1)?.push(bare ?? unescaped(single ?? double ?? ''));
      index += whole.length;
    }
  }
  return paths.filter((path) => path.length > 0);
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/gs, '$1');
}
