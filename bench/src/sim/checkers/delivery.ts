import { canonicalEqual, type DesiredMessage, isObject, type JsonObject, mergePatch, TOPICS } from '@muster/twin';
import type { Observation, ObservedConnection } from '../observation/observation.js';
import type { World } from '../world/world.js';
import type { Checker } from './checker.js';

const NAME =
  'S3 S17 a message leads from the version of the device to the stored one, and every absence ends with one message';

interface Conversation {
  /** Versions from which a message may start. */
  readonly bases: Set<number>;
  sent: number;
  asked: number;
  /** Reasons for one message each: a SUBSCRIBE, a resumed session, a version that reached the disk. */
  reasons: number;
}

/** Every document that a device ever had, by its version. */
type History = Map<number, JsonObject>;

export function delivery(): Checker {
  const histories = new Map<string, History>();
  const acknowledged = new Map<string, Set<number>>();
  const conversations = new Map<ObservedConnection, Conversation>();

  const committed = (event: Extract<Observation, { kind: 'committed' }>): void => {
    if (event.entryKind !== 'device' || !event.after || !('desiredVersion' in event.after)) return;
    const { id, desiredVersion } = event.after;
    const desired = 'desired' in event.after ? event.after.desired : {};
    const history = histories.get(id) ?? new Map([[0, {}]]);
    histories.set(id, history);
    if (history.has(desiredVersion)) return;
    history.set(desiredVersion, desired);
    for (const [connection, one] of conversations) if (connection.id === id) one.reasons += 1;
  };
  const published = (connection: ObservedConnection, topic: string, message: JsonObject): void => {
    const one = conversations.get(connection);
    const version = topic === TOPICS.get ? message.version : (message.applied ?? message.failed);
    if (topic === TOPICS.get && one) one.asked += 1;
    if (typeof version !== 'number') return;
    one?.bases.add(version);
    const said = acknowledged.get(connection.id) ?? new Set();
    acknowledged.set(connection.id, said.add(version));
  };
  const sent = (connection: ObservedConnection, text: string, world: World): void => {
    const one = conversations.get(connection);
    const message: unknown = JSON.parse(text);
    if (!one || !isObject(message)) return;
    one.sent += 1;
    if (one.sent > one.asked + one.reasons) {
      world.fail(
        NAME,
        `${connection.id} is sent message ${one.sent}, with ${one.reasons} reasons and ${one.asked} gets`,
      );
    }
    checkMessage(
      message as unknown as DesiredMessage,
      { connection, one, history: histories.get(connection.id) },
      world,
    );
    one.bases.add(Number(message.version));
  };
  return {
    name: NAME,
    onObservation: (event, world) => {
      if (event.kind === 'committed') committed(event);
      else if (event.kind === 'connected') {
        const bases = new Set(acknowledged.get(event.connection.id));
        conversations.set(event.connection, { bases, sent: 0, asked: 0, reasons: event.connection.resumes ? 1 : 0 });
      } else if (event.kind === 'subscribed') {
        const one = conversations.get(event.connection);
        if (one) one.reasons += 1;
      } else if (event.kind === 'disconnected') conversations.delete(event.connection);
      else if (event.kind === 'crashed') conversations.clear();
      else if (event.kind === 'published') published(event.connection, event.topic, event.message);
      else if (event.kind === 'sent' && event.topic === TOPICS.desired) sent(event.connection, event.text, world);
    },
  };
}

interface Context {
  readonly connection: ObservedConnection;
  readonly one: Conversation;
  readonly history: History | undefined;
}

function checkMessage({ version, base, desired }: DesiredMessage, context: Context, world: World): void {
  const { connection, one, history } = context;
  const [before, after] = [base === 0 ? {} : history?.get(base), history?.get(version)];
  const text = `${connection.id} is sent version ${version} from ${base}`;
  if (!after) world.fail(NAME, `${text}, which is not on disk`);
  else if (!before || (base !== 0 && !one.bases.has(base))) world.fail(NAME, `${text}, which it does not have`);
  else if (!isObject(desired) || !canonicalEqual(mergePatch(before, desired), after)) {
    world.fail(NAME, `${text}: ${JSON.stringify(desired)} does not lead to ${JSON.stringify(after)}`);
  }
}
