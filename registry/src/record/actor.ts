/**
 * The party that changes something. `id` names a device, a token, an operator, or the configuration whose rollout acts. Every change
 * carries its actor; a change without one was made by its own device.
 */
export type Actor =
  | { readonly kind: 'device'; readonly id: string }
  | { readonly kind: 'token'; readonly id: string }
  | { readonly kind: 'operator'; readonly id: string }
  | { readonly kind: 'reconciler' }
  | { readonly kind: 'rollout'; readonly id: string };

/** An authenticated client, made once a connection (MQTT) or once a request (HTTP). It acts under its own name. */
export type Principal = Extract<Actor, { readonly kind: 'device' | 'token' | 'operator' }>;

export type DevicePrincipal = Extract<Actor, { readonly kind: 'device' }>;

/** The holder of the API token of the server. */
export const API_TOKEN: Principal = { kind: 'token', id: 'admin' };
export const RECONCILER: Actor = { kind: 'reconciler' };

export function deviceActor(id: string): DevicePrincipal {
  return { kind: 'device', id };
}

/** The actor in the texts that people read, such as the reason of a rollout. The API token is an operator's. */
export function nameOfActor(actor: Actor): string {
  switch (actor.kind) {
    case 'operator':
    case 'device':
      return actor.id;
    case 'token':
      return 'operator';
    case 'reconciler':
    case 'rollout':
      return 'muster';
  }
}
