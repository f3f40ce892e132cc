import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));

// Tests run on the sources of the packages.
const alias = [
  { find: /^@muster\/([a-z-]+)$/, replacement: `${root}$1/src/index.ts` },
  { find: /^@muster\/([a-z-]+)\/testing$/, replacement: `${root}$1/src/testing/index.ts` },
];

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          include: ['*/src/**/*.test.ts', 'test/tidy.test.ts'],
          testTimeout: 20_000,
          // The default of a second is too short for real timers while other programs take the processors.
          expect: { poll: { timeout: 10_000 } },
        },
      },
      // What is under test/ starts built programs, one file at a time. `npm run test:all` runs the long ones too.
      ...['process', 'long'].map((name) => ({
        resolve: { alias },
        test: {
          name,
          include: [`test/${name}/**/*.test.ts`],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      })),
    ],
  },
});
