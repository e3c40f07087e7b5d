import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CaseFile, caseFileOf, parseCaseFile } from '../corpus/case-file.ts';
import { addCaseFile } from '../corpus/save-case-file.ts';
import { JsonReport } from '../report/json-report.ts';
import {
  SAMPLE_CASE,
  SAMPLE_COUNTEREXAMPLE,
  SAMPLE_HELLO,
  sampleFinding,
} from '../report/sample-outcome.fixture.ts';
import { Shell } from './world.fixture.ts';

const MUTANT = 'embedded:mutant=fork-keeps-parent-write';
const RUN = ['run', '--no-directed', '--target', MUTANT, '--seed', '2', '--profile', 'origin'];
/** Finds and saves one counterexample. */
const FIRST_RUN = [...RUN, '--runs', '60', '--bail'];
/** A file that says that a case breaks a rule which the embedded implementation keeps. */
const SAMPLE = caseFileOf(sampleFinding(SAMPLE_COUNTEREXAMPLE, undefined), {
  hello: SAMPLE_HELLO,
  targetSpec: 'embedded',
  seed: 42,
});

let shell = new Shell();
beforeEach(() => {
  shell = new Shell();
});
afterEach(() => {
  shell.remove();
});

const saved = (folder = '.zdc'): string[] =>
  readdirSync(shell.path(folder))
    .filter((name) => name.endsWith('.json'))
    .toSorted();
const keep = async (changes: Partial<CaseFile> = {}, folder = '.zdc'): Promise<string> =>
  (await addCaseFile({ ...SAMPLE, ...changes }, shell.path(folder))).path;
const read = (name: string): CaseFile => {
  const contents = parseCaseFile(readFileSync(shell.path(join('.zdc', name)), 'utf8'));
  if (contents.kind !== 'counterexample') throw new Error(`${name} is no counterexample.`);
  return contents.file;
};

describe('the next run', () => {
  test('replays saved cases first, and fails on them without a new finding', async () => {
    const first = await shell.call(FIRST_RUN);
    expect(first.err).toMatch(
      /^Found a violation of fork\.read-both in 3 steps: \.zdc\/fork\.read-both-[0-9a-f]{8}\.json$/m,
    );
    expect(first.out).not.toContain('Replayed first');
    const names = saved();
    const { code, out } = await shell.call([...RUN, '--runs', '1']);
    expect(out).toMatch(/Replayed first {2}\d+ saved counterexamples? of \.zdc: \d+ still fails?\n/);
    expect(out).toMatch(/✗ still fails +fork\.read-both at fork +\.zdc\/fork\.read-both-/);
    expect(out).toContain('Found by an earlier run');
    expect(out).toMatch(/DOES NOT CONFORM: .*fork\.read-both.*\(exit 1\)\n$/);
    expect(code).toBe(1);
    expect(saved()).toEqual(names);
  });

  test('finds the bug again, saves and prints it once', async () => {
    await shell.call(FIRST_RUN);
    const names = saved();
    const { out } = await shell.call([...RUN, '--runs', '60']);
    expect(saved().filter((name) => name.startsWith('fork.read-both'))).toEqual(names);
    expect(out.match(/^✗ fork\.read-both/gm)).toHaveLength(1);
    expect(out).toContain('still fail');
  });

  test('runs the same cases and has the same result as without a corpus', async () => {
    await shell.call(FIRST_RUN);
    await keep({ target: { ...SAMPLE.target, spec: MUTANT } });
    const profiles: unknown[] = [];
    for (const option of ['--no-corpus', '--corpus-all']) {
      await shell.call([...RUN, '--runs', '40', '--seed', '5', option, '--report', 'json=r.json']);
      const report = JsonReport.parse(JSON.parse(readFileSync(shell.path('r.json'), 'utf8')));
      expect(report.corpus === undefined).toBe(option === '--no-corpus');
      profiles.push(report.profiles);
    }
    expect(profiles[1]).toEqual(profiles[0]);
  });

  test('reports a fixed case and keeps its file', async () => {
    await keep();
    const { out } = await shell.call([
      'run',
      '--profile',
      'origin',
      '--runs',
      '1',
      '--report',
      'junit=z.xml',
      '--report',
      'json=z.json',
    ]);
    expect(out).toMatch(/✓ fixed +fork\.isolation at load +\.zdc\/fork\.isolation-/);
    expect(out).toContain('until "npx zone-device-conformance corpus prune" removes them');
    expect(out).not.toContain('DOES NOT CONFORM');
    expect(saved()).toHaveLength(1);
    expect(readFileSync(shell.path('z.xml'), 'utf8')).toMatch(
      /<testsuite name="corpus" tests="1" failures="0"/,
    );
    const report = JsonReport.parse(JSON.parse(readFileSync(shell.path('z.json'), 'utf8')));
    expect(report.corpus?.files).toMatchObject([
      { status: 'fixed', requirement: 'fork.isolation', now: null },
    ]);
  });

  test('reports a changed failure under its new requirement', async () => {
    await shell.call(FIRST_RUN);
    const [name = ''] = saved();
    await addCaseFile({ ...read(name), requirement: 'fork.counts' }, shell.path('other'));
    const { code, out } = await shell.call([
      ...RUN,
      '--runs',
      '1',
      '--corpus',
      'other',
      '--report',
      'junit=z.xml',
    ]);
    expect(out).toMatch(
      /✗ fails differently +fork\.counts at fork +other\/fork\.counts-\S+ +now fork\.read-both at fork/,
    );
    expect(readFileSync(shell.path('z.xml'), 'utf8')).toContain('<failure type="fails-otherwise"');
    expect(code).toBe(1);
  });

  test('skips unreadable files with a reason', async () => {
    const path = await keep();
    const text = readFileSync(path, 'utf8');
    writeFileSync(shell.path('.zdc/cut-off-00000000.json'), text.slice(0, 500));
    writeFileSync(shell.path('.zdc/old-00000000.json'), text.replace('"version": 1', '"version": 0'));
    writeFileSync(shell.path('.zdc/hostile.json'), `{"format":"zdc-counterexample","version":"\u001B[2J"}`);
    const { code, out } = await shell.call(['run', '--profile', 'origin', '--runs', '3', '--seed', '1']);
    expect(out).toMatch(/4 saved counterexamples of \.zdc: 1 fixed, 3 unreadable/);
    expect(out).toMatch(
      /! unreadable +\.zdc\/cut-off-00000000\.json +it is not JSON, or only the beginning of it/,
    );
    expect(out).toMatch(
      /! unreadable +\.zdc\/old-00000000\.json +.*format version 0; this suite reads versions 1 and 2/,
    );
    expect(out).not.toContain('\u001B');
    expect(code).not.toBe(78);
    expect(out).toContain('CONFORMS');
  });

  test.each([
    ['of another target', { target: { ...SAMPLE.target, spec: 'stdio:theirs' } }, 'of other targets'],
    [
      'of another profile',
      { case: { ...SAMPLE_CASE, profile: 'linux-6.1' } },
      'of profiles that were not requested',
    ],
  ] as const)('does not change a file that is %s', async (_, changes, words) => {
    await keep(changes as Partial<CaseFile>);
    const { out } = await shell.call(['run', '--runs', '1', '--profile', 'origin']);
    expect(out).toMatch(/Not replayed from \.zdc: 1 /);
    expect(out).toContain(words);
    expect(out).not.toContain('Replayed first');
  });

  test('replays cases of other targets on request, and does not report them as fixed', async () => {
    await keep({ target: { ...SAMPLE.target, spec: 'stdio:theirs' } });
    const { out } = await shell.call(['run', '--profile', 'origin', '--runs', '1', '--corpus-all']);
    expect(out).toMatch(/✓ conforms +fork\.isolation/);
  });

  test('does not report a case as fixed if the target no longer executes or shows it', async () => {
    await keep({ target: { ...SAMPLE.target, capabilities: ['fork', 'teleport'] } });
    const { out } = await shell.call(['run', '--profile', 'origin', '--runs', '1']);
    expect(out).toMatch(/! not applicable +fork\.isolation .*the target does not declare teleport/);
  });

  test('shrinks a case that a killed run left unshrunk', async () => {
    await shell.call(FIRST_RUN);
    const [name = ''] = saved();
    const shrunk = read(name);
    const { case: testCase, ...file } = shrunk;
    const idle = { op: 'load', process: 0, page: 0 } as const;
    rmSync(shell.path('.zdc'), { recursive: true });
    const longer = { ...testCase, commands: [idle, idle, ...testCase.commands] };
    await keep({ ...file, certificate: 'found', step: file.step + 2, case: longer });
    const { out } = await shell.call([...RUN, '--runs', '1']);
    expect(out).toContain('still fails');
    // It is as short as the other, though it need not be the very same: there is more than one way to be short.
    const [again = '', ...others] = saved();
    expect(others).toEqual([]);
    const { certificate, run, requirement } = shrunk;
    expect(read(again)).toMatchObject({ certificate, run, requirement });
    expect(read(again).case.commands).toHaveLength(testCase.commands.length);
  });

  test('continues if the path is not a folder', async () => {
    writeFileSync(shell.path('file'), '');
    const { out, code } = await shell.call(['run', '--runs', '3', '--seed', '1', '--corpus', 'file']);
    expect(out).toContain('The folder of saved counterexamples cannot be read: ENOTDIR');
    expect(code).toBe(0);
  });

  test('replays none of them if it is stopped at once, and reports this', async () => {
    await keep();
    const { out } = await shell.call(['run'], { signal: AbortSignal.abort() });
    expect(out).toContain('1 not reached');
  });
});

describe('zdc corpus', () => {
  test('lists the saved and the unreadable files', async () => {
    expect((await shell.call(['corpus'])).out).toBe('0 counterexamples in .zdc\n');
    await keep();
    await keep({ target: { ...SAMPLE.target, spec: 'stdio:theirs \u001B[31m' } });
    writeFileSync(shell.path('.zdc/x-00000000.json'), '');
    const { code, out } = await shell.call(['corpus']);
    expect(out).toMatch(/^requirement +steps +profile +certificate +target +last found \(UTC\) +file\n/);
    expect(out).toMatch(
      /fork\.isolation +6 +origin +2-minimal +embedded +\d{4}-\d\d-\d\d \d\d:\d\d +\.zdc\/fork/,
    );
    expect(out).toContain('! .zdc/x-00000000.json: it is empty');
    expect(out).toMatch(/2 counterexamples in \.zdc; 1 file cannot be read\n$/);
    expect(out).not.toContain('\u001B');
    expect(code).toBe(0);
    const one = await shell.call(['corpus', 'list', '--target', 'embedded']);
    expect(one.out).not.toContain('theirs');
    writeFileSync(shell.path('file'), '');
    expect((await shell.call(['corpus', '--corpus', 'file'])).code).toBe(78);
  });

  test('prune removes exactly the fixed cases', async () => {
    await shell.call(FIRST_RUN);
    const broken = saved();
    await keep();
    await keep({ target: { ...SAMPLE.target, spec: 'stdio:rm -rf /' } });
    await keep({ target: { ...SAMPLE.target, spec: 'embedded:mutant=gone-by-now' } });
    writeFileSync(shell.path('.zdc/x-00000000.json'), '');
    const before = saved();
    const dry = await shell.call(['corpus', 'prune', '--dry-run']);
    expect(dry.out).toMatch(/1 would be removed; 2 of other targets skipped/);
    expect(saved()).toEqual(before);
    const { code, out } = await shell.call(['corpus', 'prune']);
    expect(out).toMatch(/fork\.isolation-\S+: fixed, removed/);
    expect(out).toMatch(/fork\.read-both-\S+: still fails/);
    expect(code).toBe(0);
    expect(saved()).toHaveLength(before.length - 1);
    expect(saved()).toEqual(expect.arrayContaining(broken));
  });

  test('prune reports that a target cannot be started', async () => {
    await keep({ target: { ...SAMPLE.target, spec: 'stdio:/no/such/program' } });
    const { code } = await shell.call(['corpus', 'prune', '--target', 'stdio:/no/such/program']);
    expect(code).toBe(69);
    expect(saved()).toHaveLength(1);
  });

  test('import saves a counterexample under its own name, once', async () => {
    const path = await keep({}, 'theirs');
    cpSync(path, shell.path('renamed.json'));
    const { code, out } = await shell.call(['corpus', 'import', 'renamed.json', path]);
    expect(out).toMatch(/^\.zdc\/(\S+) imported\n\.zdc\/\1 was already saved\n$/);
    expect(code).toBe(0);
    expect(saved()).toEqual(saved('theirs'));
  });

  test('import for another target changes its target and discards its certificate', async () => {
    const path = await keep({ target: { ...SAMPLE.target, spec: 'stdio:theirs' } }, 'theirs');
    await shell.call(['corpus', 'import', path, '--target', MUTANT]);
    const [name = ''] = saved();
    expect(read(name)).toMatchObject({ target: { spec: MUTANT }, certificate: 'found' });
  });

  test('import refuses invalid files with a reason and saves the others', async () => {
    const path = await keep({}, 'theirs');
    writeFileSync(shell.path('bare.json'), JSON.stringify(SAMPLE_CASE));
    writeFileSync(shell.path('cut.json'), readFileSync(path, 'utf8').slice(0, 300));
    const { code, err } = await shell.call(['corpus', 'import', 'bare.json', 'cut.json', 'none.json', path]);
    expect(err).toMatch(/bare\.json cannot be imported: it is a case, not a counterexample/);
    expect(err).toMatch(/cut\.json cannot be imported: it is not JSON, or only the beginning/);
    expect(err).toMatch(/none\.json cannot be imported: there is no such file/);
    expect(code).toBe(78);
    expect(saved()).toHaveLength(1);
    mkdirSync(shell.path('folder'));
    expect((await shell.call(['corpus', 'import', 'folder'])).code).toBe(78);
  });

  test('its help has examples and exit codes', async () => {
    const { code, out } = await shell.call(['corpus', '--help']);
    expect(out).toContain('zdc corpus prune --dry-run');
    expect(out).toContain('Exit codes');
    expect(code).toBe(0);
  });
});
