import { afterAll, describe, expect, test } from 'vitest';
import { EQUIVALENT_MUTANTS } from '../planted-bugs/equivalent.ts';
import { MUTANTS } from '../planted-bugs/planted-bugs.ts';
import { Shell } from './world.fixture.ts';

const shell = new Shell();
afterAll(() => {
  shell.remove();
});

const EASY = MUTANTS.find(({ requirement: primary }) => primary === 'fork.counts')?.id ?? '';

describe('zdc mutants', () => {
  test('lists every mutant with its requirement', async () => {
    const { code, out } = await shell.call(['mutants']);
    for (const { id, title } of MUTANTS) {
      expect(out).toContain(id);
      expect(out).toContain(title);
    }
    expect(out).toContain(`${MUTANTS.length} mutants`);
    expect(code).toBe(0);
  });

  test('marks equivalent mutants', async () => {
    const { out } = await shell.call(['mutants']);
    const apart = out.slice(out.indexOf('Not in the list'));
    for (const { id } of EQUIVALENT_MUTANTS) expect(apart).toContain(`  ${id}  `);
    expect((await shell.call(['mutants', EASY])).out).not.toContain('Not in the list');
  });

  test('lists the mutants of one profile', async () => {
    const { out } = await shell.call(['mutants', '--profile', 'origin']);
    for (const { id, profiles } of MUTANTS) expect(out.includes(`${id} `)).toBe(profiles.includes('origin'));
  });
});

describe('zdc mutants --check', () => {
  test('prints the requirement, the number of commands and the length of the counterexample', async () => {
    const { code, out } = await shell.call([
      'mutants',
      '--check',
      EASY,
      '--profile',
      'origin',
      '--seed',
      '1',
    ]);
    expect(out).toMatch(new RegExp(`✓ +${EASY} +origin +fork\\.counts +\\w+ +\\S+ +[\\d,]+ +\\d+`));
    expect(out).toMatch(/All 1 caught\. \(exit 0\)\n$/);
    expect(code).toBe(0);
  });

  test('exits with 1 if a mutant is not caught', async () => {
    const argv = ['mutants', '--check', EASY, '--profile', 'origin', '--seed', '1', '--max-commands', '1'];
    const { code, out } = await shell.call(argv);
    // The first case may catch it all the same: then there is nothing to see here.
    if (out.includes('All 1 caught')) return;
    expect(out).toContain(`${EASY} (origin)`);
    expect(code).toBe(1);
  });

  test('exits with 4 if the profile has none of the named mutants', async () => {
    const only = MUTANTS.find(({ profiles }) => !profiles.includes('linux-6.1'))?.id ?? '';
    expect(await shell.call(['mutants', '--check', only, '--profile', 'linux-6.1'])).toMatchObject({
      code: 4,
    });
  });

  test('stops on an interrupt', async () => {
    const { code, out } = await shell.call(['mutants', '--check'], { signal: AbortSignal.abort() });
    expect(out).toContain(`Interrupted after 0 of`);
    expect(code).toBe(130);
  });
});

describe('zdc mutants --check --levels', () => {
  test('prints the requirement by level of visibility', async () => {
    const { code, out } = await shell.call(['mutants', '--check', '--levels', EASY, '--seed', '1']);
    expect(out).toMatch(/results only +callbacks +entries +frames and accounting\n/);
    expect(out).toMatch(new RegExp(`${EASY} +origin +fork\\.counts( +[a-z.-]+, [\\d,]+){4}\n`));
    expect(out).toContain('frames and accounting: 1 of 1 mutant');
    expect(out).toMatch(/All caught with full observation\. \(exit 0\)\n$/);
    expect(code).toBe(0);
  });

  test('exits with 1 if a mutant is not caught with full visibility', async () => {
    // The first random case does not show it.
    const argv = [
      'mutants',
      'fork-keeps-parent-write',
      '--check',
      '--levels',
      '--max-commands',
      '1',
      '--seed',
      '2',
    ];
    const { code, out } = await shell.call(argv);
    expect(out).toMatch(/Not caught even with full observation: .*\. \(exit 1\)\n$/);
    expect(code).toBe(1);
  });

  test('requires --check', async () => {
    expect(await shell.call(['mutants', '--levels'])).toMatchObject({ code: 2 });
  });

  test('stops on an interrupt', async () => {
    const argv = ['mutants', '--check', '--levels'];
    const { code, out } = await shell.call(argv, { signal: AbortSignal.abort() });
    expect(out).toContain('Interrupted after 0 of');
    expect(code).toBe(130);
  });
});

test.each([
  [['mutants', '--check', '--export', 'x'], '--export requires --target linux --check'],
  [['mutants', '--target', 'linux', '--export', 'x'], '--export requires --target linux --check'],
  [['linux', 'exec', 'x.c', '--mutant', 'copies-half-a-pag'], 'Did you mean copies-half-a-page?'],
])('%j is refused', async (argv, words) => {
  const { code, err } = await shell.call(argv);
  expect(err).toContain(words);
  expect(code).toBe(2);
});
