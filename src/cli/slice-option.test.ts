import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { JsonReport } from '../report/json-report.ts';
import { Shell } from './world.fixture.ts';

const shell = new Shell();
afterAll(() => {
  shell.remove();
});

const RUN = ['run', '--profile', 'linux-6.12', '--no-directed', '--no-corpus', '--no-save'];

describe('a run with a slice of the specification', () => {
  test('covers every transition that the target can take, and reports this in each format', async () => {
    const { code, out } = await shell.call([
      ...RUN,
      '--strategy',
      'transitions',
      '--scope',
      '1x1x1',
      '--fail-under',
      'transitions=100',
      '--report',
      'json=r.json',
      '--report',
      'html=r.html',
    ]);
    const report = JsonReport.parse(JSON.parse(readFileSync(shell.path('r.json'), 'utf8')));
    const coverage = report.profiles[0]?.specification;
    expect(coverage?.states).toEqual({ of: 19, reached: 19 });
    expect(coverage?.moves.made).toBe(coverage?.moves.of);
    const { exercised = 0, declined = 0, of = -1 } = coverage?.transitions ?? {};
    expect(exercised + declined).toBe(of);
    expect(out).toContain('19 of 19 reached (100.0 %)');
    expect(out).toContain('every command was executed in every state that this target can reach');
    expect(out).not.toContain('is required');
    expect(out).toContain('--strategy transitions --scope 1x1x1');
    expect(readFileSync(shell.path('r.html'), 'utf8')).toContain('linux-6.12: transitions');
    // Most requirements are about commands of other families; the run is of this slice alone.
    expect(out).toContain('in the slice core at 1x1x1');
    expect(code).toBe(0);
  });

  test('of random cases reports its coverage, and --fail-under applies to it', async () => {
    const { code, out } = await shell.call([
      ...RUN,
      '--scope',
      '1x1x1',
      '--runs',
      '20',
      '--seed',
      '1',
      '--fail-under',
      'transitions=99.5',
      '--fail-under',
      'states=10',
    ]);
    expect(out).toMatch(/states +\d+ of 19 reached/);
    expect(out).toMatch(/Coverage of transitions is \d+\.\d %; 99\.5 % is required/);
    expect(out).not.toContain('Coverage of states is');
    expect(code).toBe(3);
  });

  test.each([[['--journal', 'j.jsonl']], [['--shard', '1/2', '--seed', '1']]])(
    'and the strategy complete refuses %s with a reason',
    async (flags) => {
      const { code, err } = await shell.call([
        ...RUN,
        '--strategy',
        'complete',
        '--scope',
        '1x1x1',
        ...flags,
      ]);
      expect([code, err]).toEqual([2, expect.stringContaining('the claim for as many extra states')]);
      expect(err).toContain(`--strategy complete cannot be combined with ${flags[0]}: its cases depend on`);
    },
  );
});
