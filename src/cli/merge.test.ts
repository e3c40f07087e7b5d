import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseShard } from './shard-option.ts';
import { Shell } from './world.fixture.ts';

const shell = new Shell();
afterAll(() => {
  shell.remove();
});

// A bug with several symptoms, so that findings are grouped.
const RUN = (
  'run --target embedded:mutant=fork-keeps-parent-write --profile origin --seed 3 --runs 112 ' +
  '--no-directed --no-save --no-corpus'
).split(' ');
const MERGE = ['merge', '--no-save', '--no-corpus'];
const SHARDS = 7;
const nameOf = (shard: number): string => `zdc-shard-${shard}-of-${SHARDS}.jsonl`;
const NAMES = Array.from({ length: SHARDS }, (_, at) => nameOf(at + 1));

/** A report without times. */
const reportIn = (name: string): unknown =>
  JSON.parse(readFileSync(shell.path(name), 'utf8'), (key, value: unknown) =>
    key === 'date' || key === 'elapsedMilliseconds' ? undefined : value,
  );

let whole: unknown;

beforeAll(async () => {
  await shell.call([...RUN, '--report', 'json=whole.json']);
  whole = reportIn('whole.json');
  for (const at of NAMES.keys()) await shell.call([...RUN, '--shard', `${at + 1}/${SHARDS}`]);
});

describe('the shards of a run', () => {
  test('merge to its report, in any order', async () => {
    const { code } = await shell.call([...MERGE, ...NAMES.toReversed(), '--report', 'json=merged.json']);
    expect(code).toBe(1);
    expect(JSON.stringify(whole)).toContain('fork.read-both');
    expect(JSON.stringify(reportIn('merged.json'))).toBe(JSON.stringify(whole));
  });

  const changed = (name: string, from: string | RegExp, to: string): string => {
    const path = `changed-${name}`;
    const text = readFileSync(shell.path(name), 'utf8');
    const replaced = text.replace(from, to);
    expect(replaced).not.toBe(text);
    writeFileSync(shell.path(path), replaced);
    return path;
  };

  test.each([
    ['one is missing', () => NAMES.slice(1), 'Shard 1 of 7 is missing'],
    ['one is given twice', () => [...NAMES, nameOf(2)], 'are both shard 2 of 7'],
    [
      'one has another seed',
      () => [...NAMES.slice(1), changed(nameOf(1), '"seed":3', '"seed":4')],
      'they differ in the seed',
    ],
    [
      'one has another target',
      () => [...NAMES.slice(1), changed(nameOf(1), '"name":"', '"name":"other ')],
      'they differ in the target',
    ],
    [
      'one is of another version',
      () => [...NAMES.slice(1), changed(nameOf(1), /"suite":"[^"]*"/, '"suite":"zone-device-conformance 9"')],
      'they differ in the version of the suite',
    ],
    [
      'one has other cases',
      () => [...NAMES.slice(1), changed(nameOf(1), /"content":"[^"]*"/, '"content":"0"')],
      'they differ in the cases',
    ],
    [
      'one was killed',
      () => [...NAMES.slice(1), changed(nameOf(1), /\{"end".*\n$/, '')],
      'is not complete: its run was killed',
    ],
    [
      'a line is damaged',
      () => [...NAMES.slice(1), changed(nameOf(1), '"totals":{', '"total":{')],
      'line 2 is damaged',
    ],
    [
      'a case is counted twice',
      () => [...NAMES.slice(1), changed(nameOf(1), /\n(\{"stretch".*\n)/, '\n$1$1')],
      'cases of origin are counted twice',
    ],
    [
      'observations do not fit their case',
      () => [...NAMES.slice(1), changed(nameOf(1), '"observations":[', '"observations":[null,')],
      'do not fit the case',
    ],
  ])('are refused if %s', async (_, names, message) => {
    const { code, err } = await shell.call([...MERGE, ...names()]);
    expect(err).toContain(message);
    expect(code).toBe(78);
  });

  test('need a common seed, and write no reports of their own', async () => {
    const noSeed = RUN.filter((word) => word !== '--seed' && word !== '3');
    expect((await shell.call([...noSeed, '--shard', '1/7'])).err).toContain('add --seed');
    expect((await shell.call([...RUN, '--shard', '1/7', '--ktap'])).err).toContain('zdc merge');
    expect((await shell.call([...RUN, '--shard', '1/7'])).err).toContain('exists');
  });
});

describe('a run with a slice of the specification', () => {
  const SLICE = 'run --profile linux-6.12 --scope 1x1x1 --seed 3 --no-directed --no-save --no-corpus'.split(
    ' ',
  );
  /** The runs with slices, and whether more cases are planned once the choices of the target are known. */
  const RUNS = [
    ['random cases', [...SLICE, '--runs', '48'], false],
    ['tours', [...SLICE, '--strategy', 'transitions', '--families', 'host,shared'], true],
  ] as const;
  const casesIn = (output: string): number => Number(/(\d+) cases, [\d,]+ commands/.exec(output)?.[1]);

  test.each(RUNS)('of %s is the same in shards', async (name, words, plansMore) => {
    const all = await shell.call([...words, '--report', `json=${name}.json`]);
    const names = [1, 2].map((shard) => `${name}-${shard}.jsonl`);
    let inShards = 0;
    for (const [at, path] of names.entries()) {
      const { out } = await shell.call([...words, '--shard', `${at + 1}/2`, '--journal', path]);
      inShards += casesIn(out);
    }
    const merged = await shell.call([...MERGE, ...names, '--report', `json=merged ${name}.json`]);
    expect(merged.code).toBe(all.code);
    expect(JSON.stringify(reportIn(`merged ${name}.json`))).toBe(JSON.stringify(reportIn(`${name}.json`)));
    expect(casesIn(all.out) > inShards).toBe(plansMore);
    const { code, out } = await shell.call([...MERGE, ...names, '--fail-under', 'requirements=99.9']);
    expect(out).toMatch(/Coverage of requirements is \d+\.\d %; 99\.9 % is required/);
    expect(code).toBe(3);
  });

  test.each(RUNS)('of %s continues in the middle', async (name, words) => {
    await shell.call([...words, '--journal', `${name}.jsonl`, '--report', `json=${name}.json`]);
    const text = readFileSync(shell.path(`${name}.jsonl`));
    for (const share of [0.3, 0.98]) {
      writeFileSync(shell.path('cut.jsonl'), text);
      truncateSync(shell.path('cut.jsonl'), Math.floor(share * text.length));
      await shell.call('run --resume cut.jsonl --no-save --no-corpus --report json=resumed.json'.split(' '));
      expect(JSON.stringify(reportIn('resumed.json'))).toBe(JSON.stringify(reportIn(`${name}.json`)));
    }
  });

  test('is not continued if the slice has other transitions', async () => {
    await shell.call([...RUNS[0][1], '--journal', 'slice.jsonl']);
    const path = 'other-slice.jsonl';
    const text = readFileSync(shell.path('slice.jsonl'), 'utf8');
    writeFileSync(shell.path(path), text.replace(/"transitions":\{"of":\d+/, '"transitions":{"of":7'));
    const { code, err } = await shell.call(['run', '--resume', path, '--no-save', '--no-corpus']);
    expect(err).toContain(`The journal ${path} cannot be continued: `);
    expect(err).toContain('other transitions');
    expect(code).toBe(78);
  });
});

describe('a journal', () => {
  test('is named in the command that continues an interrupted run', async () => {
    const argv = 'run --profile origin --runs 5 --no-directed --no-save --no-corpus'.split(' ');
    const interrupted = { signal: AbortSignal.abort() };
    const { code, out } = await shell.call([...argv, '--journal', 'interrupted.jsonl'], interrupted);
    expect(out).toMatch(/Continue with: \S+ \S+ run --resume interrupted\.jsonl\n/);
    expect(code).toBe(130);
    const again = await shell.call(
      ['run', '--resume', 'interrupted.jsonl', '--no-save', '--no-corpus'],
      interrupted,
    );
    expect(again.out).toMatch(/Continue with: \S+ \S+ run --resume interrupted\.jsonl\n/);
    expect((await shell.call(argv, interrupted)).out).toContain('Repeat with: ');
  });

  test('continues a run that was interrupted after any byte', async () => {
    expect((await shell.call([...RUN, '--journal', 'whole.jsonl'])).code).toBe(1);
    const text = readFileSync(shell.path('whole.jsonl'));
    const head = text.indexOf('\n') + 1;
    for (const share of [0, 0.62]) {
      writeFileSync(shell.path('cut.jsonl'), text);
      truncateSync(shell.path('cut.jsonl'), head + Math.floor(share * (text.length - head)));
      const { code } = await shell.call(
        'run --resume cut.jsonl --no-save --no-corpus --report json=resumed.json'.split(' '),
      );
      expect(code).toBe(1);
      expect(JSON.stringify(reportIn('resumed.json'))).toBe(JSON.stringify(whole));
    }
  });

  test('that does not exist is refused', async () => {
    const reason = 'The journal none.jsonl cannot be used: there is no such file';
    for (const words of [
      ['merge', 'none.jsonl'],
      ['run', '--resume', 'none.jsonl'],
    ]) {
      const { code, err } = await shell.call(words);
      expect(err).toContain(reason);
      expect(code).toBe(78);
    }
  });

  test('determines all settings of the run', async () => {
    const { code, err } = await shell.call(['run', '--resume', 'whole.jsonl', '--seed', '5']);
    expect(code).toBe(2);
    expect(err).toContain('--seed');
    const other = await shell.call(['run', '--resume', 'whole.jsonl', '--target', 'embedded', '--no-save']);
    expect(other.code).toBe(78);
    expect(other.err).toContain('differs from this one in the target');
  });
});

describe('the number of a shard', () => {
  test.each([
    ['3/7', {}, { index: 3, of: 7 }],
    ['auto', { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '5' }, { index: 2, of: 5 }],
    ['auto/3', { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '5' }, { index: 2, of: 3 }],
    [
      'auto',
      {
        SLURM_ARRAY_TASK_ID: '8',
        SLURM_ARRAY_TASK_MIN: '4',
        SLURM_ARRAY_TASK_STEP: '2',
        SLURM_ARRAY_TASK_COUNT: '6',
      },
      { index: 3, of: 6 },
    ],
    ['auto/4', { JOB_COMPLETION_INDEX: '0' }, { index: 1, of: 4 }],
    ['auto', { CIRCLE_NODE_INDEX: '0', CIRCLE_NODE_TOTAL: '2' }, { index: 1, of: 2 }],
    ['auto', { BUILDKITE_PARALLEL_JOB: '1', BUILDKITE_PARALLEL_JOB_COUNT: '2' }, { index: 2, of: 2 }],
  ])('"%s" with %o', (text, env, shard) => {
    expect(parseShard(text, env)).toEqual(shard);
  });

  test.each([
    ['8/7', {}, 'Expected a shard'],
    ['0/7', {}, 'Expected a shard'],
    ['3', {}, 'Expected a shard'],
    ['auto', {}, 'needs one of these variables'],
    ['auto', { JOB_COMPLETION_INDEX: '0' }, 'give the number'],
    ['auto/2', { JOB_COMPLETION_INDEX: '2' }, 'The environment gives shard 3, but there are only 2'],
    ['auto', { CI_NODE_INDEX: 'x', CI_NODE_TOTAL: '5' }, 'CI_NODE_INDEX must be a whole number'],
    ['auto', { SLURM_ARRAY_TASK_ID: '8', SLURM_ARRAY_TASK_COUNT: '6' }, 'SLURM_ARRAY_TASK_MIN'],
  ])('"%s" with %o is refused', (text, env, message) => {
    expect(() => parseShard(text, env)).toThrow(message);
  });
});
