import { indexingView, scannedCondition } from '@muster/reconciler';
import type { ConfigurationLimit, ConfigurationRecord } from '@muster/registry';
import { TwinError } from '@muster/twin';
import { SETTINGS } from '../settings/setting.js';

/**
 * Bounds the enabled configurations that have to be asked of every device. They are counted as they are decided, not
 * as the reconciler hears of them: however many are put at once, no more get in. The condition of a stable generation
 * counts as long as it is there: it is asked too, and a rollback returns to it, which cannot be refused any more then.
 */
export class ScannedConfigurations implements ConfigurationLimit {
  readonly #max: number;
  #counted = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** How many there are; may be more than the limit, after a rollback or where the limit was higher. */
  get counted(): number {
    return this.#counted;
  }

  /** So many are stored already. */
  startFrom(count: number): void {
    this.#counted = count;
  }

  /** `bad-condition` for one too many. What is counted already may be edited. */
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
      SETTINGS.scannedConfigurationsMax.variable;
    const message =
      `the condition${isWritten ? '' : ` of generation ${record.stable?.generation}, which is stable,`} would be asked ` +
      `of every device${reason}; at most ${this.#max} enabled configurations may have such a condition, and ` +
      `${this.#counted} have: ${hint}`;
    return new TwinError('bad-condition', message, {
      ...(isWritten ? { position: 0, length: text.length } : {}),
      hint,
    });
  }
}

const ADD_A_PART = "add a part that can be looked up, such as (…) AND device.tags.region = 'eu'";
const LEAVE_THE_ROLLOUT = 'write it without its rollout, which gives that generation up';

function isCounted(record: ConfigurationRecord | undefined): boolean {
  return record?.enabled === true && scannedCondition(record) !== undefined;
}
