import { Inbox } from './inbox.js';
import type { Scope } from './scope.js';
import type { Server } from './server.js';

const CONNECTING_AT_ONCE = 25;

/** The acknowledgement of a document; undefined means applied. */
export type Verdict = (id: string, desired: Readonly<Record<string, unknown>>) => string | undefined;

/** Many devices, each on a connection of its own, that acknowledge every document at once. */
export class AnsweringFleet {
  readonly #inboxes = new Map<string, Inbox>();
  readonly #verdict: Verdict;

  /** Registers and connects the devices. */
  static async join(scope: Scope, server: Server, ids: readonly string[], verdict: Verdict): Promise<AnsweringFleet> {
    const fleet = new AnsweringFleet(verdict);
    const logins = await register(server, ids);
    const queue = logins.values();
    const connect = async (): Promise<void> => {
      for (const [id, secret] of queue) await fleet.#connect(await Inbox.device(scope, server, id, secret), id);
    };
    await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, connect));
    return fleet;
  }

  private constructor(verdict: Verdict) {
    this.#verdict = verdict;
  }

  /** The desired documents sent to each device, in order. */
  get documents(): ReadonlyMap<string, readonly unknown[]> {
    const received = [...this.#inboxes].map(
      ([id, inbox]) => [id, inbox.messages.map(({ json }) => json.desired)] as const,
    );
    return new Map(received.filter(([, documents]) => documents.length > 0));
  }

  /** Forgets the messages received so far. */
  forgetDocuments(): void {
    for (const { messages } of this.#inboxes.values()) messages.length = 0;
  }

  async #connect(inbox: Inbox, id: string): Promise<void> {
    this.#inboxes.set(id, inbox);
    inbox.mqtt.on('message', (_topic, payload) => {
      const { version, desired } = JSON.parse(payload.toString());
      const error = this.#verdict(id, desired);
      const answer = error === undefined ? { applied: version } : { failed: version, error };
      inbox.mqtt.publish('$twin/reported', JSON.stringify(answer), { qos: 1 });
    });
    await inbox.subscribe('$twin/desired');
  }
}

async function register({ client }: Server, ids: readonly string[]): Promise<[id: string, secret: string][]> {
  const logins: [string, string][] = [];
  async function* lines() {
    for (const id of ids) yield { id };
  }
  for await (const line of client.devices.import(lines())) {
    if (line.status === 400 || line.secret === undefined) throw new Error(`not registered: ${JSON.stringify(line)}`);
    logins.push([line.id, line.secret]);
  }
  return logins;
}
