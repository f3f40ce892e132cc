import type { Principal } from '@muster/registry';
import { assertNever, parseServiceTopic, TOPICS } from '@muster/twin';

/** Prefixes of topics that never pass through the fan-out: their messages are for one device. */
const DIRECT = ['$twin/', '$rpc/', '$msg/'];
const SERVICE = ['twins', 'configurations', 'devices'];

export function isDirect(topicOrFilter: string): boolean {
  return DIRECT.some((prefix) => topicOrFilter.startsWith(prefix));
}

/** Reports whether the principal may read every topic that the filter can match. A prefix of its text is not enough. */
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

/** Reports whether the principal may read a topic. Asked for every delivery, because rights may change. */
export function mayReceive(principal: Principal, topic: string): boolean {
  return principal.kind === 'device' ? isWithin(topic, principal.id) : isServiceTopic(topic);
}

/** The kind of a publish; `forbidden` if the client may not send it. */
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

/** Reports whether the principal may leave a will on the topic. A will is never a command or a report. */
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
