import type { ConfigurationEvent, FeedEvent } from '@muster/api';
import { assertNever } from '@muster/twin';
import type { Style } from '../text/style.js';
import { visibleText } from '../text/visible-text.js';

/** Returns one event as a line: time, subject, kind and content. */
export function eventLine(event: FeedEvent, style: Style): string {
  if (event.event === 'gap')
    return style.yellow(`gap: the server no longer has the events after ${event.data.after || 'the last one'}`);
  const subject = event.event === 'configuration' ? event.data.configuration : event.data.device;
  const kind = style.cyan(event.event.padEnd('acknowledged'.length));
  return `${style.dim(visibleText(event.data.at))}  ${style.bold(visibleText(subject))}  ${kind}  ${visibleText(eventText(event))}`;
}

function eventText(event: Exclude<FeedEvent, { event: 'gap' }>): string {
  switch (event.event) {
    case 'desired':
      return `v${event.data.version} ${JSON.stringify(event.data.patch)} from ${event.data.configurations.join(', ') || 'the own layer'}`;
    case 'reported':
      return `v${event.data.version} ${JSON.stringify(event.data.patch)}`;
    case 'acknowledged':
      return `v${event.data.version} ${event.data.status}${event.data.error === undefined ? '' : `: ${event.data.error}`}`;
    case 'presence':
      return `${event.data.connected ? 'connected' : 'disconnected'}${event.data.reason === undefined ? '' : `: ${event.data.reason}`}`;
    case 'device':
      return event.data.change;
    case 'configuration':
      return configurationText(event.data);
    default:
      return assertNever(event);
  }
}

function configurationText(data: ConfigurationEvent): string {
  const what = `${data.change}, generation ${data.generation}`;
  switch (data.change) {
    case 'rollout':
      return `${what}: ${data.state}, phase ${data.phase}: ${data.reason.text} (by ${data.by})`;
    case 'quarrelled':
      return `${what}, with ${data.with.join(', ') || 'itself'} on ${data.onDevice}`;
    case 'created':
    case 'replaced':
    case 'deleted':
      return what;
    default:
      return assertNever(data);
  }
}
