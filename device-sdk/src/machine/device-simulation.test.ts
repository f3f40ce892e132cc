import { diff, type Held, type JsonObject, mergePatch } from '@muster/twin';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Effect, type MachineEvent, type MachineState, startState, step, storedState } from './device-state.js';

type Action =
  | { readonly kind: 'report'; readonly patch: JsonObject }
  | { readonly kind: 'set-desired'; readonly patch: JsonObject }
  | { readonly kind: 'to-server' | 'to-device' | 'finish-handler' | 'drop' | 'restart' };

type ToServer = Extract<Effect, { kind: 'subscribe' | 'request-desired' | 'acknowledge' | 'send-report' }>;

/** One device, a server that follows the protocol, and a link that may break after any packet. */
class World {
  state: MachineState = { ...startState('d', 'p0-', undefined), hasHandlers: true };
  reported: JsonObject = {};
  reportedVersion = 0;
  desired: Held = { version: 0, document: {} };
  acknowledged = 0;
  /** Every version passed to the handlers, in order. */
  handed: number[] = [];
  /** The document passed to the handlers last. */
  handledAt: JsonObject = {};
  #history: Held[] = [this.desired];
  #isSubscribed = false;
  #sentVersion = 0;
  #toServer: ToServer[] = [];
  #toDevice: MachineEvent[] = [];
  #starts = 0;

  act(action: Action): void {
    if (action.kind === 'report') this.#dispatch({ kind: 'report-requested', ticket: 0, patch: action.patch });
    else if (action.kind === 'set-desired') this.#setDesired(action.patch);
    else if (action.kind === 'to-server') this.#serve(this.#toServer.shift());
    else if (action.kind === 'to-device') this.#deliver(this.#toDevice.shift());
    else if (action.kind === 'drop') this.#reconnect();
    else if (action.kind === 'restart') this.#restart();
    else if (this.state.handling !== undefined) this.#dispatch({ kind: 'handled' });
  }

  #deliver(event: MachineEvent | undefined): void {
    if (event !== undefined) this.#dispatch(event);
  }

  get isQuiet(): boolean {
    return this.#toServer.length === 0 && this.#toDevice.length === 0 && this.state.handling === undefined;
  }

  #reconnect(): void {
    this.#toServer = [];
    this.#toDevice = [];
    this.#isSubscribed = false;
    this.#dispatch({ kind: 'disconnected' });
    this.#dispatch({ kind: 'connected' });
  }

  #restart(): void {
    this.#starts += 1;
    const stored = JSON.parse(JSON.stringify(storedState(this.state)));
    this.state = startState('d', `p${this.#starts}-`, stored);
    this.#reconnect();
    this.#dispatch({ kind: 'handler-added' });
  }

  #dispatch(event: MachineEvent): void {
    const { state, effects } = step(this.state, event);
    this.state = state;
    for (const effect of effects) {
      if (effect.kind === 'call-handlers') {
        expect(mergePatch(this.handledAt, effect.patch)).toEqual(effect.document);
        this.handledAt = effect.document;
        this.handed.push(state.handling?.version ?? -1);
      } else if (['subscribe', 'request-desired', 'acknowledge', 'send-report'].includes(effect.kind)) {
        this.#toServer.push(effect as ToServer);
      }
    }
  }

  #setDesired(patch: JsonObject): void {
    const document = mergePatch(this.desired.document, patch);
    this.desired = { version: this.desired.version + 1, document };
    this.#history.push(this.desired);
    if (this.#isSubscribed) this.#push(this.#sentVersion);
  }

  /** Sends a message from `base` to the current version. */
  #push(base: number): void {
    const { version, document } = this.desired;
    const from = this.#history[base]?.document ?? {};
    this.#sentVersion = version;
    this.#toDevice.push({ kind: 'desired-received', message: { version, base, desired: diff(from, document) } });
  }

  #serve(packet: ToServer | undefined): void {
    if (packet === undefined) return;
    if (packet.kind === 'subscribe') {
      this.#isSubscribed = true;
      this.#toDevice.push({ kind: 'subscribed' });
      this.#sentVersion = this.acknowledged;
      if (this.acknowledged !== this.desired.version) this.#push(this.acknowledged);
    } else if (packet.kind === 'request-desired') this.#push(packet.version);
    else if (packet.kind === 'acknowledge') {
      this.acknowledged = Math.max(this.acknowledged, packet.acknowledgement.version);
      this.#toDevice.push({ kind: 'acknowledgement-delivered', version: packet.acknowledgement.version });
    } else {
      this.reported = mergePatch(this.reported, packet.patch);
      this.reportedVersion += 1;
      this.#toDevice.push({ kind: 'report-delivered', id: packet.id });
      this.#toDevice.push({ kind: 'accepted-received', message: { id: packet.id, version: this.reportedVersion } });
    }
  }
}

describe('a device and a server on a link that breaks', () => {
  it('agree once the link stays up', () => {
    fc.assert(
      fc.property(fc.array(action(), { minLength: 10, maxLength: 80, size: 'max' }), (actions) => {
        const world = new World();
        world.act({ kind: 'drop' });
        let reported: JsonObject = {};
        for (const action of actions) {
          world.act(action);
          if (action.kind === 'report') reported = mergePatch(reported, action.patch);
        }
        settle(world);
        expect(world.reported).toEqual(reported);
        expect(world.state.reports).toEqual([]);
        expect(world.state.held).toEqual(world.desired);
        expect(world.acknowledged).toBe(world.desired.version);
        expect(world.handledAt).toEqual(world.desired.document);
        if (!actions.some(({ kind }) => kind === 'restart')) {
          expect(world.handed).toEqual([...new Set(world.handed)].sort((left, right) => left - right));
        }
      }),
      { numRuns: 500 },
    );
  });
});

function settle(world: World): void {
  world.act({ kind: 'drop' });
  for (let turns = 0; turns < 1_000; turns += 1) {
    world.act({ kind: 'to-server' });
    world.act({ kind: 'to-device' });
    world.act({ kind: 'finish-handler' });
    if (world.isQuiet) return;
  }
  throw new Error('the link never became quiet');
}

function action(): fc.Arbitrary<Action> {
  return fc.oneof(
    { weight: 3, arbitrary: patch().map((change): Action => ({ kind: 'report', patch: change })) },
    { weight: 3, arbitrary: patch().map((change): Action => ({ kind: 'set-desired', patch: change })) },
    { weight: 4, arbitrary: fc.constant<Action>({ kind: 'to-server' }) },
    { weight: 4, arbitrary: fc.constant<Action>({ kind: 'to-device' }) },
    { weight: 2, arbitrary: fc.constant<Action>({ kind: 'finish-handler' }) },
    { weight: 1, arbitrary: fc.constantFrom<Action>({ kind: 'drop' }, { kind: 'restart' }) },
  );
}

function patch(): fc.Arbitrary<JsonObject> {
  const leaf = fc.constantFrom<JsonObject[string]>(null, 1, 2, [1]);
  const inner = fc.dictionary(fc.constantFrom('x', 'y'), leaf, { maxKeys: 2 });
  return fc.dictionary(fc.constantFrom('a', 'b'), fc.oneof(leaf, inner), { maxKeys: 2 });
}
