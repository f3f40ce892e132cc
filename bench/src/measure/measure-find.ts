import { askedSites, prefixOfThousand } from '../load/big-fleet.js';
import type { MusterProcess } from '../load/muster-process.js';
import { IndexedFleet, type IndexFigures } from './measure-index.js';
import { median } from './table.js';

const PREVIEWS = 5;
const PAGES = 20;
/** FALSE for every device. No index can compare two paths, so a condition with this part reads every device. */
const NEVER = 'device.tags.region = device.tags.ring';
/** A question that takes longer is not repeated. */
const LONG_MS = 2_000;

/** One question to a fleet; medians in ms. */
export interface FindFigures extends IndexFigures {
  readonly question: string;
  readonly previewMs: number;
  /** The same devices, by a condition that reads every device. */
  readonly scannedPreviewMs: number;
  readonly pageMs: number;
  readonly scannedPageMs: number;
}

interface Question {
  readonly question: string;
  readonly condition: string;
}

/** Times a preview and the first page of a query, each by index and by scan. Throws if the answers differ. */
export async function measureFind(server: MusterProcess, devices: number): Promise<FindFigures[]> {
  const figures: FindFigures[] = [];
  const fleet = new IndexedFleet(devices);
  for (const question of questions(devices))
    figures.push(await ask(server, question, fleet.measure(question.condition)));
  return figures;
}

function questions(devices: number): Question[] {
  const prefix = prefixOfThousand(devices);
  const sites = askedSites(devices)
    .map((site) => `'${site}'`)
    .join(', ');
  return [
    {
      question: 'prefix of the name',
      condition: `STARTS_WITH(device.name, '${prefix}')`,
    },
    {
      question: 'ten values of a tag',
      condition: `device.tags.site IN [${sites}]`,
    },
  ];
}

async function ask(
  server: MusterProcess,
  { question, condition }: Question,
  indexed: IndexFigures,
): Promise<FindFigures> {
  const scanned = `${condition} OR ${NEVER}`;
  const [preview, scannedPreview] = await inTurns(PREVIEWS, [condition, scanned], (one) => previewMatched(server, one));
  const [page, scannedPage] = await inTurns(PAGES, [condition, scanned], (one) => firstPage(server, one));
  mustAgree(condition, [preview.answer, scannedPreview.answer, String(indexed.matched)]);
  mustAgree(condition, [page.answer, scannedPage.answer]);
  return {
    ...indexed,
    question,
    previewMs: preview.ms,
    scannedPreviewMs: scannedPreview.ms,
    pageMs: page.ms,
    scannedPageMs: scannedPage.ms,
  };
}

async function previewMatched(server: MusterProcess, targetCondition: string): Promise<string> {
  const { matched } = await server.client.configurations.preview({
    targetCondition,
    desiredProperties: { found: true },
  });
  return String(matched);
}

async function firstPage(server: MusterProcess, condition: string): Promise<string> {
  const path = `/v1/devices?select=id&where=${encodeURIComponent(condition)}`;
  const response = await fetch(server.url + path, { headers: { authorization: `Bearer ${server.token}` } });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return JSON.stringify(((await response.json()) as { items: unknown }).items);
}

interface Timed {
  readonly ms: number;
  readonly answer: string;
}

/** Returns the medians of two conditions that take turns; the first turn is not counted. */
async function inTurns(
  times: number,
  conditions: readonly [string, string],
  ask: (condition: string) => Promise<string>,
): Promise<[Timed, Timed]> {
  const sides = conditions.map((condition) => ({ condition, elapsed: [] as number[], answer: '' }));
  for (let time = 0; time <= times && !sides.some(({ elapsed }) => Math.max(0, ...elapsed) > LONG_MS); time += 1) {
    for (const side of sides) {
      const startedAt = performance.now();
      side.answer = await ask(side.condition);
      side.elapsed.push(performance.now() - startedAt);
    }
  }
  const timed = sides.map(({ elapsed, answer }) => ({
    ms: median(elapsed.slice(elapsed.length > 1 ? 1 : 0)),
    answer,
  }));
  return timed as [Timed, Timed];
}

function mustAgree(condition: string, answers: readonly string[]): void {
  if (new Set(answers).size > 1)
    throw new Error(`answers differ for ${condition}: ${answers.join(' / ').slice(0, 400)}`);
}
