import type { Qos, SendOutcome } from '@muster/broker';

/** What travels between a device and the server: the packets of MQTT that matter here. */
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
