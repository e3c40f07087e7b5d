import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { MUTANTS } from '../planted-bugs/planted-bugs.ts';
import { JsonReport } from '../report/json-report.ts';
import { Capture, Shell } from './world.fixture.ts';

const shell = new Shell();
afterAll(() => {
  shell.remove();
});

const FORK_MUTANT = MUTANTS.find(({ requirement: primary }) => primary === 'fork.counts')?.id ?? '';
const BROKEN = ['run', '--target', `embedded:mutant=${FORK_MUTANT}`, '--profile', 'origin', '--seed', '1'];
/** Ends after the first finding: the bug has several, which take seconds to shrink. */
const FIRST_FINDING = [...BROKEN, '--bail'];

describe('a run that conforms', () => {
  test('prints target, cases and seed first, and the verdict last', async () => {
    const { code, out, err } = await shell.call([
      'run',
      '--runs',
      '10',
      '--seed',
      '7',
      '--requirement',
      'count.',
    ]);
    const lines = out.trimEnd().split('\n');
    expect(lines.slice(1, 4).join('\n')).toMatch(
      /^Target +embedded.*\nProfiles +origin, linux-4\.14, .*linux-7\.3\nSeed +7$/,
    );
    expect(lines.at(-1)).toMatch(/^CONFORMS: embedded passes .*\(exit 0\)$/);
    expect(out).toContain('--runs 10 --seed 7');
    // On a busy machine it says now and then how far it is.
    expect(err).not.toContain('error');
    expect(code).toBe(0);
  });

  test('draws a seed and prints it', async () => {
    const { out } = await shell.call(['run', '--runs', '3', '--profile', 'origin']);
    const [, seed] = /^Seed +(\d+)$/m.exec(out) ?? [];
    expect(out).toContain(`--runs 3 --seed ${seed}`);
  });

  test('covers every requirement even in a short time, with the directed suite', async () => {
    const { code, out } = await shell.call([
      'run',
      '--budget',
      '1ms',
      '--profile',
      'linux-6.1',
      '--seed',
      '1',
    ]);
    expect(out).toMatch(
      /Directed suite.*\n {2}linux-6\.1 {2}(\d+) cases, [\d,]+ commands: (\d+) of \2 coverable requirements/,
    );
    expect(out).toMatch(/Random cases of seed 1\n {2}linux-6\.1 {2}\d+ cases?, /);
    expect(out).toMatch(/CONFORMS.*\(exit 0\)\n$/);
    expect(code).toBe(0);
  });

  test('shows the coverage of each requirement only on request', async () => {
    const run = ['run', '--runs', '1', '--profile', 'origin', '--seed', '1'];
    const { out } = await shell.call(run);
    expect(out).toMatch(/^✓ Fork and copy-on-write +(\d+) of \1 passed$/m);
    expect(out).not.toContain('fork.read-both');
    expect((await shell.call([...run, '--verbose'])).out).toMatch(/^ {2}fork\.read-both +✓ \d+ /m);
  });

  test('is inconclusive if a MUST was not covered, and names it', async () => {
    const { code, out } = await shell.call([
      'run',
      '--no-directed',
      '--runs',
      '1',
      '--profile',
      'origin',
      '--seed',
      '1',
    ]);
    expect(out).toMatch(/INCONCLUSIVE: .*not covered: .*\(exit 3\)\n$/);
    expect(code).toBe(3);
  });

  test('requires only the selected requirements to be covered', async () => {
    const focus = ['--requirement', 'robust.no-crash', '--requirement', 'robust.terminates'];
    expect((await shell.call(['run', '--runs', '1', '--seed', '1', ...focus])).code).toBe(0);
  });

  test('exits with 4 if no selected requirement can be judged in the profile', async () => {
    const focus = ['--profile', 'linux-6.1', '--requirement', 'failure.poison'];
    const { code, err } = await shell.call(['run', '--runs', '1', ...focus]);
    expect(err).toContain('none of the selected requirements can be judged in linux-6.1');
    expect(code).toBe(4);
  });

  test('can be limited by time in place of cases', async () => {
    const { out } = await shell.call(['run', '--budget', '50ms', '--seed', '1']);
    expect(out).toContain('--budget 50ms --seed 1');
  });

  test('can end when it is quiet, at the same case with one thread and with two', async () => {
    const quiet = ['--budget', 'until-quiet', '--scope', '1x1x1', '--profile', 'origin', '--seed', '1'];
    const [one, two] = [
      await shell.call(['run', ...quiet]),
      await shell.call(['run', ...quiet, '--jobs', '2']),
    ];
    const [, cases] = /Random cases of seed 1\n {2}origin {2}(\S+) cases/.exec(one.out) ?? [];
    expect(Number(cases?.replace(',', ''))).toBeGreaterThanOrEqual(512);
    expect(two.out).toContain(`origin  ${cases} cases`);
    expect(one.out).toContain('--budget until-quiet --seed 1');
  });
});

describe('a run that finds something', () => {
  test('by a directed case names it in the report, the file and the replay command', async () => {
    const other = new Shell();
    const { out } = await other.call([...FIRST_FINDING, '--runs', '1', '--report', 'json=r.json']);
    expect(out).toMatch(/Found by directed case \d+, after \d+ commands, in \d+ steps/);
    const [finding] =
      JsonReport.parse(JSON.parse(readFileSync(other.path('r.json'), 'utf8'))).profiles[0]?.findings ?? [];
    const suite = await other.call(['suite', '--profile', 'origin']);
    expect(suite.out).toMatch(new RegExp(`^ +${finding?.foundBy} +${finding?.directed} `, 'm'));
    const [, file] = /Replay +\S+ \S+ replay (\S+) --target/.exec(out) ?? [];
    expect(JSON.parse(readFileSync(other.path(file ?? ''), 'utf8'))).toMatchObject({
      run: { seed: 1, index: finding?.foundBy, directed: finding?.directed },
    });
    expect((await other.call(['replay', file ?? ''])).code).toBe(1);
    other.remove();
  });

  test('runs no directed cases with --no-directed', async () => {
    const { out } = await shell.call([
      ...FIRST_FINDING,
      '--no-directed',
      '--no-config',
      '--runs',
      '60',
      '--no-save',
    ]);
    expect(out).not.toContain('directed case');
    expect(out).toMatch(/Found by case \d+ of seed 1/);
    expect(out).toMatch(/Repeat with: .* --no-config .*--no-directed /);
  });

  test('prints the counterexample, saves it, and prints the replay command', async () => {
    const { code, out } = await shell.call([...FIRST_FINDING, '--runs', '60']);
    expect(code).toBe(1);
    expect(out).toMatch(/✗ fork\.counts \(MUST\) {2}Fork raises both counts/);
    expect(out).toMatch(/DOES NOT CONFORM: .*fork\.counts.*\(exit 1\)\n$/);
    const [, file] = /Replay +npx zone-device-conformance replay (\S+) --target (\S+)/.exec(out) ?? [];
    expect(file).toMatch(/^\.zdc\/fork\.counts-[0-9a-f]{8}\.json$/);
    const replayed = await shell.call(['replay', file ?? '']);
    expect(replayed.code).toBe(1);
    expect(replayed.out).toContain('As recorded in the file');
  });

  test('saves nothing with --no-save', async () => {
    const other = new Shell();
    const { out } = await other.call([...FIRST_FINDING, '--runs', '60', '--no-save']);
    expect(out).not.toContain('Replay');
    expect(readdirSync(other.folder)).toEqual([]);
    other.remove();
  });

  test('saves to another folder if it has no permission, and prints the path', async () => {
    // A file stands where the folder should be: that stops root, too.
    const other = new Shell();
    writeFileSync(other.path('.zdc'), '');
    const { code, out, err } = await other.call([...FIRST_FINDING, '--runs', '60']);
    expect(code).toBe(1);
    const [, path] = /this one is in (\S+\.json)/.exec(err) ?? [];
    expect(existsSync(path ?? '')).toBe(true);
    expect(out).toContain(`replay ${path}`);
    other.remove();
  });
});

describe('reports', () => {
  test('are written to folders that are created', async () => {
    const reports = ['--report', 'json=deep/er/report.json', '--report', 'junit=out/zdc.xml'];
    const { code } = await shell.call([...FIRST_FINDING, '--no-corpus', '--no-save', ...reports]);
    expect(code).toBe(1);
    const report = JsonReport.parse(JSON.parse(readFileSync(shell.path('deep/er/report.json'), 'utf8')));
    expect(report).toMatchObject({ exitCode: 1, seed: 1, verdict: 'violates' });
    expect(report.profiles[0]?.findings[0]?.requirement).toBe('fork.counts');
    expect(readFileSync(shell.path('out/zdc.xml'), 'utf8')).toContain('<failure type="MUST"');
    expect(readdirSync(shell.path('out'))).toEqual(['zdc.xml']);
  });

  test.each<[string, string]>([
    ['a folder stands there', 'taken'],
    ['a file stands where a folder should', 'file/report.json'],
    ...(existsSync('/proc/self')
      ? [['the system takes no files there', '/proc/nope/x.json'] satisfies [string, string]]
      : []),
  ])('that cannot be written stop the run before it begins: %s', async (_, path) => {
    mkdirSync(shell.path('taken'), { recursive: true });
    writeFileSync(shell.path('file'), '');
    const { code, out, err } = await shell.call(['run', '--report', `json=${path}`]);
    expect(err).toContain(`error: The json report cannot be written to ${path}`);
    expect(out).toBe('');
    expect(code).toBe(78);
  });

  test('to "-" go to standard output, and the text output to standard error', async () => {
    const { code, out, err } = await shell.call([
      ...FIRST_FINDING,
      '--runs',
      '60',
      '--no-save',
      '--report',
      'json=-',
    ]);
    expect(JsonReport.parse(JSON.parse(out))).toMatchObject({ exitCode: 1, verdict: 'violates' });
    expect(err).toContain('✗ fork.counts (MUST)');
    expect(existsSync(shell.path('-'))).toBe(false);
    expect(code).toBe(1);
  });

  test.each([
    [['json=a.json', 'html=./a.json'], 'Two reports cannot be written to ./a.json'],
    [['json=-', 'html=-'], 'Two reports cannot be written to -'],
  ])('%j is refused', async (reports, words) => {
    const argv = ['run', '--runs', '1', ...reports.flatMap((report) => ['--report', report])];
    const { code, out, err } = await shell.call(argv);
    expect(err).toContain(words);
    expect(out).toBe('');
    expect(code).toBe(2);
  });

  test.skipIf(process.getuid?.() === 0)(
    'to a folder without permission stop the run before it begins',
    async () => {
      mkdirSync(shell.path('closed'));
      chmodSync(shell.path('closed'), 0o500);
      expect((await shell.call(['run', '--report', 'junit=closed/a.xml'])).code).toBe(78);
    },
  );
});

describe('an interrupted run', () => {
  test('without a finding: prints the report and exits with 130', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 150);
    const { code, out } = await shell.call(['run', '--runs', '1000000', '--seed', '1'], {
      signal: stop.signal,
    });
    expect(out).toContain('Reference counts and page_free');
    expect(out).toMatch(/INTERRUPTED: .*\(exit 130\)\n$/);
    expect(code).toBe(130);
  });

  test('with a finding exits with 1', async () => {
    const stop = new AbortController();
    const stderr = new Capture();
    stderr.onText = () => {
      if (stderr.text.includes('Found ')) stop.abort();
    };
    const run = [...BROKEN, '--runs', '1000000', '--no-save'];
    const { code } = await shell.call(run, { signal: stop.signal, stderr });
    expect(code).toBe(1);
  });

  test('by the total time limit is inconclusive and states the reason', async () => {
    const { code, out } = await shell.call(['run', '--runs', '1000000', '--total-timeout', '150ms']);
    expect(out).toMatch(/INCONCLUSIVE: .*the time limit ended the run early.*\(exit 3\)\n$/);
    expect(code).toBe(3);
  });
});

describe('targets', () => {
  test('a target that cannot be started exits with 69 and advice', async () => {
    const { code, err } = await shell.call(['run', '--target', 'stdio:/no/such/program']);
    expect(err).toContain('/no/such/program');
    expect(err).toMatch(/ doctor --target '?stdio:\/no\/such\/program/);
    expect(code).toBe(69);
  });
});

describe('progress', () => {
  test('is updated in place on a terminal, in colours, and removed at the end', async () => {
    const stderr = new Capture(true);
    const stdout = new Capture(true);
    await shell.call(['run', '--runs', '200', '--seed', '1', '--profile', 'origin'], { stderr, stdout });
    expect(stderr.text).toContain('of 200 cases');
    expect(stderr.text).toContain('requirements covered');
    expect(stderr.text).toContain('\u001B[');
    expect(stdout.text).toContain('\u001B[32m');
  });

  test('has no colours with NO_COLOR', async () => {
    const stdout = new Capture(true);
    await shell.call(['run', '--runs', '5'], { stdout, env: { NO_COLOR: '1' } });
    expect(stdout.text).not.toContain('\u001B[32m');
  });
});

test('a report that cannot be written at the end does not hide the verdict', async () => {
  const other = new Shell();
  mkdirSync(other.path('out'));
  // Once the run has begun to speak, a folder takes the place of the report.
  const stdout = new Capture();
  stdout.onText = () => {
    mkdirSync(other.path('out/report.json'), { recursive: true });
  };
  const argv = [
    'run',
    '--no-directed',
    '--runs',
    '1',
    '--profile',
    'origin',
    '--seed',
    '1',
    '--report',
    'json=out/report.json',
  ];
  const { code, err } = await other.call(argv, { stdout });
  expect(err).toContain('error: The json report cannot be written');
  expect(stdout.text).toMatch(/INCONCLUSIVE: .*\(exit 3\)\n$/);
  expect(code).toBe(3);
  expect(readdirSync(other.path('out'))).toEqual(['report.json']);
  other.remove();
});
