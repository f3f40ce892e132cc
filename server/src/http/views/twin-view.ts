import type { DeviceView } from '@muster/api';
import { type DeviceRecord, deviceView } from '@muster/registry';
import type { AppParts } from '../framework/app-parts.js';

/** A twin as the API answers it. Its configurations have their current generation if the device holds its content. */
export function twinView({ running: { reconciler } }: Pick<AppParts, 'running'>, record: DeviceRecord): DeviceView {
  return reconciler ? deviceView(record, (one) => reconciler.generationOf(one)) : deviceView(record);
}
