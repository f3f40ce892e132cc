import type { Candidates, Condition, Plan } from '@muster/conditions';
import type { AppliedConfiguration, ConfigurationRecord, Registry } from '@muster/registry';
import type {
  Clock,
  ConfigurationCounts,
  ConfigurationInput,
  ExplainView,
  Log,
  PreviewView,
  RolloutView,
} from '@muster/twin';
import type { BoundedWrites } from '../bounded-writes.js';
import type { Health } from '../health.js';
import type { IsToken } from './authorize.js';

/** What the API asks of the reconciler. */
export interface ReconcilerPart {
  preview(id: string | undefined, input: ConfigurationInput): Promise<PreviewView>;
  previewOver(
    stored: ConfigurationRecord | undefined,
    id: string | undefined,
    input: ConfigurationInput,
  ): Promise<PreviewView>;
  /** Of what the configuration would be, with its rollout as it would stand. */
  previewRecord(stored: ConfigurationRecord, candidate: ConfigurationRecord): Promise<PreviewView>;
  explain(deviceId: string): Promise<ExplainView>;
  /** Every device of which the condition is TRUE, and perhaps others. */
  find(condition: Condition): Promise<Candidates>;
  plan(condition: Condition): Plan;
  generationOf(configuration: AppliedConfiguration): number;
  /** How a rollout stands, of which the newest record was just read; undefined without one. */
  rolloutStatus(record: ConfigurationRecord): Promise<RolloutView | undefined>;
  status(configurationId: string, stored?: ConfigurationRecord): ConfigurationCounts;
  readonly counters: Readonly<Record<string, number>>;
}

/** What the API asks of the broker. */
export interface BrokerPart {
  readonly connectedCount: number;
  readonly counters: Readonly<Record<string, number>>;
}

export interface AppParts {
  readonly registry: Registry;
  readonly boundedWrites: BoundedWrites;
  readonly clock: Clock;
  readonly log: Log;
  readonly health: Health;
  readonly isToken: IsToken;
  /** These come after the listener: until then the API is unavailable, and only health and metrics answer. */
  readonly running: { reconciler?: ReconcilerPart; broker?: BrokerPart };
}
