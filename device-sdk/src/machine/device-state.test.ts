import type { JsonObject } from '@muster/twin';
import { describe, expect, it } from 'vitest';
import { type Effect, type MachineEvent, type MachineState, startState, step, storedState } from './device-state.js';
import { REPORTS_WAITING_MAX } from './report-queue.js';

const one = { version: 1, document: { a: 1 } };
const two = { version: 2, document: { a: 1, b: 2 } };
const applied = { version: 1, status: 'applied' } as const;
const report = { id: 'p-1', patch: { x: 1 }, tickets: [7], isSent: false };
const sent = { ...report, isSent: true };
const later = { id: 'p-2', patch: { y: 1 }, tickets: [8], isSent: false };

const offline: MachineState = startState('d', 'p-', undefined);
const online: MachineState = { ...offline, connection: 'online', isUnconfirmed: false };
const holding: MachineState = { ...online, held: one, handled: one, hasHandlers: true };
const reporting: MachineState = { ...online, reports: [sent], inFlight: { isDelivered: false }, reportsBegun: 1 };

interface Case {
  name: string;
  given: MachineState;
  event: MachineEvent;
  effects: unknown[];
  after?: { [Name in keyof MachineState]?: MachineState[Name] | undefined };
}

const save: Effect = { kind: 'save' };
const acknowledge: Effect = { kind: 'acknowledge', acknowledgement: applied };
const problem = (code: string): unknown => ({ kind: 'report-problem', problem: expect.objectContaining({ code }) });
const message = (version: number, base: number, desired: JsonObject): MachineEvent => ({
  kind: 'desired-received',
  message: { version, base, desired },
});

const connections: Case[] = [
  {
    name: 'connecting subscribes',
    given: offline,
    event: { kind: 'connected' },
    effects: [{ kind: 'subscribe' }],
    after: { connection: 'subscribing' },
  },
  {
    name: 'connecting first repeats an acknowledgement without PUBACK',
    given: { ...offline, outcome: { acknowledgement: applied, isDelivered: false } },
    event: { kind: 'connected' },
    effects: [acknowledge, { kind: 'subscribe' }],
    after: { connection: 'subscribing' },
  },
  {
    name: 'connecting does not repeat a delivered acknowledgement',
    given: { ...offline, outcome: { acknowledgement: applied, isDelivered: true } },
    event: { kind: 'connected' },
    effects: [{ kind: 'subscribe' }],
    after: { connection: 'subscribing' },
  },
  {
    name: 'the first subscription requests from the held version',
    given: { ...offline, connection: 'subscribing', held: one },
    event: { kind: 'subscribed' },
    effects: [{ kind: 'request-desired', version: 1 }],
    after: { connection: 'online' },
  },
  {
    name: 'later subscriptions request nothing and resend the unanswered report',
    given: { ...offline, connection: 'subscribing', isUnconfirmed: false, reports: [sent] },
    event: { kind: 'subscribed' },
    effects: [{ kind: 'send-report', id: 'p-1', patch: { x: 1 } }],
    after: { connection: 'online', inFlight: { isDelivered: false }, reports: [sent] },
  },
  {
    name: 'losing the connection clears the report in flight and keeps the queue',
    given: reporting,
    event: { kind: 'disconnected' },
    effects: [],
    after: { connection: 'offline', inFlight: undefined, reports: [sent] },
  },
];

const desired: Case[] = [
  {
    name: 'a message from the held version is taken and passed to the handlers',
    given: holding,
    event: message(2, 1, { b: 2 }),
    effects: [save, save, { kind: 'call-handlers', patch: { b: 2 }, document: two.document }],
    after: { held: two, handling: two },
  },
  {
    name: 'a whole document is passed with the difference as its patch',
    given: holding,
    event: message(2, 0, { a: 1, b: 2 }),
    effects: [save, save, { kind: 'call-handlers', patch: { b: 2 }, document: two.document }],
    after: { held: two, handling: two },
  },
  {
    name: 'a document waits if there is no handler',
    given: { ...holding, hasHandlers: false },
    event: message(2, 1, { b: 2 }),
    effects: [save],
    after: { held: two, handled: one, handling: undefined },
  },
  {
    name: 'a handler added later gets it',
    given: { ...holding, hasHandlers: false, held: two },
    event: { kind: 'handler-added' },
    effects: [save, { kind: 'call-handlers', patch: { b: 2 }, document: two.document }],
    after: { hasHandlers: true, handling: two },
  },
  {
    name: 'a handler added when nothing is new is not called',
    given: { ...holding, hasHandlers: false },
    event: { kind: 'handler-added' },
    effects: [],
    after: { hasHandlers: true },
  },
  {
    name: 'a document waits while a handler runs',
    given: { ...holding, handling: two, held: two },
    event: message(3, 2, { c: 3 }),
    effects: [save],
    after: { handling: two, held: { version: 3, document: { a: 1, b: 2, c: 3 } } },
  },
  {
    name: 'a known version is ignored',
    given: holding,
    event: message(1, 1, {}),
    effects: [],
  },
  {
    name: 'a known version from another base repeats the acknowledgement',
    given: { ...holding, outcome: { acknowledgement: applied, isDelivered: true } },
    event: message(1, 0, { a: 1 }),
    effects: [acknowledge],
  },
  {
    name: 'a known version confirms the stored one',
    given: { ...holding, isUnconfirmed: true },
    event: message(1, 1, {}),
    effects: [],
    after: { isUnconfirmed: false },
  },
  {
    name: 'a message from an unknown base requests the document',
    given: holding,
    event: message(9, 8, {}),
    effects: [{ kind: 'request-desired', version: 1 }],
    after: { held: one },
  },
  {
    name: 'a malformed message is a problem',
    given: holding,
    event: { kind: 'desired-received', message: { version: 'x' } },
    effects: [problem('malformed')],
    after: { held: one },
  },
];

const acknowledgements: Case[] = [
  {
    name: 'success is saved, then acknowledged',
    given: { ...online, hasHandlers: true, held: one, handling: one },
    event: { kind: 'handled' },
    effects: [save, acknowledge],
    after: { handled: one, handling: undefined, outcome: { acknowledgement: applied, isDelivered: false } },
  },
  {
    name: 'failure is acknowledged with its text',
    given: { ...online, held: one, handling: one },
    event: { kind: 'handled', error: 'stuck' },
    effects: [save, { kind: 'acknowledge', acknowledgement: { version: 1, status: 'failed', error: 'stuck' } }],
    after: {
      handled: one,
      handling: undefined,
      outcome: { acknowledgement: { version: 1, status: 'failed', error: 'stuck' }, isDelivered: false },
    },
  },
  {
    name: 'offline, success is only saved',
    given: { ...offline, held: one, handling: one },
    event: { kind: 'handled' },
    effects: [save],
    after: { handled: one, handling: undefined, outcome: { acknowledgement: applied, isDelivered: false } },
  },
  {
    name: 'a document that arrived meanwhile is passed next',
    given: { ...online, hasHandlers: true, held: two, handling: one },
    event: { kind: 'handled' },
    effects: [save, acknowledge, save, { kind: 'call-handlers', patch: { b: 2 }, document: two.document }],
    after: { outcome: { acknowledgement: applied, isDelivered: false }, handled: one, handling: two },
  },
  {
    name: 'a PUBACK marks the acknowledgement as delivered',
    given: { ...holding, outcome: { acknowledgement: applied, isDelivered: false } },
    event: { kind: 'acknowledgement-delivered', version: 1 },
    effects: [save],
    after: { outcome: { acknowledgement: applied, isDelivered: true } },
  },
  {
    name: 'a PUBACK for an older acknowledgement does not',
    given: { ...holding, outcome: { acknowledgement: { version: 2, status: 'applied' }, isDelivered: false } },
    event: { kind: 'acknowledgement-delivered', version: 1 },
    effects: [],
    after: { outcome: { acknowledgement: { version: 2, status: 'applied' }, isDelivered: false } },
  },
];

const reports: Case[] = [
  {
    name: 'online, a report is saved, then sent',
    given: online,
    event: { kind: 'report-requested', ticket: 7, patch: { x: 1 } },
    effects: [save, { kind: 'send-report', id: 'p-1', patch: { x: 1 } }],
    after: { reportsBegun: 1, reports: [sent], inFlight: { isDelivered: false } },
  },
  {
    name: 'offline, a report waits',
    given: offline,
    event: { kind: 'report-requested', ticket: 7, patch: { x: 1 } },
    effects: [save],
    after: { reportsBegun: 1, reports: [report] },
  },
  {
    name: 'waiting reports are composed',
    given: { ...offline, reports: [report], reportsBegun: 1 },
    event: { kind: 'report-requested', ticket: 8, patch: { x: null } },
    effects: [save],
    after: { reportsBegun: 2, reports: [{ ...report, patch: { x: null }, tickets: [7, 8] }] },
  },
  {
    name: 'a report in flight is not composed into',
    given: reporting,
    event: { kind: 'report-requested', ticket: 8, patch: { y: 1 } },
    effects: [save],
    after: { reportsBegun: 2, reports: [sent, later] },
  },
  {
    name: 'a report sent on an earlier connection is not composed into',
    given: { ...offline, reports: [sent], reportsBegun: 1 },
    event: { kind: 'report-requested', ticket: 8, patch: { y: 1 } },
    effects: [save],
    after: { reportsBegun: 2, reports: [sent, later] },
  },
  {
    name: 'a full queue refuses',
    given: { ...offline, reports: Array.from({ length: REPORTS_WAITING_MAX }, () => sent) },
    event: { kind: 'report-requested', ticket: 9, patch: { y: 1 } },
    effects: [{ kind: 'reject', tickets: [9], error: expect.objectContaining({ code: 'rate-limited' }) }],
  },
  {
    name: 'a PUBACK alone is not enough',
    given: reporting,
    event: { kind: 'report-delivered', id: 'p-1' },
    effects: [],
    after: { reports: [sent], inFlight: { isDelivered: true } },
  },
  {
    name: 'an answer alone is not enough',
    given: reporting,
    event: { kind: 'accepted-received', message: { id: 'p-1', version: 4 } },
    effects: [],
    after: { reports: [sent], inFlight: { isDelivered: false, version: 4 } },
  },
  {
    name: 'the PUBACK after the answer resolves, and the next is sent',
    given: { ...reporting, reports: [sent, later], inFlight: { isDelivered: false, version: 4 } },
    event: { kind: 'report-delivered', id: 'p-1' },
    effects: [save, { kind: 'resolve', tickets: [7], version: 4 }, { kind: 'send-report', id: 'p-2', patch: { y: 1 } }],
    after: { reports: [{ ...later, isSent: true }], inFlight: { isDelivered: false } },
  },
  {
    name: 'the answer after the PUBACK resolves',
    given: { ...reporting, inFlight: { isDelivered: true } },
    event: { kind: 'accepted-received', message: { id: 'p-1', version: 4 } },
    effects: [save, { kind: 'resolve', tickets: [7], version: 4 }],
    after: { reports: [], inFlight: undefined },
  },
  {
    name: 'an answer to an unknown report is ignored',
    given: reporting,
    event: { kind: 'accepted-received', message: { id: 'other', version: 4 } },
    effects: [],
  },
  {
    name: 'an answer without an id is malformed',
    given: reporting,
    event: { kind: 'accepted-received', message: { version: 4 } },
    effects: [problem('malformed')],
  },
  {
    name: 'a rejection rejects the report and is a problem',
    given: reporting,
    event: { kind: 'rejected-received', message: { id: 'p-1', code: 'too-large', message: 'no' } },
    effects: [
      save,
      { kind: 'reject', tickets: [7], error: expect.objectContaining({ code: 'too-large', message: 'no' }) },
      problem('too-large'),
    ],
    after: { reports: [], inFlight: undefined },
  },
  {
    name: 'a rejection without an id is a problem',
    given: reporting,
    event: { kind: 'rejected-received', message: { code: 'unknown-version', message: 'no' } },
    effects: [problem('unknown-version')],
    after: { reports: [sent] },
  },
  {
    name: 'a rejection of an unknown report is ignored',
    given: reporting,
    event: { kind: 'rejected-received', message: { id: 'other', code: 'too-large', message: 'no' } },
    effects: [],
  },
  {
    name: 'a rejection that is not an object is a problem',
    given: reporting,
    event: { kind: 'rejected-received', message: [1] },
    effects: [problem('malformed')],
  },
  {
    name: 'no answer in time causes a reconnect',
    given: reporting,
    event: { kind: 'report-overdue', id: 'p-1' },
    effects: [problem('unavailable'), { kind: 'reconnect' }],
    after: { reports: [sent] },
  },
  {
    name: 'a finished report is not overdue',
    given: online,
    event: { kind: 'report-overdue', id: 'p-1' },
    effects: [],
  },
];

const table = { connections, desired, acknowledgements, reports };

describe.each(Object.entries(table))('the state of a device: %s', (_, cases) => {
  it.each(cases)('$name', ({ given, event, effects, after }) => {
    const { state, effects: seen } = step(given, event);
    expect(seen).toEqual(effects);
    expect(state).toEqual({ ...given, ...after });
  });
});

describe('the state of a device', () => {
  it('passes everything that may differ after a crash in a handler', () => {
    const stored = {
      device: 'd',
      held: one,
      handled: one,
      handling: { version: 2, document: { a: 1, b: 2 } },
      reports: [],
    };
    const started = { ...startState('d', 'q-', stored), held: { version: 3, document: { a: 5 } } };
    const { state, effects } = step(started, { kind: 'handler-added' });
    expect(effects).toEqual([save, { kind: 'call-handlers', patch: { a: 5, b: null }, document: { a: 5 } }]);
    expect(storedState(state).handling).toEqual({ version: 3, document: { a: 5 } });
  });

  it('has a case for every event in the table', () => {
    const kinds: Record<MachineEvent['kind'], true> = {
      connected: true,
      subscribed: true,
      disconnected: true,
      'handler-added': true,
      'desired-received': true,
      handled: true,
      'acknowledgement-delivered': true,
      'report-requested': true,
      'report-delivered': true,
      'accepted-received': true,
      'rejected-received': true,
      'report-overdue': true,
    };
    const seen = Object.values(table).flatMap((cases) => cases.map(({ event }) => event.kind));
    expect(new Set(seen)).toEqual(new Set(Object.keys(kinds)));
  });

  it('survives a round trip through the storage', () => {
    const stored = storedState({ ...holding, held: two, reports: [sent, later] });
    const restored = startState('d', 'q-', JSON.parse(JSON.stringify(stored)));
    expect(storedState(restored)).toEqual(stored);
    expect(restored.reports.map(({ id, isSent }) => ({ id, isSent }))).toEqual([
      { id: 'q-1', isSent: false },
      { id: 'q-2', isSent: false },
    ]);
  });

  it('throws if handlers finish without having been called', () => {
    expect(() => step(online, { kind: 'handled' })).toThrow('never called');
  });

  it('cuts the text of a failure to the limit of the protocol', () => {
    const { effects } = step({ ...online, held: one, handling: one }, { kind: 'handled', error: 'x'.repeat(5_000) });
    expect(effects.at(-1)).toMatchObject({ acknowledgement: { error: 'x'.repeat(1_024) } });
  });
});
