import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cacheFolder } from '../targets/linux/kernel.ts';
import { Baseline, compareWithBaseline } from './baseline.ts';
import { checksOf, withMark } from './checks.ts';
import { jsonReport } from './json-report.ts';
import { SAMPLE_SETTING, TROUBLED } from './sample-outcome.fixture.ts';
import { ktapReport } from './tap-report.ts';

/** The folder of the kernel's parser of KTAP in an unpacked source tree; it is run there and never copied. */
function parserFolder(): string | undefined {
  const cache = cacheFolder(process.env);
  const trees = existsSync(cache) ? readdirSync(cache).map((name) => join(cache, name)) : [];
  return [...trees, ...trees.map((tree) => join(tree, 'source')), '/usr/src/linux']
    .map((tree) => join(tree, 'tools/testing/kunit'))
    .find((folder) => existsSync(join(folder, 'kunit_parser.py')));
}

const folder = parserFolder();
const hasPython = spawnSync('python3', ['--version']).status === 0;

/** Parses standard input and prints the counts of tests by status, in the last line. */
const PROGRAM = `
import inspect, json, sys
import kunit_parser, kunit_printer
# Newer trees take the printer as an argument.
more = [kunit_printer.Printer(False)] if 'printer' in inspect.signature(kunit_parser.parse_run_tests).parameters else []
counts = kunit_parser.parse_run_tests(sys.stdin, *more).counts
print(json.dumps({name: getattr(counts, name) for name in ('passed', 'failed', 'crashed', 'skipped', 'errors')}))
`;

test.skipIf(folder === undefined || !hasPython)('the parser of the kernel tree reads the KTAP report', () => {
  const known = Baseline.parse({
    format: 'zdc-baseline',
    version: 1,
    target: 'sample',
    known: [{ requirement: 'fork.isolation', reason: 'frames # are shared' }],
  });
  for (const baseline of [
    undefined,
    compareWithBaseline('known.json', known, jsonReport(TROUBLED, SAMPLE_SETTING)),
  ]) {
    const setting = { ...SAMPLE_SETTING, baseline };
    const checks = checksOf(TROUBLED, setting).flatMap((suite) => suite.checks);
    const { stdout, stderr } = spawnSync('python3', ['-B', '-c', PROGRAM], {
      cwd: folder,
      encoding: 'utf8',
      input: ktapReport(TROUBLED, setting),
    });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toEqual({
      passed: withMark('passed', checks) + withMark('known', checks),
      failed: withMark('failure', checks) + withMark('error', checks),
      crashed: 0,
      skipped: withMark('skipped', checks),
      errors: 0,
    });
  }
});
