import { register } from './devices.js';
import { eventually, must, OldConnection } from './old-connection.js';

const LARGE = 'large '.repeat(600);

/** Configurations in every shape that has nothing to do with rollouts, and devices that have them. */
export async function makeConfigurations(server) {
  await makeLayers(server);
  await makeWritten(server);
  await makeProblem(server);
  await makeQuarrels(server);
}

export const storyOf = (story) => `device.tags.story = '${story}'`;

async function makeLayers(server) {
  const put = (id, desiredProperties, more = {}) =>
    server.client.configurations.put(id, { targetCondition: storyOf('layers'), desiredProperties, ...more });
  await put('base', { speed: 1, net: { a: 1, b: 1, c: { deep: true } }, list: [1, 2] });
  await put('tuned', { speed: 2, net: { a: 2 } }, { priority: 10, labels: { team: 'water' } });
  await put('tie-older', { tie: 'older', older: true }, { priority: 5 });
  await put('tie-newer', { tie: 'newer' }, { priority: 5 });
  await put('forced', { lock: 'on' }, { priority: -5, enforce: true });
  await put('masking', { net: { b: null } }, { priority: 20 });
  await put('beaten', { speed: 3 }, { priority: -20 });
  await register(server, 'layers-1', { tags: { story: 'layers' } });
  await register(server, 'layers-2', {
    tags: { story: 'layers' },
    desired: { speed: 9, lock: 'off', net: { c: null }, own: [{ only: 'here' }] },
  });
  for (const id of ['layers-1', 'layers-2']) {
    const device = await OldConnection.answering(server, id, ({ version }) => ({
      applied: version,
      reported: { has: version },
    }));
    await eventually(async () => {
      const { acknowledged, desiredVersion } = await server.client.devices.get(id);
      must(desiredVersion > 0 && acknowledged?.version === desiredVersion, `${id} did not apply its layers`);
    });
    await device.end();
  }
}

async function makeWritten({ client }) {
  const { configurations } = client;
  const content = { targetCondition: storyOf('nobody'), desiredProperties: { n: 0 } };
  await configurations.put('described', { ...content, description: 'für "alle" \\ 🚰', labels: { a: '1', b: '' } });
  await configurations.put('described', { ...content, description: 'anders', labels: {}, priority: 7 });
  await configurations.put('described', {
    ...content,
    targetCondition: storyOf('layers'),
    priority: 7,
    enabled: false,
  });
  await configurations.put('labelled', {
    ...content,
    description: 'für "alle" \\ 🚰',
    labels: { team: 'water', b: '' },
  });
  await configurations.put('disabled', { ...content, targetCondition: storyOf('disabled'), enabled: false });
  await configurations.put('deleted', content);
  await configurations.remove('deleted');
  await configurations.put('recreated', content);
  await configurations.remove('recreated');
  await configurations.put('recreated', { ...content, desiredProperties: { again: true } });
  for (let n = 0; n < 23; n += 1) await configurations.put('rewritten-often', { ...content, desiredProperties: { n } });
}

/** Two documents that are within the limits, and together above. */
async function makeProblem(server) {
  const half = (name) => Object.fromEntries(Array.from({ length: 5 }, (_, n) => [`${name}-${n}`, LARGE]));
  const targetCondition = storyOf('crowded');
  await register(server, 'crowded', { tags: { story: 'crowded' } });
  await server.client.configurations.put('half-one', { targetCondition, desiredProperties: half('one') });
  await eventually(async () => must((await server.client.devices.get('crowded')).desiredVersion === 1, 'no half came'));
  await server.client.configurations.put('half-two', { targetCondition, desiredProperties: half('two') });
  await eventually(async () => must((await server.client.devices.get('crowded')).problem, 'there is no problem'));
}

/** Devices on which configurations take turns until that is noticed. */
async function makeQuarrels(server) {
  const { client } = server;
  await client.configurations.put('to-y', pushing('torn', 'x', 'y'));
  await client.configurations.put('to-x', pushing('torn', 'y', 'x'));
  await client.configurations.put('alone', pushing('selfish', 'x', 'y'));
  await takeTurns(server, 'torn');
  await takeTurns(server, 'selfish');
}

function pushing(story, is, to) {
  return {
    targetCondition: `${storyOf(story)} AND device.reported.mode = '${is}'`,
    desiredProperties: { mode: to },
  };
}

/** The device does what it is told, reports it, and is told something else. */
async function takeTurns(server, id) {
  await register(server, id, { tags: { story: id } });
  const device = await OldConnection.device(server, id);
  await device.subscribe('$twin/desired');
  await device.report({ reported: { mode: 'x' } });
  for (let turn = 1; turn <= 10; turn += 1) {
    const { desired } = await eventually(async () => {
      const view = await server.client.devices.get(id);
      must(view.desiredVersion >= turn, `${id} was not pushed ${turn} times`);
      return view;
    });
    await device.report({ reported: { mode: desired.mode ?? 'x' } });
  }
  await eventually(async () => {
    must((await server.client.devices.get(id)).desiredVersion === 11, `${id} has not come to rest`);
  });
  await device.end();
}
