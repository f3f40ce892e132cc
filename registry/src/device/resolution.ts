import type { JsonObject, TwinErrorCode } from '@muster/twin';
import type { Admission } from '../record/admission.js';

/** A configuration that is a layer of the device. */
export interface ResolvedConfiguration {
  readonly id: string;
  readonly generation: number;
  readonly created: number;
  readonly overridden: boolean;
}

/** The desired state of a device. With a `problem` the document cannot be sent, and the last one stays. */
export type Resolution =
  | (ResolvedParts & { readonly kind: 'document'; readonly desired: JsonObject })
  | (ResolvedParts & {
      readonly kind: 'problem';
      readonly problem: { readonly code: TwinErrorCode; readonly message: string };
    });

interface ResolvedParts {
  readonly configurations: readonly ResolvedConfiguration[];
  /** The new admissions, written together with the document; absent: they stay as they are. */
  readonly admissions?: readonly Admission[] | undefined;
}
