import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));

// Unit tests run on the sources; what is under test/ starts the built server as a process of its own.
const alias = [
  { find: /^@muster\/([a-z-]+)$/, replacement: `${root}$1/src/index.ts` },
  { find: /^@muster\/([a-z-]+)\/testing$/, replacement: `${root}$1/src/testing/index.ts` },
];

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: { name: 'unit', include: ['*/src/**/*.test.ts', 'test/tidy.test.ts'], testTimeout: 20_000 },
      },
      {
        resolve: { alias },
        test: {
          name: 'process',
          include: ['test/process/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
