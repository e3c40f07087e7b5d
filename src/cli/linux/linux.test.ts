import { mkdirSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { LINUX_MUTANTS } from '../../targets/linux/linux-mutants.ts';
import { Shell } from '../world.fixture.ts';

const shell = new Shell();
afterAll(() => {
  shell.remove();
});

/** A cache with nothing in it. */
const env = { ZDC_LINUX_CACHE: shell.path('cache') };

describe('without a built kernel', () => {
  test.each([
    ['run', '--target', 'linux'],
    ['doctor', '--target', 'linux'],
    ['mutants', '--target', 'linux', '--check'],
    ['linux', 'exec', '.'],
  ])('zdc %s prints the command to run, and exits with 69', async (...argv) => {
    const { code, out, err } = await shell.call(argv, { env });
    expect(out + err).toContain('"zdc linux build --kernel 6.12"');
    expect(code).toBe(69);
  });

  test('a run with coverage asks for a kernel with gcov', async () => {
    const { code, out, err } = await shell.call(['run', '--target', 'linux', '--coverage'], { env });
    expect(out + err).toContain('"zdc linux build --kernel 6.12 --set coverage"');
    expect(code).toBe(69);
  });

  test('status lists the missing parts', async () => {
    const { code, out } = await shell.call(['linux', 'status'], { env });
    expect(out).toContain(`Cache     ${env.ZDC_LINUX_CACHE}`);
    expect(out).toContain('zdc linux build --kernel 6.1 ');
    expect(code).toBe(0);
    expect(await shell.call(['linux', 'status', '--quiet'], { env })).toMatchObject({ code: 69, out: '' });
  });

  test('a source folder that does not exist is named', async () => {
    const { code, err } = await shell.call(['run', '--target', 'linux:source=/nowhere/linux'], { env });
    expect(err).toContain('There is no folder /nowhere/linux.');
    expect(code).toBe(69);
  });

  test('an invalid record is ignored', async () => {
    mkdirSync(`${env.ZDC_LINUX_CACHE}/built-6.12.json`, { recursive: true });
    expect(await shell.call(['linux', 'status', '--quiet'], { env })).toMatchObject({ code: 69 });
  });
});

test('a kernel that cannot be built is refused', async () => {
  const { code, err } = await shell.call(['linux', 'build', '--kernel', '5.4'], { env });
  expect(err).toContain('7.3, 7.2, 6.12, 6.1');
  expect(code).toBe(2);
});

test.each([
  ['embedded', 'linux:source=DIR'],
  ['linux:here', 'not the running kernel'],
  ['linux:set=debug', 'in place of "debug"'],
])('coverage of %s is refused', async (target, said) => {
  const { code, err } = await shell.call(['run', '--target', target, '--coverage'], { env });
  expect(err).toContain(said);
  expect(code).toBe(2);
});

describe('a step of a bisection aborts the bisection', () => {
  test.each([
    ['without a tree', ['case.json'], '--source DIR'],
    ['in a folder that is no tree', ['case.json', '--source', '/usr'], 'is not a Linux source tree'],
    ['with a file inside the tree', ['case.json', '--source', '.'], 'copy it elsewhere'],
    ['with an option that does not exist', ['case.json', '--sauce', '.'], 'unknown option'],
    ['with contradicting options', ['case.json', '--source', '.', '--kernel', '6.1'], 'selected by one of'],
  ])('%s', async (_, words, said) => {
    const inFolder = words.map((word) => (word === '.' ? shell.folder : word));
    const { code, err } = await shell.call(['linux', 'bisect', ...inFolder], { env });
    expect(err).toContain(said);
    expect(code).toBe(129);
  });
});

test('the mutants of the driver are listed', async () => {
  const { code, out } = await shell.call(['mutants', '--target', 'linux']);
  for (const { id, title } of LINUX_MUTANTS) {
    expect(out).toContain(id);
    expect(out).toContain(title);
  }
  expect(code).toBe(0);
});
