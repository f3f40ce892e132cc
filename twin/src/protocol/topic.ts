import { isId } from './id.js';

/** Topics between one device and Muster. They contain no id: the connection identifies the twin. */
export const TOPICS = {
  desired: '$twin/desired',
  get: '$twin/get',
  reported: '$twin/reported',
  accepted: '$twin/accepted',
  rejected: '$twin/rejected',
} as const;

export type TwinEventKind = 'desired' | 'reported' | 'acknowledged' | 'presence';

export function twinEventTopic(device: string, kind: TwinEventKind): string {
  return `twins/${device}/${kind}`;
}

/** A topic that a service may publish on. The id of a command may be invalid: its refusal has to name it. */
export type ServiceTopic =
  | { readonly kind: 'set-desired'; readonly device: string }
  | { readonly kind: 'set-configuration'; readonly configuration: string }
  | { readonly kind: 'device'; readonly device: string };

export function parseServiceTopic(topic: string): ServiceTopic | undefined {
  const [root, id, ...rest] = topic.split('/');
  if (id === undefined || id === '') return undefined;
  const tail = rest.join('/');
  if (root === 'twins' && tail === 'desired/set') return { kind: 'set-desired', device: id };
  if (root === 'configurations' && tail === 'set') return { kind: 'set-configuration', configuration: id };
  return root === 'devices' && isId(id) && rest.length > 0 ? { kind: 'device', device: id } : undefined;
}
