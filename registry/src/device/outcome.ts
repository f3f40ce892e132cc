import type { JsonObject } from '@muster/twin';
import type { DeviceRecord } from '../record/device-record.js';

/** What a resolution changes in a record. Without an event the desired document stays as it is. */
export interface Outcome {
  readonly part: Pick<DeviceRecord, 'configurations' | 'problem' | 'admissions'> &
    Partial<Pick<DeviceRecord, 'desired' | 'desiredVersion' | 'trail'>>;
  readonly event?: DesiredEventData;
}

/** The data of a `desired` event without its time. */
export interface DesiredEventData {
  readonly version: number;
  readonly patch: JsonObject;
  /** Ids of the configurations that are not overridden. */
  readonly configurations: readonly string[];
}
