import { exitCodeOfAll } from '../failure/exit-code.js';
import { withContext } from '../failure/failure.js';
import { collectFailures } from '../session/collect-failures.js';
import type { Session } from '../session/session.js';
import { changeOf, storedConfiguration } from './configuration-change.js';
import type { FileConfiguration } from './configuration-file.js';
import { previewLines } from './preview-lines.js';
import { rolloutForecast } from './rollout-forecast.js';

/** Prints the effect of storing each configuration, each as if it were stored alone. */
export async function previewConfigurations(
  session: Session,
  configurations: readonly FileConfiguration[],
  isJson: boolean,
): Promise<number> {
  const failures = await collectFailures(session, configurations, (one) => previewOne(session, one, isJson));
  return exitCodeOfAll(failures);
}

async function previewOne(session: Session, { source, id, input }: FileConfiguration, isJson: boolean): Promise<void> {
  const { client, signal, style } = session;
  await withContext({ subject: `${source}: ${id}`, condition: String(input.targetCondition) }, async () => {
    const preview = await client.configurations.preview({ ...input, id }, { signal });
    const stored = await storedConfiguration(client, id, signal);
    const change = changeOf(stored, input);
    const forecast = change === 'unchanged' ? [] : rolloutForecast(stored, input, preview);
    const lines = () => previewLines(id, change, preview, { style, remarks: forecast });
    await session.print(isJson ? JSON.stringify({ id, change, ...preview }) : lines().join('\n'));
  });
}
