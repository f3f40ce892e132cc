import { expect, it } from 'vitest';
import { FleetReading } from './fleet-reading.js';
import { Health } from './health.js';

it('reports to health from the beginning and on each step, to the log every 50,000 devices', () => {
  const [health, logged] = [new Health(), [] as unknown[]];
  const reading = new FleetReading(health, (level, message, details) => logged.push([level, message, details]));
  expect(health.progress).toEqual({ reconciler: { devicesRead: 0 } });
  for (let devicesRead = 700; devicesRead <= 101_000; devicesRead += 700) {
    reading.advance(devicesRead);
    expect(health.progress).toEqual({ reconciler: { devicesRead } });
  }
  const line = (devicesRead: number) => ['info', 'reading the fleet', { devicesRead }];
  expect(logged).toEqual([line(50_400), line(100_800)]);
});
