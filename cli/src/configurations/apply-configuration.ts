import type { Session } from '../session/session.js';
import { type ConfigurationChange, changeOf, storedConfiguration } from './configuration-change.js';
import { type FileConfiguration, inputOf } from './configuration-file.js';
import { type Confirmation, writeConfirmed } from './confirmation.js';
import { rolloutForecast } from './rollout-forecast.js';
import { rolloutMessage } from './rollout-message.js';

/** The result of storing a configuration. */
export interface Applied {
  readonly change: ConfigurationChange;
  /** About its rollout, for the user. */
  readonly message?: string;
}

/**
 * Stores a configuration, unless that changes nothing or the user does not confirm it. The returned change compares the
 * stored configuration before and after the write.
 */
export async function applyConfiguration(
  session: Session,
  { id, input }: FileConfiguration,
  confirmation: Confirmation,
): Promise<Applied> {
  const { client, signal } = session;
  const before = await storedConfiguration(client, id, signal);
  const change = changeOf(before, input);
  if (change === 'unchanged') return { change };
  const after = await writeConfirmed(session, confirmation, {
    ...{ id, change, verb: ['Store it', 'stored'] },
    preview: () => client.configurations.preview({ ...input, id }, { signal }),
    remarks: (preview) => rolloutForecast(before, input, preview),
    write: (bound) => client.configurations.put(id, input, { signal, ...bound }),
  });
  const message = rolloutMessage(before, after);
  return { change: changeOf(before, inputOf(after)), ...(message !== undefined && { message }) };
}
