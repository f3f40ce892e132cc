import { parseCondition } from '@muster/conditions';
import { indexingView, isScanned } from '@muster/reconciler';
import type { ConfigurationRecord } from '@muster/registry';
import { TwinError } from '@muster/twin';
import { SETTINGS } from './setting.js';

/**
 * Bounds the enabled configurations that have to be asked of every device. They are counted as they are decided, not
 * as the reconciler hears of them: however many are put at once, no more get in.
 */
export class ScannedConfigurations {
  readonly #max: number;
  #count = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** So many are stored already; may be more than the limit, which was higher then. */
  startFrom(count: number): void {
    this.#count = count;
  }

  /** `bad-condition` for one too many. What is counted already may be edited. */
  admit(before: ConfigurationRecord | undefined, after: ConfigurationRecord | undefined): void {
    const change = Number(isCounted(after)) - Number(isCounted(before));
    if (after && change > 0 && this.#count >= this.#max) throw this.#refusal(after.targetCondition);
    this.#count += change;
  }

  #refusal(text: string): TwinError {
    const indexing = indexingView(parseCondition(text, 'target'));
    const reason = indexing.indexable ? '' : `, for ${indexing.notIndexableBecause}`;
    const hint =
      "add a part that can be looked up, such as (…) AND device.tags.region = 'eu'; or disable another configuration " +
      `that is not indexable; or raise ${SETTINGS.scannedConfigurationsMax.variable}`;
    const message =
      `the condition would be asked of every device${reason}; at most ${this.#max} enabled configurations may have ` +
      `such a condition, and ${this.#count} have: ${hint}`;
    return new TwinError('bad-condition', message, { position: 0, length: text.length, hint });
  }
}

function isCounted(record: ConfigurationRecord | undefined): boolean {
  return record?.enabled === true && isScanned(parseCondition(record.targetCondition, 'target'));
}
