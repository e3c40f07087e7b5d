import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Compiler, compilerFor, pageOption } from './architecture.ts';
import { outputOf, runStep, type StepWatch } from './build-step.ts';
import {
  buildFolder,
  guestFile,
  type LinuxKernel,
  keyOf,
  type LinuxPlaces,
  logFile,
  moduleFolder,
} from './kernel.ts';

/** Builds the module and the agent; for a virtual machine, packs them into the file system that it starts with. */
export async function buildGuest(places: LinuxPlaces, kernel: LinuxKernel, watch: StepWatch): Promise<void> {
  const log = (step: string): string => logFile(places, kernel, step);
  const work = join(places.cache, `guest-${keyOf(kernel)}`);
  const module = moduleFolder(places, kernel);
  const root = join(work, 'root');
  await rm(work, { recursive: true, force: true });
  // The build writes beside the sources, which stay as they are.
  await cp(join(places.ours, 'module'), module, { recursive: true });
  for (const folder of ['dev', 'proc', 'sys', 'tmp']) await mkdir(join(root, folder), { recursive: true });
  const compiler = kernel.kind === 'here' ? await compilerHere(watch) : compilerFor(kernel.architecture);
  await runStep(
    {
      title: 'build the module',
      program: 'make',
      // The Makefile of a build directory includes that of its source tree.
      words: [
        '-C',
        buildFolder(places, kernel),
        ...compiler.makeWords,
        `M=${module}`,
        'KCFLAGS=-Werror',
        'modules',
      ],
      log: log('module'),
    },
    watch,
  );
  const agent = join(places.ours, 'agent');
  const sources = (await readdir(agent)).filter((name) => name.endsWith('.c')).toSorted();
  await runStep(
    {
      title: 'build the agent',
      program: compiler.program,
      words: [
        ...'-O2 -Wall -Wextra -Werror -static -s -o'.split(' '),
        join(work, 'agent'),
        pageOption(compiler),
        ...sources,
      ],
      folder: agent,
      log: log('agent'),
    },
    watch,
  );
  if (kernel.kind === 'here') return;
  await cp(join(module, 'zdc.ko'), join(root, 'zdc.ko'));
  await cp(join(work, 'agent'), join(root, 'init'));
  const testDevice = join(buildFolder(places, kernel), 'lib/test_hmm.ko');
  if (existsSync(testDevice)) await cp(testDevice, join(root, 'test_hmm.ko'));
  const packed = join(work, 'guest.cpio');
  await runStep(
    {
      title: 'pack the guest',
      program: 'cpio',
      words: ['-o', '-H', 'newc', '--quiet', '-F', packed],
      folder: root,
      input: ['.', ...(await readdir(root, { recursive: true }))].map((name) => `${name}\n`).join(''),
      log: log('pack'),
    },
    watch,
  );
  await rename(packed, guestFile(places, kernel));
}

/** The compiler of this machine, for its running kernel. */
async function compilerHere({ signal }: StepWatch): Promise<Compiler> {
  const pageBytes = Number(await outputOf('getconf', ['PAGESIZE'], signal));
  return { program: 'gcc', pageBytes, makeWords: [] };
}
