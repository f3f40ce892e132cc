const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

/** Colours text for a terminal, or leaves it unchanged. */
export type Style = Readonly<Record<keyof typeof CODES, (text: string) => string>>;

export function createStyle(isColored: boolean): Style {
  const paint = (name: keyof typeof CODES) => (text: string) =>
    isColored ? `\u001b[${CODES[name]}m${text}\u001b[0m` : text;
  return {
    bold: paint('bold'),
    dim: paint('dim'),
    red: paint('red'),
    green: paint('green'),
    yellow: paint('yellow'),
    cyan: paint('cyan'),
  };
}
