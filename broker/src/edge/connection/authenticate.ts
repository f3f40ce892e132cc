import type { AuthenticateAnswer } from '../edge-hooks.js';
import type { Connection } from './connection.js';

/** The callback of Aedes: without an error the client is let in; `returnCode` is the code of CONNACK. */
export type AuthenticateCallback = (error: Refusal | null, admitted: boolean | null) => void;

export interface Refusal extends Error {
  returnCode: 2 | 3 | 4 | 5;
}

/** Asks the hook within its time limit, checks the will, and holds the packet ids in flight of a resumed session. */
export function authenticate(
  connection: Connection,
  username: string | undefined,
  password: Buffer | undefined,
  admit: AuthenticateCallback,
): void {
  const { context } = connection;
  let isSettled = false;
  const settle = (refusal: Refusal | null): void => {
    if (isSettled) return;
    isSettled = true;
    cancel();
    if (refusal !== null) {
      context.counters.connectionsRefused++;
      connection.endReason ??= refusal.message;
    }
    admit(refusal, refusal === null);
  };
  const cancel = context.clock.after(context.limits.authenticateTimeoutMs, () => {
    settle(refusal(3, 'authentication timed out'));
  });
  decide(connection, username, password).then(settle, (error) => {
    context.counters.hookFailures++;
    context.log('error', 'authentication failed', { clientId: connection.id, error });
    settle(refusal(3, 'authentication failed'));
  });
}

async function decide(
  connection: Connection,
  username: string | undefined,
  password: Buffer | undefined,
): Promise<Refusal | null> {
  const { context, aedes, remoteAddress } = connection;
  if (connection.isNameless && !aedes.clean) {
    return refusal(2, 'an empty client id requires a clean session [MQTT-3.1.3-8]');
  }
  const request = { clientId: aedes.id, username, password, clean: aedes.clean, remoteAddress };
  const answer: AuthenticateAnswer<unknown> = await context.hooks.authenticate(request);
  if ('refused' in answer) return refusal(answer.refused, 'not authorized');
  connection.principal = answer.principal;
  const will = aedes._will;
  if (will && !context.hooks.mayWill(answer.principal, will.topic))
    return refusal(5, 'the topic of the will is not allowed');
  if (!aedes.clean) {
    for (const id of await context.sessions.sentIds({ id: aedes.id })) connection.egress.ids.hold(id, 'resend');
  }
  return null;
}

function refusal(returnCode: Refusal['returnCode'], message: string): Refusal {
  return Object.assign(new Error(message), { returnCode });
}
