import type { Session } from '../session/session.js';
import { type ConfigurationChange, changeOf, storedConfiguration } from './configuration-change.js';
import { type FiledConfiguration, inputOf } from './configuration-file.js';
import { type Consent, writeWithConsent } from './consent.js';
import { rolloutNews } from './rollout-news.js';
import { rolloutOutlook } from './rollout-outlook.js';

export interface Applied {
  readonly change: ConfigurationChange;
  /** Of its rollout. */
  readonly news?: string;
}

/**
 * Stores a configuration unless that would change nothing, or nobody consents. The server's own idea of equality has the
 * last word.
 */
export async function applyConfiguration(
  session: Session,
  { id, input }: FiledConfiguration,
  consent: Consent,
): Promise<Applied> {
  const { client, signal } = session;
  const before = await storedConfiguration(client, id, signal);
  const change = changeOf(before, input);
  if (change === 'unchanged') return { change };
  const after = await writeWithConsent(session, consent, {
    ...{ id, change, verb: ['Store it', 'stored'] },
    preview: () => client.configurations.preview({ ...input, id }, { signal }),
    remarks: (preview) => rolloutOutlook(before, input, preview),
    write: (bound) => client.configurations.put(id, input, { signal, ...bound }),
  });
  const news = rolloutNews(before, after);
  return { change: changeOf(before, inputOf(after)), ...(news !== undefined && { news }) };
}
