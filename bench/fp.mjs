import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { parseCondition } from '@muster/conditions';
import { Reconciler } from '@muster/reconciler';
import { LmdbStore, Registry } from '@muster/registry';
import { registrationOf } from './dist/big-fleet.js';

const N = Number(process.argv[2] ?? 200000);
const prof = process.argv[3];
const base = `/tmp/fp/base-${N}`;
const clock = {
  now: () => Date.now(),
  after: (ms, f) => {
    const t = setTimeout(f, ms);
    return () => clearTimeout(t);
  },
  monotonic: () => performance.now(),
};
const { systemClock } = await import('@muster/twin').catch(() => ({}));
async function open(dir) {
  const store = LmdbStore.open(dir);
  const registry = await Registry.open({ store, clock, randomBytes: (n) => randomBytes(n), checkCondition: () => {} });
  return { store, registry };
}
if (!existsSync(base + '/done')) {
  rmSync(base, { recursive: true, force: true });
  const { store, registry } = await open(base);
  let ps = [];
  for (let n = 0; n < N; n++) {
    const { id, ...r } = registrationOf(n);
    ps.push(registry.register(id, r));
    if (ps.length === 2000) {
      await Promise.all(ps);
      ps = [];
    }
  }
  await Promise.all(ps);
  await store.close();
  writeFileSync(base + '/done', '');
}
const dir = '/tmp/fp/run';
rmSync(dir, { recursive: true, force: true });
cpSync(base, dir, { recursive: true });
const { store, registry } = await open(dir);
const log = (l, m, d) => {
  if (l !== 'info') console.log(l, m, d);
};
const reconciler = await Reconciler.start({ registry, clock, log });
await reconciler.idle();
let s;
if (prof) {
  s = new Session();
  s.connect();
  await new Promise((r) => s.post('Profiler.enable', r));
  await new Promise((r) => s.post('Profiler.setSamplingInterval', { interval: 200 }, r));
  await new Promise((r) => s.post('Profiler.start', r));
}
const { deviceId } = await import('./dist/big-fleet.js');
const waits = [];
let rt;
if (process.env.REPORTS) {
  let k = 0;
  const ids = Array.from({ length: 50 }, (_, i) => deviceId(Math.floor((i * N) / 50)));
  for (const id of ids) await registry.setPresence(id, { connected: true });
  rt = setInterval(() => {
    for (let i = 0; i < 5; i++) {
      const t = performance.now();
      registry.report(ids[k++ % 50], { reported: { n: k } }).then(() => waits.push(performance.now() - t));
    }
  }, 10);
}
const { followChanges } = await import('@muster/registry');
if (process.env.FOLLOW) {
  const { head } = await registry.changes(Number.MAX_SAFE_INTEGER, 0);
  let seen = 0;
  followChanges(
    registry,
    head,
    (cs) => {
      for (const c of cs) seen += c.sequence;
    },
    {
      missed() {
        console.log('missed');
      },
      failed(e) {
        console.log(e);
      },
    },
  );
}
let batches = 0;
store.follow(() => {
  batches++;
});
const { readFileSync } = await import('node:fs'); const mainCpu = () => { const x = readFileSync(`/proc/self/task/${process.pid}/stat`, 'utf8'); const f = x.slice(x.lastIndexOf(')') + 2).split(' '); return Number(f[11]) + Number(f[12]); }; const m0 = mainCpu();
const cpu0 = process.cpuUsage();
const elu0 = performance.eventLoopUtilization();
const t0 = performance.now();
await registry.putConfiguration('everybody', { targetCondition: '*', desiredProperties: { speed: 20 } });
await reconciler.idle();
while (reconciler.status('everybody').matched < N) await new Promise((r) => setTimeout(r, 20));
const dt = performance.now() - t0;
const cpu = process.cpuUsage(cpu0);
const elu = performance.eventLoopUtilization(elu0);
console.log(
  `MAIN ${((mainCpu() - m0) * 1e4 / N).toFixed(2)} ${(dt).toFixed(0)} ms, ${((dt * 1000) / N).toFixed(1)} µs/dev wall, cpu ${((cpu.user + cpu.system) / N).toFixed(1)} µs/dev, loop active ${((elu.active * 1000) / N).toFixed(1)} µs/dev, rate ${((N / dt) * 1000).toFixed(0)}`,
);
clearInterval(rt);
console.log('batches', batches, (N / batches).toFixed(0));
if (waits.length) {
  waits.sort((a, b) => a - b);
  console.log(
    'reports',
    waits.length,
    'p50',
    waits[waits.length >> 1].toFixed(1),
    'p99',
    waits[Math.floor(waits.length * 0.99)].toFixed(1),
  );
}
if (s)
  await new Promise((r) =>
    s.post('Profiler.stop', (e, { profile }) => {
      writeFileSync(prof, JSON.stringify(profile));
      r();
    }),
  );
process.exit(0);
await reconciler.stop();
await store.close();
