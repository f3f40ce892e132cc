/** Points with positive coordinates, in the order of x. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Plot {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
}

const WIDTH = 760;
const HEIGHT = 440;
const LEFT = 84;
/** Wide enough for the names at the ends of the lines. */
const RIGHT = 210;
const TOP = 52;
const BOTTOM = 58;
const NAME_HEIGHT = 17;

/** The colours are distinct for colour-blind readers too, on a light and on a dark ground. */
const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-size: 15px; font-weight: 600 }
  .ground { fill: #ffffff } .grid { stroke: #d8dee4; stroke-width: 1 }
  .line { fill: none; stroke-width: 2 }
  .s0 { stroke: #0b6bcb } .s1 { stroke: #c2410c } .s2 { stroke: #15803d } .s3 { stroke: #9333ea }
  .f0 { fill: #0b6bcb } .f1 { fill: #c2410c } .f2 { fill: #15803d } .f3 { fill: #9333ea }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .ground { fill: #0d1117 } .grid { stroke: #30363d }
    .s0 { stroke: #58a6ff } .s1 { stroke: #f0883e } .s2 { stroke: #3fb950 } .s3 { stroke: #bc8cff }
    .f0 { fill: #58a6ff } .f1 { fill: #f0883e } .f2 { fill: #3fb950 } .f3 { fill: #bc8cff }
  }`;
const COLOURS = 4;

/** Returns a plot with two logarithmic axes as an SVG document. */
export function svgPlot(plot: Plot): string {
  const points = plot.series.flatMap(({ points }) => points);
  const x = axis(
    points.map(([value]) => value),
    LEFT,
    WIDTH - RIGHT,
  );
  const y = axis(
    points.map(([, value]) => value),
    HEIGHT - BOTTOM,
    TOP,
  );
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img">`,
    `<title>${escaped(plot.title)}</title>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="ground" width="${WIDTH}" height="${HEIGHT}"/>`,
    text(LEFT, 28, plot.title, 'class="title"'),
    ...x.decades.map((value) => verticalAt(x.at(value), value)),
    ...y.decades.map((value) => horizontalAt(y.at(value), value)),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, plot.xLabel, 'text-anchor="middle"'),
    text(
      0,
      0,
      plot.yLabel,
      `text-anchor="middle" transform="translate(20 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)"`,
    ),
    ...plot.series.map(({ points }, n) =>
      line(
        points.map(([px, py]) => [x.at(px), y.at(py)]),
        n % COLOURS,
      ),
    ),
    ...names(plot.series.map(({ name, points }) => ({ name, y: y.at(points.at(-1)?.[1] ?? 1) }))),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

interface Axis {
  /** Powers of ten from the one below the least value to the one above the greatest. */
  readonly decades: readonly number[];
  at(value: number): number;
}

function axis(values: readonly number[], from: number, to: number): Axis {
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values))));
  const decades = Array.from({ length: last - first + 1 }, (_, n) => 10 ** (first + n));
  return { decades, at: (value) => from + ((Math.log10(value) - first) / (last - first)) * (to - from) };
}

function verticalAt(x: number, value: number): string {
  const name = text(x, HEIGHT - BOTTOM + 18, short(value), 'text-anchor="middle"');
  return `<line class="grid" x1="${x}" x2="${x}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/>${name}`;
}

function horizontalAt(y: number, value: number): string {
  const name = text(LEFT - 8, y + 4, short(value), 'text-anchor="end"');
  return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/>${name}`;
}

function line(points: readonly (readonly [number, number])[], colour: number): string {
  const path = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  const dots = points.map(([x, y]) => `<circle class="f${colour}" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3.5"/>`);
  return `<polyline class="line s${colour}" points="${path}"/>${dots.join('')}`;
}

/** Puts the names at the ends of the lines, moved down if they would overlap. */
function names(ends: readonly { readonly name: string; readonly y: number }[]): string[] {
  const placed = ends.map((end, colour) => ({ ...end, colour })).sort((left, right) => left.y - right.y);
  let free = TOP;
  return placed.map(({ name, y, colour }) => {
    const at = Math.max(free, y);
    free = at + NAME_HEIGHT;
    const dot = `<circle class="f${colour % COLOURS}" cx="${WIDTH - RIGHT + 14}" cy="${at.toFixed(1)}" r="4"/>`;
    return dot + text(WIDTH - RIGHT + 24, at + 4, name);
  });
}

function text(x: number, y: number, words: string, attributes = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escaped(words)}</text>`;
}

function short(value: number): string {
  return value >= 1 ? value.toLocaleString('en-US') : String(Number(value.toPrecision(1)));
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
