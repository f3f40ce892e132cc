import type { Principal } from '@muster/registry';
import { assertNever, parseServiceTopic, TOPICS } from '@muster/twin';

/** Topics that never pass through the ordinary fan-out: what they carry is made for one device. */
const DIRECT = ['$twin/', '$rpc/', '$msg/'];
const SERVICE = ['twins', 'configurations', 'devices'];

export function isDirect(topicOrFilter: string): boolean {
  return DIRECT.some((prefix) => topicOrFilter.startsWith(prefix));
}

/** A filter is granted when everything it can match is within the rights: never by a prefix of its text alone. */
export function maySubscribe(principal: Principal, filter: string): boolean {
  switch (principal.kind) {
    case 'device':
      return isDirect(filter) || isWithin(filter, principal.id);
    case 'token':
    case 'operator':
      return isServiceTopic(filter);
    default:
      return assertNever(principal);
  }
}

/** Asked again for every delivery: rights may have changed since the filter was granted. */
export function mayReceive(principal: Principal, topic: string): boolean {
  return principal.kind === 'device' ? isWithin(topic, principal.id) : isServiceTopic(topic);
}

/** What a publish is, if the client may send it at all. */
export type Publication =
  | { readonly kind: 'report' }
  | { readonly kind: 'get' }
  | { readonly kind: 'set-desired'; readonly device: string }
  | { readonly kind: 'set-configuration'; readonly configuration: string }
  | { readonly kind: 'ordinary' }
  | { readonly kind: 'forbidden' };

export function classifyPublish(principal: Principal, topic: string): Publication {
  return principal.kind === 'device' ? classifyDevicePublish(principal.id, topic) : classifyServicePublish(topic);
}

function classifyDevicePublish(id: string, topic: string): Publication {
  if (topic === TOPICS.reported) return { kind: 'report' };
  if (topic === TOPICS.get) return { kind: 'get' };
  return isWithin(topic, id) ? { kind: 'ordinary' } : { kind: 'forbidden' };
}

function classifyServicePublish(topic: string): Publication {
  const parsed = parseServiceTopic(topic);
  switch (parsed?.kind) {
    case 'set-desired':
      return { kind: 'set-desired', device: parsed.device };
    case 'set-configuration':
      return { kind: 'set-configuration', configuration: parsed.configuration };
    case 'device':
      return { kind: 'ordinary' };
    case undefined:
      return { kind: 'forbidden' };
    default:
      return assertNever(parsed);
  }
}

/** A will is an ordinary publish: commands and reports are never left to one. */
export function mayWill(principal: Principal, topic: string): boolean {
  return classifyPublish(principal, topic).kind === 'ordinary';
}

function isWithin(topic: string, device: string): boolean {
  return topic.startsWith(`devices/${device}/`) && topic.length > `devices/${device}/`.length;
}

function isServiceTopic(topic: string): boolean {
  const slash = topic.indexOf('/');
  return slash > 0 && SERVICE.includes(topic.slice(0, slash));
}
