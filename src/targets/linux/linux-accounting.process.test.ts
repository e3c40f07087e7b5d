import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Case } from '../../../spec/vocabulary/case.ts';
import type { Command } from '../../../spec/vocabulary/command.ts';
import {
  advise,
  charge,
  discard,
  exit,
  fork,
  join,
  load,
  map,
  pin,
  spawn,
  store,
  swapOn,
  toDevice,
  unmap,
  unpin,
} from '../../../spec/vocabulary/shorthand.ts';
import type { Run } from '../target.ts';
import { built, startGuest } from './built.fixture.ts';
import { KERNEL_VERSIONS, type KernelVersion } from './kernel.ts';
import type { LinuxTarget } from './linux-target.ts';
import type { Undeclared } from './qemu.ts';

// Whose pages the kernel counts, and to whom it charges them. Skipped where no kernel is built: "zdc linux build".

const open: LinuxTarget[] = [];
afterEach(async () => {
  for (const target of open.splice(0)) await target.close();
});

async function start(options: {
  readonly kernel: KernelVersion;
  readonly mutant?: string;
  readonly also?: readonly Undeclared[];
}): Promise<LinuxTarget> {
  const { kernel, ...others } = options;
  const target = await startGuest(kernel, others);
  open.push(target);
  return target;
}

function run(
  target: LinuxTarget,
  commands: readonly Command[],
  observe: Case['observe'] = 'every-step',
): Promise<Run> {
  const [profile] = target.hello.profiles;
  if (profile === undefined) throw new Error('It follows no profile.');
  return target.run({
    profile,
    scope: { processes: 2, pages: 4, frames: 4, slots: 1 },
    observe,
    commands,
  });
}

/** After each command: what the two processes have, and what is charged. */
const accountsOf = (one: Run): readonly unknown[] =>
  one.kind === 'trace'
    ? one.trace.observations.map((observation) => {
        const { rss, charged } = observation?.state ?? {};
        return rss === undefined ? 'unknown' : [...rss, charged].join(' ');
      })
    : [one.failure.message];

const resultsOf = (one: Run): readonly unknown[] =>
  one.kind === 'trace'
    ? one.trace.observations.map((observation) => observation?.result)
    : [one.failure.message];

describe.for(KERNEL_VERSIONS)('Linux %s', (kernel) => {
  beforeEach(({ skip }) => {
    if (!built.includes(kernel)) skip();
  });

  test('counts and charges a page wherever it is, until its last unmap', async () => {
    const target = await start({ kernel });
    const commands = [map(0, 0), load(0, 0), store(0, 0, 7), toDevice(0, 0), fork(0, 1), load(1, 0)];
    expect(accountsOf(await run(target, [...commands, store(1, 0, 8), unmap(0, 0), exit(1)]))).toEqual(
      // A child that stores has a copy of its own.
      ['0 0 0', '0 0 0', '1 0 1', '1 0 1', '1 1 1', '1 1 1', '1 1 2', '0 1 1', '0 0 0'],
    );
  });

  test('charges a page that only a pin holds, and counts it in no process', async () => {
    const target = await start({ kernel });
    const commands = [map(0, 0), pin(0, 0), discard(0, 0), unpin()];
    expect(accountsOf(await run(target, commands))).toEqual(['0 0 0', '1 0 1', '0 0 1', '0 0 0']);
  });

  test('charges the private copy of a file page, and no shared memory', async () => {
    const target = await start({ kernel });
    const commands = [
      map(0, 0, 'write', 'file'),
      load(0, 0),
      store(0, 0, 7),
      discard(0, 0),
      map(0, 1, 'write', 'shared'),
      store(0, 1, 7),
    ];
    expect(accountsOf(await run(target, commands))).toEqual([
      '0 0 0',
      '0 0 0',
      '1 0 1',
      '0 0 0',
      '0 0 0',
      '0 0 0',
    ]);
  });

  test('charges the group of the allocating process, and moves the charge on a join', async ({ skip }) => {
    const target = await start({ kernel, also: ['groups'] });
    if (!target.hello.capabilities.has('groups')) skip();
    const both = [charge(0), charge(1)];
    const commands = [map(0, 0), store(0, 0, 7), spawn(1), join(1, 1), map(1, 0), store(1, 0, 8), ...both];
    const one = await run(target, [...commands, join(0, 1), ...both]);
    expect(resultsOf(one).slice(commands.length - 2)).toEqual([1, 1, 'ok', 0, 2]);
  });

  test('reports a page that stays charged after its last unmap', async () => {
    const target = await start({ kernel, mutant: 'keeps-what-came-back' });
    const commands = [map(0, 0), store(0, 0, 7), toDevice(0, 0), load(0, 0), unmap(0, 0)];
    const shown = await run(target, commands);
    expect(accountsOf(shown)).toEqual(['0 0 0', '1 0 1', '1 0 1', '1 0 1', '0 0 1']);
    const reported = ['In the guest: pages that stay charged, though no snapshot has shown them: 1.'];
    expect(resultsOf(await run(target, commands, 'results'))).toEqual(reported);
    expect(resultsOf(await run(target, [map(0, 0)], 'results'))).toEqual(['ok']);
  });

  test('reports a free frame that stays charged', async () => {
    const target = await start({ kernel, mutant: 'freed-frame-stays-charged' });
    const commands = [map(0, 0), store(0, 0, 7), toDevice(0, 0), unmap(0, 0)];
    expect(accountsOf(await run(target, commands))).toEqual(['0 0 0', '1 0 1', '1 0 1', '0 0 1']);
  });

  test('reports no counts while pages may be in a swap area', async () => {
    const target = await start({ kernel });
    const one = await run(target, [
      map(0, 0),
      store(0, 0, 7),
      swapOn(1),
      advise(0, 0, 'page-out'),
      load(0, 0),
    ]);
    expect(resultsOf(one)).toEqual(['ok', 'ok', 1, 'ok', 7]);
    expect(accountsOf(one)).toEqual(['0 0 0', '1 0 1', ...Array.from({ length: 3 }, () => 'unknown')]);
  });
});
