import { setTimeout as pause } from 'node:timers/promises';
import { storyOf } from './configurations.js';
import { register } from './devices.js';
import { eventually, must, OldConnection } from './old-connection.js';

const applies = ({ version }) => ({ applied: version });
const fails = ({ version }) => ({ failed: version, error: 'no space' });
const isSilent = () => undefined;

/** Rollouts in every state. Returns what is to be done at the very end, before the server is killed. */
export async function makeRollouts(server) {
  await makeOver(server);
  await makeStanding(server);
  await makePaused(server);
  return makeRunning(server);
}

/** So many devices of a story, and the content that all of them have applied before a rollout of other content begins. */
async function makeFleet(server, story, count, isConnected = () => true, answer = (_, message) => applies(message)) {
  const connections = new Map();
  for (let n = 0; n < count; n += 1) {
    const id = `${story}-${String(n).padStart(2, '0')}`;
    await register(server, id, { tags: { story } });
    if (isConnected(n))
      connections.set(id, await OldConnection.answering(server, id, (...asked) => answer(id, ...asked)));
  }
  return connections;
}

const contentOf = (story, n, more = {}) => ({
  targetCondition: storyOf(story),
  desiredProperties: { [story]: n },
  ...more,
});

function reached(server, id, isReached) {
  return eventually(async () => {
    const status = await server.client.configurations.status(id);
    must(isReached(status), `${id} does not come so far: ${JSON.stringify(status)}`);
    return status;
  });
}

async function makeOver(server) {
  const { configurations } = server.client;
  const phases = [{ percent: 50 }, { percent: 100 }];
  await makeFleet(server, 'completed', 4);
  await configurations.put('completed', contentOf('completed', 1));
  await reached(server, 'completed', ({ applied }) => applied === 4);
  await configurations.put('completed', contentOf('completed', 2, { rollout: { phases, ratePerMinute: 600 } }));
  await reached(server, 'completed', ({ applied, rollout }) => rollout.state === 'complete' && applied === 4);

  // Devices that failed keep what they were given.
  await makeFleet(server, 'aborted', 4, undefined, (_, message) => fails(message));
  const abort = { failedPercent: 10, minimum: 2 };
  await configurations.put('aborted', contentOf('aborted', 1, { rollout: { phases, abort, onFailure: 'keep' } }));
  await reached(server, 'aborted', ({ rollout }) => rollout.state === 'aborted');

  await makeFleet(server, 'rolled-back', 4);
  await configurations.put('rolled-back', contentOf('rolled-back', 1));
  await reached(server, 'rolled-back', ({ applied }) => applied === 4);
  const waiting = [{ percent: 50, wait: '1h' }, { percent: 100 }];
  await configurations.put('rolled-back', contentOf('rolled-back', 2, { rollout: { phases: waiting } }));
  await reached(server, 'rolled-back', ({ rollout }) => rollout.phases[0].applied === 2);
  await configurations.rollout('rolled-back', { action: 'rollback' });

  await makeFleet(server, 'withdrawn', 2);
  await configurations.put(
    'withdrawn',
    contentOf('withdrawn', 1, { rollout: { phases: waiting, onAbort: 'rollback' } }),
  );
  await reached(server, 'withdrawn', ({ rollout }) => rollout.phases[0].applied === 1);
  await configurations.rollout('withdrawn', { action: 'abort' });
}

/** Those that stand still until an operator or a date comes. */
async function makeStanding(server) {
  const { configurations } = server.client;
  const phases = [{ percent: 50, wait: '1h' }, { percent: 100 }];
  const window = { days: ['sat', 'sun'], from: '01:00', to: '05:00', timezone: 'Europe/Prague' };
  await makeFleet(server, 'scheduled', 2);
  for (let n = 1; n <= 23; n += 1) {
    const rollout = n === 1 ? {} : { rollout: { phases, startAt: '2199-01-01T00:00:00Z', window } };
    await configurations.put('scheduled', contentOf('scheduled', n, rollout));
  }
  await reached(server, 'scheduled', ({ rollout }) => rollout.state === 'waiting' && rollout.stable === 1);

  await makeFleet(server, 'switched-off', 2);
  await configurations.put('switched-off', contentOf('switched-off', 1, { rollout: { phases } }));
  await reached(server, 'switched-off', ({ rollout }) => rollout.phases[0].applied === 1);
  await configurations.put('switched-off', contentOf('switched-off', 1, { rollout: { phases }, enabled: false }));

  await makeFleet(server, 'rewritten', 2);
  await configurations.put('rewritten', contentOf('rewritten', 1, { rollout: { phases } }));
  await reached(server, 'rewritten', ({ rollout }) => rollout.phases[0].applied === 1);
  await configurations.rollout('rewritten', { action: 'abort' });
  const rollout = { phases: [{ percent: 60, wait: '1h' }, { percent: 100 }] };
  await configurations.put('rewritten', contentOf('rewritten', 1, { rollout, enabled: false }));
}

/** In its first phase, with one device that applied, one that rests after a failure, and one that never answered. */
async function makePaused(server) {
  let turn = 0;
  const turns = new Map();
  const answer = (id, message) => {
    if (message.desired.paused !== 2 || message.base === 0) return applies(message);
    if (!turns.has(id)) turns.set(id, [applies, fails, isSilent][turn++ % 3]);
    return turns.get(id)(message);
  };
  await makeFleet(server, 'paused', 6, undefined, answer);
  await server.client.configurations.put('paused', contentOf('paused', 1));
  await reached(server, 'paused', ({ applied }) => applied === 6);
  const phases = [{ percent: 50, wait: '10s' }, { percent: 100 }];
  const rollout = { phases, ratePerMinute: 6_000, retries: 5, timeout: '30m' };
  await server.client.configurations.put('paused', contentOf('paused', 2, { rollout }));
  await reached(
    server,
    'paused',
    ({ rollout: { phases: counted } }) => counted[0].admitted === 3 && counted[0].applied === 1,
  );
  await eventually(() => must(turns.size === 3, 'the first phase has fewer than three devices'));
  await server.client.configurations.rollout('paused', { action: 'pause' });
}

/** By the order in which devices are given the second content. */
const ROLES = ['applies', 'fails', 'rests', 'is-silent', 'is-cut-off', 'leaves'];
const RUNNING = {
  phases: [{ percent: 10 }, { percent: 50, wait: '1h' }, { percent: 100 }],
  abort: { failedPercent: 90, minimum: 20 },
  retries: 2,
  timeout: '30m',
};

/**
 * In its second phase. Of the devices that are admitted some applied, one failed in all its attempts, one rests after
 * its second, one is silent, one was cut off, one ceased to match; two were never connected. The others wait.
 */
async function makeRunning(server) {
  const [roleOf, given] = [new Map(), new Map()];
  const answer = (id, message) => {
    if (message.desired.running !== 2) return applies(message);
    if (!roleOf.has(id)) roleOf.set(id, ROLES[roleOf.size] ?? 'applies');
    const role = roleOf.get(id);
    given.set(role, [...(given.get(role) ?? []), message]);
    if (role === 'applies') return applies(message);
    return role === 'fails' || (role === 'rests' && given.get(role).length === 1) ? fails(message) : undefined;
  };
  const connections = await makeFleet(server, 'running', 20, (n) => n % 10 < 8, answer);
  await server.client.configurations.put('running', contentOf('running', 1));
  await reached(server, 'running', ({ applied }) => applied === connections.size);
  await server.client.configurations.put('running', contentOf('running', 2, { rollout: RUNNING }));
  await eventually(() => must(roleOf.size >= ROLES.length, `only ${roleOf.size} devices were given a document`));
  const idOf = (role) => [...roleOf].find(([, other]) => other === role)[0];
  // Time in which the device is connected and owes an answer.
  await pause(100);
  await connections.get(idOf('is-cut-off')).end();
  await server.client.devices.patch(idOf('leaves'), { tags: { story: 'left' } });
  const failed = ({ rollout: { phases } }) => phases.reduce((sum, phase) => sum + phase.failed, 0);
  await reached(server, 'running', (status) => failed(status) === 1);
  await reached(server, 'running', ({ rollout: { phase, waitsFor } }) => phase === 2 && waitsFor?.code === 'phase');
  const { rollout } = await server.client.configurations.status('paused');
  must(rollout.state === 'paused' && rollout.phase === 1, 'the rollout is not paused in its first phase any more');
  return async () => {
    const resting = idOf('rests');
    await connections.get(resting).report(fails(given.get('rests').at(-1)));
    return { resting };
  };
}
