import { indexingView, scannedCondition } from '@muster/reconciler';
import type { ConfigurationLimit, ConfigurationRecord } from '@muster/registry';
import { TwinError } from '@muster/twin';
import { SETTINGS } from '../settings/setting.js';

/**
 * Limits enabled configurations whose condition must be evaluated for every device. They are counted when decided, so
 * that concurrent writes cannot exceed the limit. The condition of a stable generation counts as long as that is kept: it
 * is evaluated too, and a rollback to it cannot be refused.
 */
export class NonIndexableLimit implements ConfigurationLimit {
  readonly #max: number;
  #counted = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Sets the number of stored ones. It may exceed the limit, after a rollback or if the limit was higher. */
  startFrom(count: number): void {
    this.#counted = count;
  }

  /** Throws `bad-condition` for one more than the limit. A configuration that is counted already may be edited. */
  check(before: ConfigurationRecord | undefined, after: ConfigurationRecord): void {
    if (this.#counted < this.#max || isCounted(before) || !isCounted(after)) return;
    throw this.#refusal(after);
  }

  count(before: ConfigurationRecord | undefined, after: ConfigurationRecord | undefined): void {
    this.#counted += Number(isCounted(after)) - Number(isCounted(before));
  }

  #refusal(record: ConfigurationRecord): TwinError {
    const condition = scannedCondition(record);
    const indexing = condition && indexingView(condition);
    const reason = indexing?.indexable === false ? `, for ${indexing.notIndexableBecause}` : '';
    const text = record.targetCondition;
    const isWritten = condition?.text === text;
    const hint =
      `${isWritten ? ADD_A_PART : LEAVE_THE_ROLLOUT}; or disable another configuration that is not indexable; or raise ` +
      SETTINGS.nonIndexableConfigurationsMax.variable;
    const message =
      `the condition${isWritten ? '' : ` of generation ${record.stable?.generation}, which is stable,`} would be evaluated ` +
      `for every device${reason}; at most ${this.#max} enabled configurations may have such a condition, and ` +
      `${this.#counted} have: ${hint}`;
    return new TwinError('bad-condition', message, {
      ...(isWritten ? { position: 0, length: text.length } : {}),
      hint,
    });
  }
}

const ADD_A_PART = "add a part that can be looked up, such as (…) AND device.tags.region = 'eu'";
const LEAVE_THE_ROLLOUT = 'write it without its rollout, which drops that generation';

function isCounted(record: ConfigurationRecord | undefined): boolean {
  return record?.enabled === true && scannedCondition(record) !== undefined;
}
