import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConfigurationStatusView, ConfigurationView, DeviceView, ExplainView, FeedEvent } from '@muster/api';

const ARCHIVE = fileURLToPath(new URL('../../../test/old-data/79d3c41.tar.gz', import.meta.url));

interface WithETag<View> {
  readonly value: View;
  readonly etag: string;
}

/** What the server that wrote the folder answered just before it was killed; by id. */
export interface OldAnswers {
  readonly commit: string;
  /** The device whose next attempt begins when its rest is over, and that is long ago. */
  readonly resting: string;
  readonly devices: Readonly<Record<string, WithETag<DeviceView>>>;
  readonly explanations: Readonly<Record<string, ExplainView>>;
  readonly configurations: Readonly<Record<string, WithETag<ConfigurationView>>>;
  readonly statuses: Readonly<Record<string, ConfigurationStatusView>>;
  readonly retained: readonly { readonly topic: string; readonly text: string }[];
  /** From the first one. */
  readonly changes: readonly FeedEvent[];
}

/** A data folder of an earlier version, in a place of its own. */
export interface OldData {
  readonly dataDirectory: string;
  readonly answers: OldAnswers;
  remove(): void;
}

/** Unpacks what `test/old-data/make.js` made. */
export function unpackOldData(): OldData {
  const folder = mkdtempSync(join(tmpdir(), 'muster-old-data-'));
  execFileSync('tar', ['-xzf', ARCHIVE, '-C', folder]);
  return {
    dataDirectory: join(folder, 'data'),
    answers: JSON.parse(readFileSync(join(folder, 'answers.json'), 'utf8')) as OldAnswers,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
