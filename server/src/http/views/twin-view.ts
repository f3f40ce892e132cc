import type { DeviceView } from '@muster/api';
import { type DeviceRecord, deviceView } from '@muster/registry';
import type { AppParts } from '../framework/app-parts.js';

/** A twin as it is answered: its configurations with their current generations, where it has what those say. */
export function twinView({ running: { reconciler } }: Pick<AppParts, 'running'>, record: DeviceRecord): DeviceView {
  return reconciler ? deviceView(record, (one) => reconciler.generationOf(one)) : deviceView(record);
}
