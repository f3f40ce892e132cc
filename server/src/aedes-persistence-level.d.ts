declare module 'aedes-persistence-level' {
  import type { BrokerParts } from '@muster/broker';
  import type { ClassicLevel } from 'classic-level';

  /** Sessions and retained messages of ordinary MQTT, kept in a LevelDB that is open. */
  function persistenceOn(level: ClassicLevel<string, Buffer>): NonNullable<BrokerParts['persistence']>;
  export = persistenceOn;
}
