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

/** Interrupted documents that are kept separately. */
const INTERRUPTED_MAX = 16;

/** The state of a device. `step` takes it and an event, and returns the next state and the effects to carry out. */
export interface MachineState {
  readonly device: string;
  readonly connection: 'offline' | 'subscribing' | 'online';
  /** True until the server has confirmed the held version: the storage may be older than the server assumes. */
  readonly isUnconfirmed: boolean;
  readonly hasHandlers: boolean;
  readonly held: Held;
  /** The document that the handlers are applying. */
  readonly handling?: Held;
  /** Documents that handlers of earlier processes were applying when the process ended, since `handled`. */
  readonly interrupted?: readonly JsonObject[];
  readonly handled: Held;
  readonly outcome?: AcknowledgementState;
  readonly reports: readonly QueuedReport[];
  /** Set once the first of `reports` was published on this connection: the answers received so far. */
  readonly inFlight?: { readonly isDelivered: boolean; readonly version?: number };
  /** A report id is this prefix and a number; the prefix differs from those of earlier processes. */
  readonly idPrefix: string;
  readonly reportsBegun: number;
}

export type MachineEvent =
  | { readonly kind: 'connected' }
  | { readonly kind: 'subscribed' }
  | { readonly kind: 'disconnected' }
  | { readonly kind: 'handler-added' }
  | { readonly kind: 'desired-received'; readonly message: Json }
  /** The handlers have finished with the document; `error` is set if one of them failed. */
  | { readonly kind: 'handled'; readonly error?: string }
  /** A PUBACK for an acknowledgement of this version. */
  | { readonly kind: 'acknowledgement-delivered'; readonly version: number }
  | { readonly kind: 'report-requested'; readonly ticket: number; readonly patch: JsonObject }
  /** A PUBACK for the report of this id. */
  | { readonly kind: 'report-delivered'; readonly id: string }
  | { readonly kind: 'accepted-received'; readonly message: Json }
  | { readonly kind: 'rejected-received'; readonly message: Json }
  /** The report of this id has no complete answer in time, although the connection is open. */
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

/** A crash loop adds no document twice; beyond the limit the two oldest are merged. */
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

/** The acknowledgement is sent first: the server starts from it when the subscription requests the document. */
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
 * If the server sends the held version from another base, it has lost the acknowledgement, which is sent again. An
 * answer to `$twin/get` starts from the requested version and does not show that.
 */
function repeatAcknowledgement({ held, outcome }: MachineState, message: Json): readonly Effect[] {
  if (!isObject(message) || message.base === message.version || outcome?.isDelivered !== true) return [];
  if (outcome.acknowledgement.version !== held.version) return [];
  return [{ kind: 'acknowledge', acknowledgement: outcome.acknowledgement }];
}

/** Calls the handlers with the newest document when they are free; its patch covers the versions in between. */
function callHandlers({ state, effects }: Transition): Transition {
  const { held } = state;
  if (!state.hasHandlers || state.handling !== undefined || held.version === state.handled.version) {
    return { state, effects };
  }
  const hand: Effect = { kind: 'call-handlers', patch: handlerPatch(state), document: held.document };
  return { state: { ...state, handling: held }, effects: [...effects, { kind: 'save' }, hand] };
}

/**
 * Leads from the document handled last to the newest, and from every interrupted document, any part of which may have
 * taken effect. All these patches lead to the same document, so they always compose.
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
  if (handling === undefined) throw new Error('handlers finished but were never called');
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
    `${REPORTS_WAITING_MAX} reports that cannot be merged already wait for the server: report less often, or later`,
  );
}

/** One report is in flight at a time; later ones are composed behind it. */
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

/** A report is done after its PUBACK and its `accepted` message, in either order. */
function answered(state: MachineState, id: string, progress: { isDelivered: true } | { version: number }): Transition {
  if (!isInFlight(state, id)) return unchanged(state);
  const inFlight = { isDelivered: false, ...state.inFlight, ...progress };
  if (!inFlight.isDelivered || inFlight.version === undefined) return unchanged({ ...state, inFlight: inFlight });
  return finish(state, (tickets) => [{ kind: 'resolve', tickets, version: inFlight.version ?? 0 }]);
}

function rejected(state: MachineState, message: Json): Transition {
  if (!isObject(message))
    return reportProblem(state, new TwinError('malformed', 'a message on $twin/rejected is not an object'));
  const error = rejection(message);
  if (message.id !== undefined && !isInFlight(state, message.id)) return unchanged(state);
  if (message.id === undefined) return reportProblem(state, error);
  return finish(state, (tickets) => [
    { kind: 'reject', tickets, error },
    { kind: 'report-problem', problem: error },
  ]);
}

/** Keeps the server's code: a newer server may have codes that this version does not know. */
function rejection({ code, message }: JsonObject): TwinError {
  const text = typeof message === 'string' ? message : 'the server refused a report without a reason';
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

/** A connection that loses answers is replaced; the report is sent again on the new one. */
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
