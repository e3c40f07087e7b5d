import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseTargetSpec } from '../target-spec.ts';
import { linuxMutantById } from '../../targets/linux/linux-mutants.ts';
import { withMutant } from './linux-mutants.ts';
import { linuxSpec } from './linux-spec.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'zdc-spec-')));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('a Linux target is named with its kernel and a mutant', () => {
  expect(parseTargetSpec('linux')).toMatchObject({
    kind: 'linux',
    kernel: { kind: 'package', version: '6.12', set: 'lean' },
    mutant: undefined,
    machine: { processors: 1, megabytes: undefined, kvm: 'auto', append: undefined },
    text: 'linux',
  });
  expect(parseTargetSpec('linux:kernel=6.1,mutant=copies-half-a-page')).toMatchObject({
    kernel: { version: '6.1' },
    mutant: { id: 'copies-half-a-page' },
    text: 'linux:kernel=6.1,mutant=copies-half-a-page',
  });
  expect(parseTargetSpec('linux:also=soft-dirty+lock')).toMatchObject({ also: ['soft-dirty', 'lock'] });
  expect(parseTargetSpec('linux:large-folios=careful')).toMatchObject({ largeFolios: 'careful' });
});

test('a source tree is identified by its real path, so that one tree has one build', () => {
  mkdirSync(join(folder, 'tree'));
  symlinkSync(join(folder, 'tree'), join(folder, 'link'));
  expect(parseTargetSpec(`linux:source=${folder}/link,set=debug`)).toMatchObject({
    kernel: { kind: 'tree', folder: join(folder, 'tree'), set: 'debug' },
    text: `linux:source=${folder}/tree,set=debug`,
  });
  expect(parseTargetSpec('linux:image=/k/../k/bzImage,modules=/k')).toMatchObject({
    kernel: { kind: 'image', image: '/k/bzImage', modules: '/k' },
  });
});

test('options of the guest are read; kernel parameters come last and may contain any character', () => {
  expect(parseTargetSpec('linux:smp=2,memory=1G,kvm=off,append=slub_debug=FZ,dentry a=b')).toMatchObject({
    machine: { processors: 2, megabytes: 1024, kvm: 'off', append: 'slub_debug=FZ,dentry a=b' },
    text: 'linux:smp=2,memory=1G,kvm=off,append=slub_debug=FZ,dentry a=b',
  });
  expect(parseTargetSpec('linux:append=quiet,kernel=6.1')).toMatchObject({
    kernel: { version: '6.12' },
    machine: { append: 'quiet,kernel=6.1' },
  });
  expect(parseTargetSpec('linux:memory=200')).toMatchObject({ machine: { megabytes: 200 } });
});

test('a guest of another architecture is emulated', () => {
  expect(parseTargetSpec('linux:kernel=7.3,arch=arm64-64k,smp=2')).toMatchObject({
    kernel: { version: '7.3', architecture: 'arm64-64k' },
    text: 'linux:kernel=7.3,arch=arm64-64k,smp=2',
  });
  expect(parseTargetSpec('linux:image=/k/Image,modules=/k,arch=arm64')).toMatchObject({
    kernel: { kind: 'image', architecture: 'arm64' },
  });
  expect(() => linuxSpec('arch=riscv')).toThrow('The architectures of guests are x86_64, arm64, arm64-64k.');
  expect(() => linuxSpec('here,arch=arm64')).toThrow('arch has no effect on it');
  const foreign = process.arch === 'x64' ? 'arm64' : 'x86_64';
  expect(() => linuxSpec(`arch=${foreign},kvm=on`)).toThrow(`${foreign} is translated`);
  expect(linuxSpec(`arch=${foreign},kvm=auto`).machine.kvm).toBe('auto');
});

test('the running kernel is named with its build directory', () => {
  const here = parseTargetSpec('linux:here,mutant=copies-half-a-page');
  expect(here).toMatchObject({ kernel: { kind: 'here' }, acceptsTaint: false });
  expect(here.text).toBe('linux:here,mutant=copies-half-a-page');
  expect(parseTargetSpec(`linux:here,modules=${folder},tainted=accepted`)).toMatchObject({
    kernel: { kind: 'here', modules: folder },
    acceptsTaint: true,
  });
});

test.each([
  ['linux:here,smp=2', 'uses none'],
  ['linux:here,append=quiet', 'uses none'],
  ['linux:here,kernel=6.12', 'selected by one of'],
  ['linux:here,set=debug', 'built already'],
  ['linux:here,driver=test_hmm', 'zdc test driver only'],
  ['linux:here,tainted=no', 'accepted'],
  ['linux:tainted=accepted', 'linux:here'],
  ['linux:kernel=5.4', 'linux:source=DIR'],
  ['linux:mutant=copies-half-a-pag', 'Did you mean copies-half-a-page?'],
  ['linux:speed=fast', 'is not an option'],
  ['linux:smp', 'has no value'],
  ['linux:smp=1,smp=2', 'given twice'],
  ['linux:smp=9', 'from 1 to 4'],
  ['linux:memory=12', 'from 64M'],
  ['linux:memory=lots', 'from 64M'],
  ['linux:kvm=maybe', 'on, off, auto'],
  ['linux:set=full', 'lean, debug, coverage'],
  ['linux:driver=mine', 'test_hmm'],
  ['linux:driver=test_hmm,mutant=copies-half-a-page', 'not of test_hmm'],
  ['linux:kernel=6.1,source=/a', 'selected by one of'],
  ['linux:image=/a', 'needs both'],
  ['linux:image=/a,modules=/b,set=debug', 'built already'],
  ['linux:also=lock+pin', 'groups, lock, soft-dirty'],
  ['linux:large-folios=some', 'on, careful, off'],
  ['linux:here,large-folios=on', 'option of a virtual machine'],
])('%s is refused with a reason', (text, said) => {
  expect(() => parseTargetSpec(text)).toThrow(said);
});

test.each([
  ['linux:kernel=7.3', 'copies-half-a-page', 'linux:mutant=copies-half-a-page,large-folios=off,kernel=7.3'],
  ['linux', 'evicts-whole-blocks', 'linux:mutant=evicts-whole-blocks,large-folios=careful'],
  [
    'linux:mutant=copies-half-a-page,large-folios=on',
    'copies-half-a-page',
    'linux:mutant=copies-half-a-page,large-folios=on',
  ],
  ['linux:here', 'copies-half-a-page', 'linux:mutant=copies-half-a-page,here'],
])('%s with the mutant %s has the setting of large folios that shows the mutant', (text, id, expected) => {
  const spec = linuxSpec(text.replace(/^linux:?/, ''));
  const mutant = linuxMutantById(id);
  if (mutant === undefined) throw new Error(`There is no mutant ${id}.`);
  const changed = withMutant(spec, mutant);
  expect(changed.text).toBe(expected);
  const { largeFolios, mutant: selected } = linuxSpec(changed.text.replace(/^linux:/, ''));
  expect([changed.largeFolios, changed.mutant]).toEqual([largeFolios, selected]);
});
