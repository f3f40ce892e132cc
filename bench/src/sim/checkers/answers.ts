import { TOPICS } from '@muster/twin';
import type { ObservedConnection } from '../observation/observation.js';
import type { Checker } from './checker.js';

const NAME = 'L2 every request is answered, or its connection is closed';

interface Ledger {
  gets: number;
  desired: number;
  reports: number;
  confirmed: number;
  /** Ids of reports that ask for an answer, one for each arrival. */
  readonly open: string[];
}

export function answers(): Checker {
  const ledgers = new Map<ObservedConnection, Ledger>();
  return {
    name: NAME,
    onObservation: (event) => {
      if (event.kind === 'crashed') ledgers.clear();
      else if (event.kind === 'disconnected') ledgers.delete(event.connection);
      else if (event.kind === 'connected') {
        ledgers.set(event.connection, { gets: 0, desired: 0, reports: 0, confirmed: 0, open: [] });
      } else if (event.kind === 'published' || event.kind === 'confirmed' || event.kind === 'sent') {
        const ledger = ledgers.get(event.connection);
        if (!ledger) return;
        if (event.kind === 'published') ask(ledger, event.topic, event.message.id);
        else if (event.kind === 'confirmed') ledger.confirmed += 1;
        else answer(ledger, event.topic, event.text);
      }
    },
    atEnd: (world) => {
      for (const [connection, { gets, desired, reports, confirmed, open }] of ledgers) {
        const text = `on the connection of ${connection.id} there are`;
        if (desired < gets) world.fail(NAME, `${text} ${gets} gets and ${desired} messages`);
        if (confirmed < reports) world.fail(NAME, `${text} ${reports} reports and ${confirmed} acknowledgements`);
        if (open.length > 0) world.fail(NAME, `${text} reports without an answer: ${open.join(' ')}`);
      }
    },
  };
}

function ask(ledger: Ledger, topic: string, id: unknown): void {
  if (topic === TOPICS.get) ledger.gets += 1;
  if (topic !== TOPICS.reported) return;
  ledger.reports += 1;
  if (typeof id === 'string') ledger.open.push(id);
}

function answer(ledger: Ledger, topic: string, text: string): void {
  if (topic === TOPICS.desired) ledger.desired += 1;
  if (topic !== TOPICS.accepted && topic !== TOPICS.rejected) return;
  const index = ledger.open.indexOf(JSON.parse(text).id);
  if (index >= 0) ledger.open.splice(index, 1);
}
