import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { profileForKernel } from '../../../spec/profiles/profile.ts';
import type { Case } from '../../../spec/vocabulary/case.ts';
import type { Command } from '../../../spec/vocabulary/command.ts';
import {
  deviceExchange,
  deviceLoad,
  evictAll,
  inject,
  kernelLoad,
  kernelStore,
  load,
  makeExclusive,
  map,
  race,
  store,
  toDevice,
  watch,
} from '../../../spec/vocabulary/shorthand.ts';
import { parseCaseFile } from '../../corpus/case-file.ts';
import {
  DRIVER_CASES,
  driverCase,
  FOLIO_CASE,
  FOLIO_RACES_CASE,
  tourOf,
} from '../../export/driver-cases.fixture.ts';
import { built } from '../../targets/linux/built.fixture.ts';
import type { KernelVersion } from '../../targets/linux/kernel.ts';
import { Shell } from '../world.fixture.ts';

// Exported C programs in a guest: of counterexamples of bugs of our driver, and of whatever it can do. Skipped where no kernel is built: "zdc linux build".

const { env } = process;
/** The kernels with a report of their mutants. */
const reported = built.filter((kernel) => kernel.startsWith('6.'));

const shell = new Shell();
afterAll(() => {
  shell.remove();
});

/** Exports a file and runs the program in a guest, with a bug of our driver where one is named. */
async function exec(
  from: string,
  kernel: string,
  mutant?: string,
): Promise<{ readonly code: number; readonly out: string }> {
  const exported = await shell.call(['export', from, '--to', 'c', '--device', 'zdc', '--out', 'program.c']);
  expect(exported).toMatchObject({ code: 0 });
  const bug = mutant === undefined ? [] : ['--mutant', mutant];
  return shell.call(['linux', 'exec', 'program.c', '--kernel', kernel, ...bug], { env });
}

function saveCase(testCase: Case): string {
  writeFileSync(shell.path('case.json'), JSON.stringify(testCase));
  return 'case.json';
}

const save = (commands: readonly Command[], kernel: KernelVersion): string =>
  saveCase(driverCase(commands, profileForKernel(kernel)?.profile));

/** Saves the counterexample of a mutant, which is one line of the report, as a file of its own. */
function fileOf(kernel: string, mutant: string): string {
  const report = new URL(`../../../reports/linux-${kernel}/mutants.jsonl`, import.meta.url);
  const line = readFileSync(report, 'utf8')
    .split('\n')
    .find((one) => one.includes(`,mutant=${mutant}"`));
  if (line === undefined) throw new Error(`mutants.jsonl has no line for ${mutant}.`);
  const path = shell.path(`${mutant}.json`);
  writeFileSync(path, line);
  return path;
}

/** Where a counterexample fails, counted from one. */
function stepOf(path: string): number {
  const contents = parseCaseFile(readFileSync(path, 'utf8'));
  if (contents.kind !== 'counterexample') throw new Error(`${path} is no counterexample.`);
  return contents.file.step + 1;
}

describe.each(reported)(
  'on Linux %s an exported program fails with the mutant and passes without it',
  (kernel) => {
    test.each([
      ['in a result', 'claims-what-it-skipped'],
      ['in callbacks', 'frees-a-frame-in-use'],
      ['with two devices', 'all-devices-have-one-owner'],
      ['in accounting', 'keeps-what-came-back'],
    ])('%s: %s', async (_, mutant) => {
      const step = stepOf(fileOf(kernel, mutant));
      const wrong = await exec(fileOf(kernel, mutant), kernel, mutant);
      expect(wrong.out).toContain(`\nnot ok ${step} - `);
      expect(wrong.code).toBe(1);
      const right = await exec(fileOf(kernel, mutant), kernel);
      expect(right.out).toMatch(/^ok \d+ - every frame came back$/m);
      expect(right.out).not.toContain('not ok');
      expect(right.code).toBe(0);
    });
  },
);

const races = Object.keys(DRIVER_CASES).filter((name) => DRIVER_CASES[name]?.some(({ op }) => op === 'race'));
const others = Object.keys(DRIVER_CASES).filter((name) => !races.includes(name));

describe.each(built)(
  'on Linux %s an exported program executes every command of the test driver',
  (kernel) => {
    test('commands without races', async () => {
      const { code, out } = await exec(save(tourOf(others), kernel), kernel);
      expect(out).toMatch(/^ok \d+ - every frame came back$/m);
      expect({ code, wrong: /^#.*|^not ok.*|^Bail.*/m.exec(out)?.[0] }).toEqual({
        code: 0,
        wrong: undefined,
      });
    });

    test('races, in twenty rounds', async () => {
      const { code, out } = await exec(save(tourOf(races), kernel), kernel);
      expect(out).toMatch(/^ok 20 - round 20$/m);
      expect({ code, wrong: /^#.*|^not ok.*|^Bail.*/m.exec(out)?.[0] }).toEqual({
        code: 0,
        wrong: undefined,
      });
    });
  },
);

describe.runIf(built.includes('7.3'))('on Linux 7.3 a program with large folios', () => {
  test('executes every command that concerns them', async () => {
    const { code, out } = await exec(saveCase(FOLIO_CASE), '7.3');
    expect(out).toMatch(/^ok 30 - every frame came back$/m);
    expect({ code, wrong: /^#.*|^not ok.*|^Bail.*/m.exec(out)?.[0] }).toEqual({ code: 0, wrong: undefined });
  });

  test('races commands that concern them', async () => {
    const { code, out } = await exec(saveCase(FOLIO_RACES_CASE), '7.3');
    expect(out).toMatch(/^ok 20 - round 20$/m);
    expect({ code, wrong: /^#.*|^not ok.*|^Bail.*/m.exec(out)?.[0] }).toEqual({ code: 0, wrong: undefined });
  });

  test('shows the bug of the kernel in a race', async () => {
    const name = '../../../reports/linux-7.3/folios/discard-during-migration.json';
    const { code, out } = await exec(fileURLToPath(new URL(name, import.meta.url)), '7.3');
    expect(out).toMatch(/^The kernel reported an error: kernel BUG at include\/linux\/page_ref.h/m);
    expect(code).toBe(1);
  });

  test.each([
    ['wrong-frame', 4],
    ['no-split-in-fault', 4],
    ['range-skips-frames', 5],
  ])('shows the bug of the kernel %s', async (name, step) => {
    const path = fileURLToPath(new URL(`../../../reports/linux-7.3/folios/${name}.json`, import.meta.url));
    const { code, out } = await exec(path, '7.3');
    expect(out).toMatch(new RegExp(`^not ok ${step} - `, 'm'));
    expect(code).toBe(1);
  });

  test('shows a bug of the driver', async () => {
    const { code, out } = await exec(saveCase(FOLIO_CASE), '7.3', 'copies-half-a-page');
    expect(out).toMatch(/^# expected the value 0.*\n(?:# .*\n)*not ok \d+ - load page 3 /m);
    expect(code).toBe(1);
  });
});

const beginning = [map(0, 0), store(0, 0, 7), toDevice(0, 0)];

describe.runIf(built.includes('6.12'))('on Linux 6.12 an exported program reports a bug', () => {
  test.each([
    ['at evict-all', 'evicts-without-copying', 5, [...beginning, evictAll, load(0, 0)]],
    ['at a kernel-load', 'copies-half-a-page', 4, [...beginning, kernelLoad(0, 0)]],
    ['at a kernel-store', 'swallows-sigbus', 5, [...beginning, inject('sigbus'), kernelStore(0, 0, 9)]],
    ['at make-exclusive', 'swallows-sigbus', 5, [...beginning, inject('sigbus'), makeExclusive(0, 0)]],
    [
      'at a device-exchange',
      'copies-half-a-page',
      5,
      [...beginning, makeExclusive(0, 0), deviceExchange(0, 0, 9)],
    ],
    [
      'with userfaultfd',
      'load-asks-for-write',
      3,
      [map(0, 0), watch(0, 0, 'write-protect'), deviceLoad(0, 0)],
    ],
    ['with shared memory', 'claims-what-it-skipped', 2, [map(0, 0, 'write', 'shared'), toDevice(0, 0)]],
    ['with a file mapping', 'claims-what-it-skipped', 2, [map(0, 0, 'write', 'file'), toDevice(0, 0)]],
  ])('%s: %s', async (_, mutant, step, commands) => {
    const { code, out } = await exec(save(commands, '6.12'), '6.12', mutant);
    expect(out).toContain(`\nnot ok ${step} - `);
    expect(code).toBe(1);
  });

  test('in a race', async () => {
    const commands = [...beginning, race(load(0, 0), load(0, 0))];
    const { code, out } = await exec(save(commands, '6.12'), '6.12', 'copies-the-next-frame');
    expect(out).toMatch(/^# expected the value 7 and the value 7$/m);
    expect(out).toMatch(/^not ok \d+ - in round \d+, at step 4: at once: /m);
    expect(code).toBe(1);
  });

  test.each([
    ['a store that soft-dirty loses', 'soft-dirty/lost-store', 5],
    ['a locked page that is freed late', 'mlock/freed-late', 5],
  ])('of the kernel: %s', async (_, name, step) => {
    const file = fileURLToPath(new URL(`../../../reports/linux-6.12/${name}.json`, import.meta.url));
    const { code, out } = await exec(file, '6.12');
    expect(out).toContain(`\nnot ok ${step} - `);
    expect(code).toBe(1);
  });
});
