import type { ConfigurationCounts } from '@muster/api';
import type { Broker } from '@muster/broker';
import type { Reconciler } from '@muster/reconciler';
import type { Registry } from '@muster/registry';
import type { Cancel, Log } from '@muster/twin';

interface PublishStatusParts {
  readonly registry: Pick<Registry, 'settled'>;
  readonly reconciler: Pick<Reconciler, 'onStatus'>;
  readonly broker: Pick<Broker, 'publishStatus'>;
  readonly log: Log;
}

/** Publishes the status of each configuration over MQTT when it changes, until it is cancelled. */
export function publishStatus({ registry, reconciler, broker, log }: PublishStatusParts): Cancel {
  let isCancelled = false;
  const publish = async (configuration: string, counts: ConfigurationCounts | undefined): Promise<void> => {
    // A status is counted when it is decided and published when it is on disk. A failed write never was one.
    await registry.settled();
    if (!isCancelled) broker.publishStatus(configuration, counts);
  };
  const failed = (error: unknown): void => log('error', 'publishing a status failed', { error });
  const forget = reconciler.onStatus((...status) => void publish(...status).catch(failed));
  return () => {
    isCancelled = true;
    forget();
  };
}
