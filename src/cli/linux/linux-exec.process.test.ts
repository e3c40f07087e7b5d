import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { isReady, lookAtBuilt } from '../../targets/linux/built.ts';
import { KERNEL_VERSIONS } from '../../targets/linux/kernel-version.ts';
import { Shell } from '../world.fixture.ts';
import { linuxPlaces } from './linux-places.ts';

// Counterexamples of bugs of our driver, as C programs in a guest. Skipped where no kernel is built: "zdc linux build".

const { env } = process;
const built = KERNEL_VERSIONS.filter((kernel) => isReady(lookAtBuilt(linuxPlaces(env), kernel)));

const shell = new Shell();
afterAll(() => {
  shell.remove();
});

const fileOf = (kernel: string, mutant: string): string =>
  fileURLToPath(new URL(`../../../reports/linux-${kernel}/mutants/${mutant}.json`, import.meta.url));

describe.each(built)('on Linux %s a program shows the bug, and nothing where there is none', (kernel) => {
  test.each([
    ['an answer', 'claims-what-it-skipped', 3],
    ['callbacks', 'frees-a-frame-in-use', 4],
    ['an entry', 'stores-through-read', 4],
    ['counts', 'failed-copy-keeps-its-frame', 3],
  ])('in %s: %s', async (_, mutant, step) => {
    const file = `${mutant}.c`;
    const exported = await shell.call(['export', fileOf(kernel, mutant), '--to', 'c', '--out', file]);
    expect(exported).toMatchObject({ code: 0 });
    const exec = ['linux', 'exec', file, '--kernel', kernel];
    const wrong = await shell.call([...exec, '--mutant', mutant], { env });
    expect(wrong.out).toContain(`\nnot ok ${step} - `);
    expect(wrong.code).toBe(1);
    const right = await shell.call(exec, { env });
    expect(right.out).toMatch(/^ok \d+ - every frame came back$/m);
    expect(right.out).not.toContain('not ok');
    expect(right.code).toBe(0);
  });
});
