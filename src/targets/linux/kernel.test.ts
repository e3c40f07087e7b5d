import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { changedSince } from './build.ts';
import type { Hello } from '../target.ts';
import type { Architecture } from './architecture.ts';
import { buildKernel, checkConfigured, unsatisfied } from './build-kernel.ts';
import {
  allRecords,
  buildWords,
  cacheFolder,
  configurationOf,
  imageFile,
  isReady,
  type LinuxKernel,
  KERNEL_VERSIONS,
  keyOf,
  lookAtBuilt,
  packagedKernel,
  recordFile,
  targetWords,
  treeProblem,
} from './kernel.ts';
import { helloForKernel } from './linux-target.ts';

const folder = mkdtempSync(join(tmpdir(), 'zdc-kernel-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const ours = fileURLToPath(new URL('.', import.meta.url));
const places = { ours, cache: join(folder, 'cache') };
const watch = { onProgress: () => undefined, signal: new AbortController().signal };
const hasMake = existsSync('/usr/bin/make') && existsSync('/usr/bin/strip');

test('the cache folder follows the environment', () => {
  expect(cacheFolder({ ZDC_LINUX_CACHE: '/a', XDG_CACHE_HOME: '/b', HOME: '/c' })).toBe('/a');
  expect(cacheFolder({ XDG_CACHE_HOME: '/b', HOME: '/c' })).toBe('/b/zone-device-conformance/linux');
  expect(cacheFolder({ HOME: '/c' })).toBe('/c/.cache/zone-device-conformance/linux');
});

const ofTree = (path: string, fragment?: string) =>
  ({ kind: 'tree', folder: path, architecture: 'x86_64', set: 'lean', fragment }) as const;

describe('a kernel', () => {
  const image: LinuxKernel = { kind: 'image', image: '/k/bzImage', modules: '/k', architecture: 'x86_64' };
  const arm64 = { ...packagedKernel('6.12'), architecture: 'arm64' } as const;

  test('has a distinct key for each version, tree, architecture, set and fragment', () => {
    const kernels = [
      ...KERNEL_VERSIONS.map(packagedKernel),
      { ...packagedKernel('6.12'), set: 'debug' } as const,
      arm64,
      { ...arm64, architecture: 'arm64-64k' } as const,
      { ...arm64, set: 'debug' } as const,
      ofTree('/a/linux'),
      ofTree('/b/linux'),
      ofTree('/a/linux', '/c'),
      { ...ofTree('/a/linux'), set: 'debug' } as const,
      image,
      { ...image, modules: '/l' },
      { ...image, architecture: 'arm64' } as const,
      { kind: 'here', modules: '/k' } as const,
    ];
    const keys = kernels.map(keyOf);
    expect(new Set(keys).size).toBe(kernels.length);
    // A version is a prefix of no other kind of key, because updates of a package delete its builds.
    expect(keys.filter((key) => /^6\.12(?:-|$)/.test(key))).toHaveLength(5);
    for (const key of keys) expect(key).toMatch(/^[\w.@-]+$/);
  });

  test('is selected by the same values on the command line of a build and of a target', () => {
    expect(buildWords(ofTree('/a/linux', '/c'))).toEqual(['--source', '/a/linux', '--config', '/c']);
    expect(targetWords(ofTree('/a/linux', '/c'))).toEqual(['source=/a/linux', 'config=/c']);
    expect(targetWords(image)).toEqual(['image=/k/bzImage', 'modules=/k']);
    expect(buildWords(packagedKernel('7.3'))).toEqual(['--kernel', '7.3']);
    expect(buildWords(arm64)).toEqual(['--kernel', '6.12', '--arch', 'arm64']);
    expect(targetWords(arm64)).toEqual(['kernel=6.12', 'arch=arm64']);
    expect(targetWords({ ...image, architecture: 'arm64-64k' })).toContain('arch=arm64-64k');
  });
});

describe('a configuration', () => {
  const final = ['CONFIG_A=y', '# CONFIG_B is not set', 'CONFIG_N=4', 'CONFIG_C=m'].join('\n');

  test('that kconfig dropped or changed is noticed', () => {
    const asked = [
      '# A comment',
      'CONFIG_A=y',
      'CONFIG_B=y',
      'CONFIG_C=y',
      'CONFIG_N=4',
      'CONFIG_GONE=y',
      '',
    ];
    expect(unsatisfied(asked.join('\n'), final)).toEqual(['CONFIG_B=y', 'CONFIG_C=y', 'CONFIG_GONE=y']);
  });

  test('that sets an option that must be off is noticed; a missing option is off', () => {
    const asked = ['# CONFIG_A is not set', '# CONFIG_B is not set', '# CONFIG_GONE is not set'].join('\n');
    expect(unsatisfied(asked, final)).toEqual(['# CONFIG_A is not set']);
  });

  test('may override a line: the last one counts', () => {
    expect(unsatisfied('CONFIG_N=8\nCONFIG_N=4', final)).toEqual([]);
    expect(unsatisfied('CONFIG_N=4\nCONFIG_N=8', final)).toEqual(['CONFIG_N=8']);
  });

  test('consists of the required options, the set and the fragment, in this order', () => {
    const fragment = join(folder, 'fragment');
    writeFileSync(fragment, 'CONFIG_MINE=y\n');
    const { required } = configurationOf(places, { architecture: 'x86_64', set: 'debug', fragment });
    const at = ['CONFIG_DEVICE_PRIVATE=y', 'CONFIG_PAGE_OWNER=y', 'CONFIG_KASAN=y', 'CONFIG_MINE=y'].map(
      (line) => required.indexOf(line),
    );
    expect(at).not.toContain(-1);
    expect(at).toEqual(at.toSorted((one, other) => one - other));
    expect(configurationOf(places, packagedKernel('6.12')).required).not.toContain('KASAN');
  });

  test('has the page size of its architecture, and no options of another one', () => {
    const linesOf = (architecture: Architecture): readonly string[] =>
      configurationOf(places, { ...packagedKernel('6.12'), architecture }).required.split('\n');
    expect(linesOf('x86_64')).toContain('CONFIG_PVH=y');
    expect(linesOf('x86_64').filter((line) => line.includes('ARM64'))).toEqual([]);
    expect(linesOf('arm64')).toContain('CONFIG_ARM64_4K_PAGES=y');
    expect(linesOf('arm64-64k')).toContain('CONFIG_ARM64_64K_PAGES=y');
    expect(linesOf('arm64')).not.toContain('CONFIG_PVH=y');
  });
});

/** A source tree whose Makefile only pretends to configure and build. Its kconfig knows no option named LOST. */
function fakeTree(name: string, version = '7.9.1'): string {
  const tree = join(folder, name);
  for (const part of ['mm', 'init']) mkdirSync(join(tree, part), { recursive: true });
  writeFileSync(join(tree, 'Kconfig'), 'source "init/Kconfig"\n');
  writeFileSync(join(tree, 'init/Kconfig'), 'config PRESENT\n\tbool\n');
  writeFileSync(join(tree, 'mm/memremap.c'), '\n');
  const targets = [
    `kernelversion:\n\t@echo ${version}`,
    'tinyconfig:\n\techo CONFIG_TINY=y > $(O)/.config',
    "olddefconfig:\n\tsed -i '/LOST/d;/MEMCG_V1/d' $(O)/.config",
    'vmlinux:\n\tcat mm/memremap.c >> $(O)/built\n\tcp /bin/true $(O)/vmlinux',
    'modules: vmlinux',
  ];
  writeFileSync(join(tree, 'Makefile'), `${targets.join('\n')}\n.PHONY: vmlinux\n`);
  return tree;
}

const listOf = (path: string): readonly string[] =>
  readdirSync(path, { recursive: true }).map(String).toSorted();

describe.skipIf(!hasMake)('a build from a source tree', () => {
  test('writes nothing into the tree', async () => {
    const tree = fakeTree('clean');
    const before = listOf(tree);
    await buildKernel(places, ofTree(tree), watch);
    expect(listOf(tree)).toEqual(before);
    expect(readFileSync(imageFile(places, ofTree(tree))).length).toBeGreaterThan(0);
  });

  test('fails if kconfig dropped an option of the fragment', async () => {
    const fragment = join(folder, 'lost');
    writeFileSync(fragment, 'CONFIG_LOST=y\n');
    const building = buildKernel(places, ofTree(fakeTree('drops'), fragment), watch);
    await expect(building).rejects.toThrow('dropped or changed: CONFIG_LOST=y');
  });

  test('fails if kconfig dropped an optional option that the tree defines', async () => {
    const tree = fakeTree('optional');
    await buildKernel(places, ofTree(tree), watch);
    writeFileSync(join(tree, 'init/Kconfig'), 'config MEMCG_V1\n\tbool\n');
    await expect(buildKernel(places, ofTree(tree), watch)).rejects.toThrow('CONFIG_MEMCG_V1=y');
  });

  test('is outdated after a change of the tree, and by nothing else', async () => {
    const tree = fakeTree('changed');
    const kernel = ofTree(tree);
    mkdirSync(places.cache, { recursive: true });
    writeFileSync(recordFile(places, kernel), '{}');
    const [past, now] = [new Date(Date.now() - 60_000), new Date()];
    for (const name of listOf(tree)) utimesSync(join(tree, name), past, past);
    utimesSync(tree, past, past);
    utimesSync(recordFile(places, kernel), now, now);
    expect(await changedSince(places, kernel, watch.signal)).toBeUndefined();
    mkdirSync(join(tree, '.git'));
    writeFileSync(join(tree, '.git/index'), '');
    utimesSync(tree, past, past);
    expect(await changedSince(places, kernel, watch.signal)).toBeUndefined();
    const later = new Date(Date.now() + 60_000);
    utimesSync(join(tree, 'mm/memremap.c'), later, later);
    expect(await changedSince(places, kernel, watch.signal)).toBe('mm/memremap.c');
  });
});

describe('a folder', () => {
  test('that is not a source tree, or was built in place, is refused with advice', () => {
    expect(treeProblem(ofTree(folder))).toContain('is not a Linux source tree');
    const tree = fakeTree('in-place');
    expect(treeProblem(ofTree(tree))).toBeUndefined();
    writeFileSync(join(tree, '.config'), '');
    expect(treeProblem(ofTree(tree))).toContain('"make mrproper"');
  });

  test('that is not a build directory, or lacks options, cannot be combined with an image', async () => {
    const modules = join(folder, 'modules');
    mkdirSync(modules);
    const image: Extract<LinuxKernel, { readonly kind: 'image' }> = {
      kind: 'image',
      image: join(modules, 'bzImage'),
      modules,
      architecture: 'x86_64',
    };
    await expect(checkConfigured(places, image)).rejects.toThrow('does not exist');
    writeFileSync(image.image, '');
    await expect(checkConfigured(places, image)).rejects.toThrow('is not the build directory of a kernel');
    writeFileSync(join(modules, 'Module.symvers'), '');
    const ofDriver = readFileSync(join(ours, 'config/driver.config'), 'utf8');
    const needed = ['driver', 'required', 'x86_64']
      .map((name) => readFileSync(join(ours, `config/${name}.config`), 'utf8'))
      .join('');
    writeFileSync(join(modules, '.config'), needed.replace('CONFIG_DEVICE_PRIVATE=y', ''));
    await expect(checkConfigured(places, image)).rejects.toThrow('CONFIG_DEVICE_PRIVATE=y');
    writeFileSync(join(modules, '.config'), needed);
    expect(await checkConfigured(places, image)).toMatch(/^[0-9a-f]{16}$/);
    // The running kernel needs nothing of a guest.
    writeFileSync(join(modules, '.config'), ofDriver);
    expect(await checkConfigured(places, { kind: 'here', modules })).toMatch(/^[0-9a-f]{16}$/);
    await expect(checkConfigured(places, image)).rejects.toThrow('CONFIG_PVH=y');
    const other = checkConfigured(places, { ...image, architecture: 'arm64' });
    await expect(other).rejects.toThrow('CONFIG_ARM64_4K_PAGES=y');
  });
});

test('an invalid record, or one of a former version, is not a build', () => {
  mkdirSync(places.cache, { recursive: true });
  const kernel = packagedKernel('6.1');
  writeFileSync(recordFile(places, kernel), '{"source":"6.1.1","configuration":"a","guest":"b"}');
  expect(isReady(lookAtBuilt(places, kernel))).toBe(false);
  expect(allRecords(places)).toEqual([]);
});

describe('the hello of a guest', () => {
  const hello: Hello = {
    name: 'linux',
    version: '6.12.117',
    profiles: ['linux-6.1'],
    capabilities: new Set(['fork', 'swap-on', 'accounting', 'groups']),
  };
  const capabilitiesOf = (one: Hello): readonly string[] => [...helloForKernel(one, undefined).capabilities];

  test('has the profile of the kernel; without one of its own, the number of swap areas is unknown', () => {
    expect(helloForKernel(hello, undefined).profiles).toEqual(['linux-6.12']);
    expect(capabilitiesOf(hello)).toEqual([...hello.capabilities]);
    const between = { ...hello, version: '6.15.2' };
    expect(helloForKernel(between, undefined).profiles).toEqual(['linux-6.12']);
    expect(capabilitiesOf(between)).toEqual(['fork', 'accounting', 'groups']);
  });
});
