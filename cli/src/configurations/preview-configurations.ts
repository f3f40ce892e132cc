import { exitCodeOfAll } from '../failure/exit-code.js';
import { about } from '../failure/failure.js';
import { eachInTurn } from '../session/each-in-turn.js';
import type { Session } from '../session/session.js';
import { changeOf, storedConfiguration } from './configuration-change.js';
import type { FiledConfiguration } from './configuration-file.js';
import { previewLines } from './preview-lines.js';
import { rolloutOutlook } from './rollout-outlook.js';

/** Shows for each configuration what storing it would do; each as if it were stored alone. */
export async function previewConfigurations(
  session: Session,
  configurations: readonly FiledConfiguration[],
  isJson: boolean,
): Promise<number> {
  const failures = await eachInTurn(session, configurations, (one) => previewOne(session, one, isJson));
  return exitCodeOfAll(failures);
}

async function previewOne(session: Session, { source, id, input }: FiledConfiguration, isJson: boolean): Promise<void> {
  const { client, signal, style } = session;
  await about({ subject: `${source}: ${id}`, condition: String(input.targetCondition) }, async () => {
    const preview = await client.configurations.preview({ ...input, id }, { signal });
    const stored = await storedConfiguration(client, id, signal);
    const change = changeOf(stored, input);
    const outlook = change === 'unchanged' ? [] : rolloutOutlook(stored, input, preview);
    const lines = () => previewLines(id, change, preview, { style, remarks: outlook });
    await session.print(isJson ? JSON.stringify({ id, change, ...preview }) : lines().join('\n'));
  });
}
