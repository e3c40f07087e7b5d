import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Case } from '../../spec/vocabulary/case.ts';
import { type CaseFile, caseFileOf } from '../corpus/case-file.ts';
import { patched, PYTHON_BUGS, type PythonBug, witnessOf } from '../mutation-testing/python-bugs.ts';
import { run } from '../run/run.ts';
import type { Finding } from '../shrink/finding.ts';
import { PYTHON, PYTHON_EXAMPLE, pythonAdapter } from '../targets/python.fixture.ts';
import { StdioTarget } from '../targets/stdio.ts';
import { exportAs, type Format } from './formats.ts';
import { directedRuns, distortedRuns, handMadeRuns, randomRuns } from './recorded.fixture.ts';
import { subjectOf, subjectOfCase } from './subject.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const simulation = join(root, 'src/export/simulated-device.c');

const folder = mkdtempSync(join(tmpdir(), 'zdc-exported-'));
const wrong = join(folder, 'wrong.py');
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));

const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;
const hasCompiler = has('gcc');

/** Runs a program in the folder; the adapter is a command for a shell, as its user would write it. */
function start(
  program: string,
  args: readonly string[],
  adapter = '',
): { status: number | null; said: string } {
  const env = { ...process.env, ZDC_TARGET: adapter, NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, env, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

function write(name: string, format: Format, subject: Parameters<typeof exportAs>[1]): string {
  const exported = exportAs(format, subject);
  if (exported.kind === 'refused') throw new Error(exported.why);
  writeFileSync(join(folder, name), exported.text);
  return join(folder, name);
}

const EXIT_OF = { right: 0, wrong: 1 };
const both = [
  ['right', PYTHON_EXAMPLE],
  ['wrong', wrong],
] as const;

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe.skipIf(PYTHON === undefined)(
  'a bug of fork that was found in a faulty copy of the Python example',
  () => {
    let found: CaseFile;

    beforeAll(async () => {
      const source = readFileSync(PYTHON_EXAMPLE, 'utf8');
      const faulty = source.replace(
        'mine.write_protect()  # WRITE becomes READ',
        'pass  # WRITE becomes READ',
      );
      if (faulty === source) throw new Error('the example no longer has this line');
      writeFileSync(wrong, faulty);
      const commandLine = pythonAdapter(wrong);
      const started = await StdioTarget.start(commandLine);
      if (started.kind !== 'target') throw new Error(started.failure.message);
      const targetSpec = `stdio:${commandLine}`;
      const { target } = started;
      try {
        const stop = new AbortController();
        const findings: Finding[] = [];
        await run({
          target,
          targetSpec,
          profiles: ['origin'],
          // The device of the C program populates its pages in system memory: this seed finds a case with a migration.
          seed: 2,
          directed: false,
          budget: { runs: 100 },
          focus: [],
          signal: stop.signal,
          onFinding: (one) => {
            if (one.counterexample.violation.requirement !== 'fork.read-both') return;
            findings.push(one);
            stop.abort();
          },
        });
        const [finding] = findings;
        if (finding === undefined) throw new Error('the bug was not found');
        found = caseFileOf(finding, { hello: target.hello, targetSpec, seed: 1 });
      } finally {
        await target.close();
      }
    });

    test.each(both)('is judged by an exported vitest file: the %s one', (which, adapter) => {
      const file = write('fork.test.mjs', 'vitest', subjectOf(found));
      const vitest = join(root, 'node_modules/vitest/vitest.mjs');
      const { status, said } = start(
        process.execPath,
        [vitest, 'run', '--root', folder, file],
        pythonAdapter(adapter),
      );
      expect({ status, said }).toMatchObject({ status: EXIT_OF[which] });
      expect(said).toContain(
        which === 'right' ? '1 passed' : '(fork process 0 into process 1): expected process 0',
      );
    });

    test.each(both)('is judged by an exported Python file: the %s one', (which, adapter) => {
      const file = write('test_fork.py', 'python', subjectOf(found));
      const { status, said } = start(PYTHON ?? '', [file], pythonAdapter(adapter));
      expect({ status, said }).toMatchObject({ status: EXIT_OF[which] });
      expect(said).toContain(
        which === 'right' ? 'OK' : '(fork process 0 into process 1): expected process 0',
      );
    });

    test.each(['vitest', 'python'] as const)(
      'without an adapter an exported test fails, and says why: %s',
      (format) => {
        const file = write(format === 'vitest' ? 'none.test.mjs' : 'none.py', format, subjectOf(found));
        const vitest = join(root, 'node_modules/vitest/vitest.mjs');
        const { status, said } =
          format === 'vitest'
            ? start(process.execPath, [vitest, 'run', '--root', folder, file])
            : start(PYTHON ?? '', [file]);
        expect(status).toBe(1);
        expect(said).toContain('set ZDC_TARGET to the command that starts your adapter');
      },
    );

    test.each(['false', 'sleep 0', 'head -n 1'])(
      'an adapter that ends early fails the test: %s',
      (adapter) => {
        const file = write('early.py', 'python', subjectOf(found));
        expect(start(PYTHON ?? '', [file], adapter)).toMatchObject({ status: 1 });
      },
    );

    test.skipIf(!hasCompiler)('is judged by an exported C program (gcc)', () => {
      expect(compiledVerdicts('fork.c', subjectOf(found))).toEqual(EXIT_OF);
    });
  },
);

/** How an exported program ends that is linked with the simulated device, as it should be and with its bug. */
function compiledVerdicts(
  name: string,
  subject: Parameters<typeof exportAs>[1],
): Record<string, number | null> {
  const file = write(name, 'c', subject);
  const flags = ['-Wall', '-Wextra', '-Werror', '-O2'];
  const verdicts = (['right', 'wrong'] as const).map((which) => {
    const program = `${file}-${which}`;
    const bug = which === 'wrong' ? ['-DFORK_KEEPS_WRITE'] : [];
    const compiled = start('gcc', [...flags, '-DZDC_SIMULATE', ...bug, '-o', program, file, simulation]);
    expect(compiled).toEqual({ status: 0, said: '' });
    const { status, said } = start(program, []);
    expect(said).toMatch(
      which === 'right' ? /^ok \d+ - /m : /^# expected .*\n(?:# .*\n)*# seen .*\nnot ok \d+ - /m,
    );
    return [which, status];
  });
  return Object.fromEntries(verdicts) as Record<string, number | null>;
}

const place = { process: 0, page: 0 };
const isolation: Case = {
  profile: 'linux-6.1',
  scope: { processes: 3, pages: 2, frames: 2, slots: 1 },
  observe: 'inspect',
  commands: [
    { op: 'map', ...place, kind: 'private', protection: 'write' },
    { op: 'map', process: 0, page: 1, kind: 'private', protection: 'read' },
    { op: 'store', ...place, value: 7 },
    { op: 'store', process: 0, page: 1, value: 7 },
    { op: 'migrate-to-device', ...place, count: 2 },
    { op: 'load', process: 0, page: 1 },
    { op: 'migrate-to-system', ...place, count: 1 },
    { op: 'migrate-to-device', ...place, count: 1 },
    { op: 'protect', process: 0, page: 1, protection: 'none' },
    { op: 'load', process: 0, page: 1 },
    { op: 'unmap', process: 0, page: 1 },
    { op: 'load', process: 0, page: 1 },
    { op: 'inspect' },
    { op: 'fork', process: 0, child: 1 },
    { op: 'device-store', process: 1, page: 0, value: 9 },
    { op: 'spawn', process: 2 },
    { op: 'load', ...place },
    { op: 'load', process: 1, page: 0 },
    { op: 'exit', process: 0 },
    { op: 'discard', process: 1, page: 0 },
    { op: 'load', process: 1, page: 0 },
    { op: 'fork', process: 1, child: 0 },
    { op: 'device-load', process: 0, page: 0 },
    { op: 'exit', process: 1 },
    { op: 'inspect' },
  ],
};

describe.skipIf(!hasCompiler)('an exported C program (gcc)', () => {
  test('does every command that it can express, in as many processes as it takes', () => {
    expect(compiledVerdicts('isolation.c', subjectOfCase(isolation))).toEqual(EXIT_OF);
  });

  test('does so in a world with blocks, if no command concerns large folios', () => {
    const inBlocks: Case = { ...isolation, profile: 'linux-7.3', scope: { ...isolation.scope, block: 2 } };
    expect(compiledVerdicts('blocks.c', subjectOfCase(inBlocks))).toEqual(EXIT_OF);
  });

  test('is skipped where there is no test device', () => {
    const file = write('real.c', 'c', subjectOfCase(isolation));
    const program = `${file}-real`;
    const compiled = start('gcc', ['-Wall', '-Wextra', '-Werror', '-O2', '-o', program, file]);
    expect(compiled).toEqual({ status: 0, said: '' });
    const { status, said } = start(program, []);
    // On a machine that has the device, the kernel must do what is allowed.
    expect([0, 77]).toContain(status);
    expect(said).toMatch(
      status === 0 ? /^1\.\.25$/m : /^1\.\.0 # SKIP \/dev\/hmm_dmirror0 cannot be opened: /,
    );
  });
});

/** The bug whose witness has three races in blocks: their outcomes are too many for a table. */
const WITH_RACES = 'migration-looks-for-blocks-once';
/** The bugs of large folios that the Python example can be given. */
const FOLIO_BUGS = PYTHON_BUGS.filter(
  (bug) => witnessOf(bug).scope.block !== undefined && bug.name !== WITH_RACES,
);

describe.skipIf(PYTHON === undefined)('an exported test of large folios', () => {
  const example = readFileSync(PYTHON_EXAMPLE, 'utf8');
  const faultyCopy = (bug: PythonBug): string => {
    const file = join(folder, `${bug.name}.py`);
    writeFileSync(file, patched(example, bug));
    return file;
  };
  const verdicts = (judged: (adapter: string) => number | null, bug: PythonBug): typeof EXIT_OF => ({
    right: judged(PYTHON_EXAMPLE) ?? -1,
    wrong: judged(faultyCopy(bug)) ?? -1,
  });

  test.each(FOLIO_BUGS)('in Python fails on a copy of the example with $name', (bug) => {
    const file = write(`${bug.name}_test.py`, 'python', subjectOfCase(witnessOf(bug)));
    const judged = (adapter: string): number | null =>
      start(PYTHON ?? '', [file], pythonAdapter(adapter)).status;
    expect(verdicts(judged, bug)).toEqual(EXIT_OF);
  });

  test('is refused if the outcomes of its races are too many', () => {
    const subjects = PYTHON_BUGS.filter(({ name }) => name === WITH_RACES).map((bug) =>
      subjectOfCase(witnessOf(bug)),
    );
    expect(subjects.map((subject) => exportAs('python', subject))).toMatchObject([
      { kind: 'refused', why: expect.stringContaining('too much is allowed at step 7') },
    ]);
  });

  test.each(FOLIO_BUGS.slice(0, 1))('for vitest fails on a copy of the example with $name', (bug) => {
    const file = write(`${bug.name}.test.mjs`, 'vitest', subjectOfCase(witnessOf(bug)));
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const judged = (adapter: string): number | null =>
      start(process.execPath, [vitest, 'run', '--root', folder, file], pythonAdapter(adapter)).status;
    expect(verdicts(judged, bug)).toEqual(EXIT_OF);
  });
});

const walkers = fileURLToPath(new URL('walker/', import.meta.url));

function python(...args: readonly string[]): (input: string) => { said: string; complaint: string } {
  return (input) => {
    const options = { input, cwd: walkers, encoding: 'utf8', maxBuffer: 1 << 26 } as const;
    const { stdout, stderr } = spawnSync(PYTHON ?? '', ['-B', '-W', 'error', ...args], options);
    return { said: stdout, complaint: stderr };
  };
}

/** Reads runs and replies with the mismatch that walk.py finds in each. */
const PROGRAM = `
import json, sys, walk
runs = json.load(sys.stdin)
json.dump([walk.first_mismatch(run, run["observations"], set(run["shows"])) for run in runs], sys.stdout)
`;

describe.skipIf(PYTHON === undefined)('the walker in Python (python3)', () => {
  test('agrees with the judge, run by run', () => {
    // The JavaScript walker is checked in every profile (walker.test.ts); a table depends on its profile, a walker does not.
    const directed = directedRuns(undefined, ['origin', 'linux-7.3']);
    const runs = [...directed, ...randomRuns(30, 12), ...distortedRuns(20, 9), ...handMadeRuns()];
    const { said, complaint } = python('-c', PROGRAM)(JSON.stringify(runs));
    expect(complaint).toBe('');
    const mismatches: readonly unknown[] = JSON.parse(said);
    const verdicts = runs.map(({ name }, index) => [name, mismatches[index] !== null]);
    expect(verdicts).toEqual(runs.map((one) => [one.name, one.wrong]));
  });

  test.each(['walk.py', 'table.py', 'conformance_test.py'])('%s compiles without a warning', (name) => {
    const program = `import pathlib; compile(pathlib.Path("${name}").read_text("utf-8"), "${name}", "exec")`;
    expect(python('-c', program)('')).toEqual({ said: '', complaint: '' });
  });
});
