import { defineConfig } from 'vitest/config';

const trees = ['spec', 'src', 'properties'];
const unitTests = trees.map((tree) => `${tree}/**/*.test.ts`);
const processTests = trees.map((tree) => `${tree}/**/*.process.test.ts`);

/**
 * Least share of covered lines, per glob. The same globs say which files are measured, so a mistyped one
 * leaves its tree out of coverage-summary.json, where .ci/run looks for both.
 */
const leastLines = { 'spec/**/*.ts': 90, 'src/**/*.ts': 80 };

export default defineConfig({
  test: {
    reporters: ['default', ['json', { outputFile: 'coverage/vitest.json' }]],
    coverage: {
      provider: 'v8',
      include: Object.keys(leastLines),
      exclude: ['**/*.test.ts', '**/*.fixture.ts', '**/*.d.ts'],
      reporter: ['text-summary', 'json-summary'],
      reportsDirectory: 'coverage',
      thresholds: Object.fromEntries(Object.entries(leastLines).map(([glob, lines]) => [glob, { lines }])),
    },
    projects: [
      {
        test: {
          name: 'unit',
          include: unitTests,
          exclude: processTests,
          isolate: false,
          // A test that searches takes some seconds, and many more where others want the processor.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'process',
          include: processTests,
          isolate: true,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // These tests start the built command, so dist is brought up to date first.
          globalSetup: ['.ci/vitest-setup.ts'],
        },
      },
    ],
  },
});
