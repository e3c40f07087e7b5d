import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { SPEC_MISTAKE, SPEC_MISTAKES, TEST_RESULTS } from './src/mutation-testing/spec-mistakes.ts';

const trees = ['spec', 'src', 'properties'];
const testsNamed = (suffix: string): string[] => trees.map((tree) => `${tree}/**/*${suffix}`);
const unitTests = testsNamed('.test.ts');
/** Searches over planted bugs, profiles or random cases, and whole runs: each file takes more than five seconds. */
const slowTests = testsNamed('.slow.test.ts');
const processTests = testsNamed('.process.test.ts');

/**
 * Least share of covered lines, per glob. The same globs say which files are measured, so a mistyped one
 * leaves its tree out of coverage-summary.json, where .ci/run looks for both.
 */
const leastLines = { 'spec/**/*.ts': 90, 'src/**/*.ts': 80 };

/**
 * Ends a test that would never end by itself, in milliseconds. The longest takes a minute on a quiet machine, and none
 * may fail on one that is twenty times slower; so no test has a limit of its own.
 */
const TEST_TIMEOUT = 1_200_000;

/** Replaces the text of a mistake in the specification, where the environment names one (`src/bench/spec-mistakes-main.ts`). */
const mistake = SPEC_MISTAKES.find(({ id }) => id === process.env[SPEC_MISTAKE]);
const plantMistake = {
  name: 'plant-spec-mistake',
  enforce: 'pre' as const,
  load(path: string): string | undefined {
    if (mistake === undefined || !path.endsWith(`/${mistake.file}`)) return undefined;
    return readFileSync(path, 'utf8').replace(mistake.from, () => mistake.to);
  },
};

export default defineConfig({
  plugins: [plantMistake],
  test: {
    // Without this one processor is left idle.
    maxWorkers: '100%',
    reporters: ['default', ['json', { outputFile: process.env[TEST_RESULTS] ?? 'coverage/vitest.json' }]],
    coverage: {
      provider: 'v8',
      include: Object.keys(leastLines),
      exclude: ['**/*.test.ts', '**/*.fixture.ts', '**/*.d.ts', 'src/api/consumer/**'],
      reporter: ['text-summary', 'json-summary'],
      reportsDirectory: 'coverage',
      thresholds: Object.fromEntries(Object.entries(leastLines).map(([glob, lines]) => [glob, { lines }])),
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: unitTests,
          exclude: [...slowTests, ...processTests],
          isolate: false,
          testTimeout: TEST_TIMEOUT,
          hookTimeout: TEST_TIMEOUT,
        },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          include: slowTests,
          isolate: false,
          testTimeout: TEST_TIMEOUT,
          hookTimeout: TEST_TIMEOUT,
        },
      },
      {
        extends: true,
        test: {
          name: 'process',
          include: processTests,
          isolate: true,
          testTimeout: TEST_TIMEOUT,
          hookTimeout: TEST_TIMEOUT,
          // These tests start the built command, so dist is brought up to date first.
          globalSetup: ['.ci/vitest-setup.ts'],
        },
      },
    ],
  },
});
