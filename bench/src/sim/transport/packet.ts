import type { Qos, SendOutcome } from '@muster/broker';

/** The MQTT packets between a device and the server, as far as the simulation needs them. */
export type ToServer =
  | {
      readonly kind: 'connect';
      readonly username: string;
      readonly password: string;
      readonly clean: boolean;
    }
  | { readonly kind: 'subscribe'; readonly filters: readonly string[] }
  | { readonly kind: 'publish'; readonly id: number; readonly topic: string; readonly text: string }
  | { readonly kind: 'puback'; readonly id: number };

export type ToDevice =
  | { readonly kind: 'connack' }
  | { readonly kind: 'suback'; readonly granted: boolean }
  | { readonly kind: 'puback'; readonly id: number }
  | { readonly kind: 'publish'; readonly id: number; readonly topic: string; readonly text: string };

export type Filters = Map<string, Qos>;
export type Done = (outcome: SendOutcome) => void;
