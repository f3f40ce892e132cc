import type { JsonObject, TwinErrorCode } from '@muster/twin';
import type { Admission } from '../record/admission.js';

/** A configuration that is a layer of the device now. */
export interface ResolvedConfiguration {
  readonly id: string;
  readonly generation: number;
  readonly created: number;
  readonly overridden: boolean;
}

/** What a device should have. With a `problem` the document cannot be sent and the last one stays. */
export type Resolution =
  | (ResolvedParts & { readonly kind: 'document'; readonly desired: JsonObject })
  | (ResolvedParts & {
      readonly kind: 'problem';
      readonly problem: { readonly code: TwinErrorCode; readonly message: string };
    });

interface ResolvedParts {
  readonly configurations: readonly ResolvedConfiguration[];
  /** What rollouts make of the device from now on, written together with the document; absent: what they made before. */
  readonly admissions?: readonly Admission[] | undefined;
}
