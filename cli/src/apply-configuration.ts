import { type ConfigurationView, TwinError } from '@muster/twin';
import { type ConfigurationChange, changeOf, storedConfiguration } from './configuration-change.js';
import { type FiledConfiguration, inputOf } from './configuration-file.js';
import { Declined } from './declined.js';
import { deviceCount, effectLines } from './output/preview-lines.js';
import { rolloutNews } from './rollout-news.js';
import type { Session } from './session.js';

export interface Consent {
  /** `asked`: a person is shown what would change, and asked; `given`: whatever it is; `none`: the server decides. */
  readonly kind: 'asked' | 'given' | 'none';
  /** Devices; what would change more is not stored, whoever consents. */
  readonly maxChanged?: number | undefined;
}

export interface Applied {
  readonly change: ConfigurationChange;
  /** Of its rollout. */
  readonly news?: string;
}

/**
 * Stores a configuration unless that would change nothing, or nobody consents. Whoever was shown a number of devices has
 * consented to no more. The server's own idea of equality has the last word.
 */
export async function applyConfiguration(
  session: Session,
  configuration: FiledConfiguration,
  consent: Consent,
): Promise<Applied> {
  const { id, input } = configuration;
  const before = await storedConfiguration(session.client, id, session.signal);
  const change = changeOf(before, input);
  if (change === 'unchanged') return { change };
  const isAsked = consent.kind === 'asked';
  const maxChanged = isAsked ? await boundOf(session, configuration, change, consent) : consent.maxChanged;
  const after = await put(session, configuration, maxChanged, consent);
  const news = rolloutNews(before, after);
  return { change: changeOf(before, inputOf(after)), ...(news !== undefined && { news }) };
}

/** Of what changes no device nobody is asked; what is over the bound is the server's to refuse. */
async function boundOf(
  session: Session,
  { id, input }: FiledConfiguration,
  change: ConfigurationChange,
  { maxChanged = Number.POSITIVE_INFINITY }: Consent,
): Promise<number> {
  const { client, signal, terminal, messageStyle } = session;
  const preview = await client.configurations.preview({ ...input, id }, { signal });
  if (preview.changed > maxChanged) return maxChanged;
  if (preview.changed === 0) return 0;
  await terminal.stderr.write(`${effectLines(id, change, preview, messageStyle).join('\n')}\n`);
  if (await session.confirm(`Store it, and change ${deviceCount(preview.changed)}?`)) return preview.changed;
  throw new Declined();
}

/** Where the server asks for a bound, a consent that was given beforehand is one to the number that it tells. */
async function put(
  { client, signal }: Session,
  { id, input }: FiledConfiguration,
  maxChanged: number | undefined,
  { kind }: Consent,
): Promise<ConfigurationView> {
  const options = { signal, ...(maxChanged !== undefined && { maxChanged }) };
  try {
    return await client.configurations.put(id, input, options);
  } catch (error) {
    const changed = error instanceof TwinError && error.code === 'conflict' ? error.details.changed : undefined;
    if (kind !== 'given' || maxChanged !== undefined || typeof changed !== 'number') throw error;
    return client.configurations.put(id, input, { signal, maxChanged: changed });
  }
}
