import {
  type AcknowledgementMessage,
  assertNever,
  canonicalEqual,
  diff,
  type Held,
  isObject,
  type Json,
  type JsonObject,
  LIMITS,
  mergePatch,
  receiveDesired,
  TwinError,
  type TwinErrorCode,
} from '@muster/twin';
import type { AcknowledgementState, DeviceState } from '../storage/storage.js';
import { composePatch } from './compose-patch.js';
import { enqueue, type QueuedReport, REPORTS_WAITING_MAX } from './report-queue.js';

/** Interrupted documents that are kept apart. */
const INTERRUPTED_MAX = 16;

/** What a device knows and does, as values: an event comes in, the next state and what to do about it come out. */
export interface MachineState {
  readonly device: string;
  readonly connection: 'offline' | 'subscribing' | 'online';
  /** Set until the server has once confirmed what this process holds: its storage may be older than the server thinks. */
  readonly isUnconfirmed: boolean;
  readonly hasHandlers: boolean;
  readonly held: Held;
  /** The document that the handlers are at work on. */
  readonly handling?: Held;
  /** The documents that the handlers of earlier processes were at work on when they ended, since `handled`. */
  readonly interrupted?: readonly JsonObject[];
  readonly handled: Held;
  readonly outcome?: AcknowledgementState;
  readonly reports: readonly QueuedReport[];
  /** The first of `reports`, when it was published on this connection, and what came back so far. */
  readonly inFlight?: { readonly isDelivered: boolean; readonly version?: number };
  /** Report ids are this and a number: unlike any of an earlier process. */
  readonly idPrefix: string;
  readonly reportsBegun: number;
}

export type MachineEvent =
  | { readonly kind: 'connected' }
  | { readonly kind: 'subscribed' }
  | { readonly kind: 'disconnected' }
  | { readonly kind: 'handler-added' }
  | { readonly kind: 'desired-received'; readonly message: Json }
  /** The handlers are done with the document they were handed; `error` when one of them failed. */
  | { readonly kind: 'handled'; readonly error?: string }
  /** A PUBACK for an acknowledgement of this version. */
  | { readonly kind: 'acknowledgement-delivered'; readonly version: number }
  | { readonly kind: 'report-requested'; readonly ticket: number; readonly patch: JsonObject }
  /** A PUBACK for the report of this id. */
  | { readonly kind: 'report-delivered'; readonly id: string }
  | { readonly kind: 'accepted-received'; readonly message: Json }
  | { readonly kind: 'rejected-received'; readonly message: Json }
  /** No complete answer came for the report of this id although the connection stands. */
  | { readonly kind: 'report-overdue'; readonly id: string };

export type Effect =
  | { readonly kind: 'save' }
  | { readonly kind: 'subscribe' }
  | { readonly kind: 'request-desired'; readonly version: number }
  | { readonly kind: 'call-handlers'; readonly patch: JsonObject; readonly document: JsonObject }
  | { readonly kind: 'acknowledge'; readonly acknowledgement: AcknowledgementMessage }
  | { readonly kind: 'send-report'; readonly id: string; readonly patch: JsonObject }
  | { readonly kind: 'resolve'; readonly tickets: readonly number[]; readonly version: number }
  | { readonly kind: 'reject'; readonly tickets: readonly number[]; readonly error: TwinError }
  | { readonly kind: 'report-problem'; readonly problem: TwinError }
  | { readonly kind: 'reconnect' };

export interface Transition {
  readonly state: MachineState;
  readonly effects: readonly Effect[];
}

export function startState(device: string, idPrefix: string, stored: DeviceState | undefined): MachineState {
  const nothing: Held = { version: 0, document: {} };
  const interrupted = interruptedOf(stored);
  const reports = (stored?.reports ?? []).map((patch, index) => newReport(`${idPrefix}${index + 1}`, patch, []));
  return {
    device,
    connection: 'offline',
    isUnconfirmed: true,
    hasHandlers: false,
    held: stored?.held ?? nothing,
    handled: stored?.handled ?? nothing,
    ...(interrupted.length > 0 && { interrupted }),
    ...(stored?.outcome && { outcome: stored.outcome }),
    reports,
    idPrefix,
    reportsBegun: reports.length,
  };
}

/** A process that ends again and again adds no document twice; of many, the two oldest are taken together. */
function interruptedOf(stored: DeviceState | undefined): readonly JsonObject[] {
  const { interrupted = [], handling } = stored ?? {};
  if (handling === undefined || interrupted.some((one) => canonicalEqual(one, handling.document))) return interrupted;
  const all = [...interrupted, handling.document];
  const [oldest = {}, second = {}, ...younger] = all;
  return all.length > INTERRUPTED_MAX ? [mergePatch(oldest, second), ...younger] : all;
}

export function storedState({ device, held, handled, outcome, reports, ...state }: MachineState): DeviceState {
  const { handling, interrupted } = state;
  const patches = reports.map(({ patch }) => patch);
  const unfinished = { ...(handling && { handling }), ...(interrupted && { interrupted }) };
  return { device, held, handled, ...unfinished, ...(outcome && { outcome }), reports: patches };
}

export function step(state: MachineState, event: MachineEvent): Transition {
  switch (event.kind) {
    case 'connected':
      return connect(state);
    case 'subscribed':
      return subscribed(state);
    case 'disconnected':
      return unchanged({ ...withoutInFlight(state), connection: 'offline' });
    case 'handler-added':
      return callHandlers(unchanged({ ...state, hasHandlers: true }));
    case 'desired-received':
      return receive(state, event.message);
    case 'handled':
      return handled(state, event.error);
    case 'acknowledgement-delivered':
      return acknowledgementDelivered(state, event.version);
    case 'report-requested':
      return requestReport(state, event.ticket, event.patch);
    case 'report-delivered':
      return answered(state, event.id, { isDelivered: true });
    case 'accepted-received':
      return accepted(state, event.message);
    case 'rejected-received':
      return rejected(state, event.message);
    case 'report-overdue':
      return overdue(state, event.id);
    default:
      return assertNever(event);
  }
}

/** The acknowledgement goes first, so that the server starts from it when the subscription asks for the document. */
function connect(state: MachineState): Transition {
  return {
    state: { ...withoutInFlight(state), connection: 'subscribing' },
    effects: [...resendAcknowledgement(state), { kind: 'subscribe' }],
  };
}

function resendAcknowledgement({ outcome }: MachineState): readonly Effect[] {
  if (outcome === undefined || outcome.isDelivered) return [];
  return [{ kind: 'acknowledge', acknowledgement: outcome.acknowledgement }];
}

function subscribed(state: MachineState): Transition {
  const effects: readonly Effect[] = state.isUnconfirmed
    ? [{ kind: 'request-desired', version: state.held.version }]
    : [];
  return sendNextReport({ state: { ...state, connection: 'online' }, effects });
}

function receive(state: MachineState, message: Json): Transition {
  const reception = receiveDesired(state.held, message);
  switch (reception.kind) {
    case 'taken':
      return callHandlers({
        state: { ...state, held: reception.held, isUnconfirmed: false },
        effects: [{ kind: 'save' }],
      });
    case 'known':
      return { state: { ...state, isUnconfirmed: false }, effects: repeatAcknowledgement(state, message) };
    case 'lost':
      return { state, effects: [{ kind: 'request-desired', version: state.held.version }] };
    case 'malformed':
      return reportProblem(
        state,
        new TwinError('malformed', 'a message on $twin/desired is not {version, base, desired}'),
      );
    default:
      return assertNever(reception);
  }
}

/**
 * A server that sends what the device has, from another base, has lost the acknowledgement of it. An answer to
 * `$twin/get` starts from the version asked for and says nothing of the kind.
 */
function repeatAcknowledgement({ held, outcome }: MachineState, message: Json): readonly Effect[] {
  if (!isObject(message) || message.base === message.version || outcome?.isDelivered !== true) return [];
  if (outcome.acknowledgement.version !== held.version) return [];
  return [{ kind: 'acknowledge', acknowledgement: outcome.acknowledgement }];
}

/** Hands over the newest document when the handlers are free; what came in between is part of its patch. */
function callHandlers({ state, effects }: Transition): Transition {
  const { held } = state;
  if (!state.hasHandlers || state.handling !== undefined || held.version === state.handled.version) {
    return { state, effects };
  }
  const hand: Effect = { kind: 'call-handlers', patch: handlerPatch(state), document: held.document };
  return { state: { ...state, handling: held }, effects: [...effects, { kind: 'save' }, hand] };
}

/**
 * From the document handled last; and from the interrupted ones too, of which any part may have taken effect. All
 * patches lead to the same document, so that they never put an object over something else, and always compose.
 */
function handlerPatch({ held, handled: last, interrupted = [] }: MachineState): JsonObject {
  const first = diff(last.document, held.document);
  return interrupted.reduce<JsonObject>(
    (patch, document) => composePatch(patch, diff(document, held.document)) ?? patch,
    first,
  );
}

function handled(state: MachineState, error: string | undefined): Transition {
  const { handling, interrupted: _, ...rest } = state;
  if (handling === undefined) throw new Error('handlers finished that were never started');
  const acknowledgement = acknowledgementOf(handling.version, error);
  const acknowledge: readonly Effect[] =
    state.connection === 'offline' ? [] : [{ kind: 'acknowledge', acknowledgement }];
  return callHandlers({
    state: { ...rest, handled: handling, outcome: { acknowledgement, isDelivered: false } },
    effects: [{ kind: 'save' }, ...acknowledge],
  });
}

function acknowledgementOf(version: number, error: string | undefined): AcknowledgementMessage {
  if (error === undefined) return { version, status: 'applied' };
  return { version, status: 'failed', error: error.slice(0, LIMITS.errorTextBytesMax) };
}

function acknowledgementDelivered(state: MachineState, version: number): Transition {
  const { outcome } = state;
  if (outcome === undefined || outcome.isDelivered || outcome.acknowledgement.version !== version)
    return unchanged(state);
  return { state: { ...state, outcome: { ...outcome, isDelivered: true } }, effects: [{ kind: 'save' }] };
}

function requestReport(state: MachineState, ticket: number, patch: JsonObject): Transition {
  const reportsBegun = state.reportsBegun + 1;
  const reports = enqueue(state.reports, newReport(`${state.idPrefix}${reportsBegun}`, patch, [ticket]));
  if (reports === undefined) return { state, effects: [{ kind: 'reject', tickets: [ticket], error: queueFull() }] };
  return sendNextReport({ state: { ...state, reports, reportsBegun }, effects: [{ kind: 'save' }] });
}

function newReport(id: string, patch: JsonObject, tickets: readonly number[]): QueuedReport {
  return { id, patch, tickets, isSent: false };
}

function queueFull(): TwinError {
  return new TwinError(
    'rate-limited',
    `${REPORTS_WAITING_MAX} reports that cannot be merged into one already wait for the server: report less, or later`,
  );
}

/** One report is under way at a time; what comes meanwhile is composed behind it. */
function sendNextReport({ state, effects }: Transition): Transition {
  const [first, ...rest] = state.reports;
  if (state.connection !== 'online' || state.inFlight !== undefined || first === undefined) return { state, effects };
  return {
    state: { ...state, reports: [{ ...first, isSent: true }, ...rest], inFlight: { isDelivered: false } },
    effects: [...effects, { kind: 'send-report', id: first.id, patch: first.patch }],
  };
}

function accepted(state: MachineState, message: Json): Transition {
  if (!isObject(message) || typeof message.id !== 'string' || typeof message.version !== 'number') {
    return reportProblem(state, new TwinError('malformed', 'a message on $twin/accepted is not {id, version}'));
  }
  return answered(state, message.id, { version: message.version });
}

/** A report is done when both have come, in whatever order: the PUBACK and the answer that it was accepted. */
function answered(state: MachineState, id: string, progress: { isDelivered: true } | { version: number }): Transition {
  if (!isInFlight(state, id)) return unchanged(state);
  const inFlight = { isDelivered: false, ...state.inFlight, ...progress };
  if (!inFlight.isDelivered || inFlight.version === undefined) return unchanged({ ...state, inFlight: inFlight });
  return finish(state, (tickets) => [{ kind: 'resolve', tickets, version: inFlight.version ?? 0 }]);
}

function rejected(state: MachineState, message: Json): Transition {
  if (!isObject(message))
    return reportProblem(state, new TwinError('malformed', 'a message on $twin/rejected is no object'));
  const error = rejection(message);
  if (message.id !== undefined && !isInFlight(state, message.id)) return unchanged(state);
  if (message.id === undefined) return reportProblem(state, error);
  return finish(state, (tickets) => [
    { kind: 'reject', tickets, error },
    { kind: 'report-problem', problem: error },
  ]);
}

/** The server's code as it came: a newer server may know more of them than this library. */
function rejection({ code, message }: JsonObject): TwinError {
  const text = typeof message === 'string' ? message : 'the server refused a report and did not say why';
  return new TwinError(typeof code === 'string' ? (code as TwinErrorCode) : 'malformed', text);
}

function isInFlight(state: MachineState, id: Json | undefined): boolean {
  return state.inFlight !== undefined && state.reports[0]?.id === id;
}

function finish(state: MachineState, settle: (tickets: readonly number[]) => readonly Effect[]): Transition {
  const [first, ...reports] = state.reports;
  const effects: readonly Effect[] = [{ kind: 'save' }, ...settle(first?.tickets ?? [])];
  return sendNextReport({ state: { ...withoutInFlight(state), reports }, effects });
}

/** A connection on which answers get lost is of no use: a new one sends the report again. */
function overdue(state: MachineState, id: string): Transition {
  if (!isInFlight(state, id)) return unchanged(state);
  const problem = new TwinError('unavailable', 'the server did not answer a report in time: reconnecting');
  return { state, effects: [{ kind: 'report-problem', problem }, { kind: 'reconnect' }] };
}

function withoutInFlight({ inFlight: _, ...state }: MachineState): MachineState {
  return state;
}

function reportProblem(state: MachineState, problem: TwinError): Transition {
  return { state, effects: [{ kind: 'report-problem', problem }] };
}

function unchanged(state: MachineState): Transition {
  return { state, effects: [] };
}
