import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import type { Case } from '../../../spec/vocabulary/case.ts';
import type { Command } from '../../../spec/vocabulary/command.ts';
import type { Run } from '../target.ts';
import { built, startGuest } from './built.fixture.ts';
import type { KernelVersion } from './kernel.ts';
import type { LinuxTarget } from './linux-target.ts';
import { DEFAULT_MACHINE, type MachineSettings, type Undeclared } from './qemu.ts';

// What befalls a guest costs one case and a start, never the run. Skipped where no kernel is built: "zdc linux build".

const [kernel] = built;

const page = { process: 0, page: 0 } as const;
const mapped: Command = { op: 'map', ...page, kind: 'private', protection: 'write' };
const toDevice: Command = { op: 'migrate-to-device', ...page, count: 1 };
const load: Command = { op: 'load', ...page };
const roundTrip: readonly Command[] = [mapped, { op: 'store', ...page, value: 7 }, toDevice, load];

const open: LinuxTarget[] = [];
afterEach(async () => {
  for (const target of open.splice(0)) await target.close();
});

async function start(options: {
  readonly kernel: KernelVersion;
  readonly mutant?: string;
  readonly caseTimeout?: number;
  readonly machine?: MachineSettings;
  readonly consoleRoom?: number;
  readonly also?: readonly Undeclared[];
}): Promise<LinuxTarget> {
  const { kernel: version, ...others } = options;
  const target = await startGuest(version, others);
  open.push(target);
  return target;
}

const run = (target: LinuxTarget, commands: readonly Command[], devices = 1): Promise<Run> => {
  const [profile] = target.hello.profiles;
  if (profile === undefined) throw new Error('It follows no profile.');
  const testCase: Case = {
    profile,
    scope: { processes: 2, pages: 4, frames: 2, slots: 1, devices },
    observe: 'every-step',
    commands,
  };
  return target.run(testCase);
};

const resultsOf = (one: Run): readonly unknown[] =>
  one.kind === 'trace'
    ? one.trace.observations.map((observation) => observation?.result)
    : [one.failure.kind, one.failure.message];

const callsOf = (one: Run): readonly unknown[] =>
  one.kind === 'trace'
    ? one.trace.observations.flatMap((observation) => observation?.events ?? [])
    : [one.failure.message];

const worked = ['ok', 'ok', ['moved'], 7];

/** The processes that this one has started and that are QEMU. */
const guests = (): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const [, name, parent] = /\((?<name>.*)\) \w (?<parent>\d+)/.exec(
          readFileSync(`/proc/${pid}/stat`, 'utf8'),
        ) ?? ['', '', ''];
        return name?.startsWith('qemu') === true && Number(parent) === process.pid ? [Number(pid)] : [];
      } catch {
        return [];
      }
    });

test.each(built)('Linux %s executes a case', async (version) => {
  const target = await start({ kernel: version });
  expect(target.hello.name).toBe('linux');
  expect(target.hello.version).toMatch(new RegExp(`^${version.replace('.', '\\.')}\\.`));
  expect(resultsOf(await run(target, roundTrip))).toEqual(worked);
});

describe.each(built)('Linux %s', (version) => {
  const other = { process: 0, page: 1 } as const;
  const store: Command = { op: 'store', ...page, value: 7 };

  test('distinguishes a trap of userfaultfd from a failure of the driver', async () => {
    const target = await start({ kernel: version });
    const one = await run(target, [
      mapped,
      { op: 'watch', ...page, watch: 'missing' },
      load,
      { op: 'kernel-load', ...page },
      { op: 'watch', ...page, watch: 'none' },
      store,
      toDevice,
      { op: 'watch', ...page, watch: 'write-protect' },
      { op: 'inject', kind: 'sigbus', victim: 'any', remaining: 1 },
      store,
      store,
      load,
    ]);
    const trapped = 'trapped';
    const before = ['ok', 'ok', trapped, trapped, 'ok', 'ok', ['moved'], 'ok', 'ok'];
    expect(resultsOf(one)).toEqual([...before, 'SIGBUS', trapped, 7]);
  });

  test('tracks the soft-dirty bit of each page separately', async () => {
    const target = await start({ kernel: version, also: ['soft-dirty'] });
    expect(target.hello.capabilities.has('soft-dirty')).toBe(true);
    const asked = { op: 'soft-dirty', ...page } as const;
    const one = await run(target, [
      mapped,
      store,
      { op: 'clear-soft-dirty', process: 0 },
      { op: 'map', ...other, kind: 'private', protection: 'write' },
      asked,
      { op: 'soft-dirty', ...other },
      store,
      asked,
    ]);
    expect(resultsOf(one)).toEqual(['ok', 'ok', 'ok', 'ok', 'clean', 'dirty', 'ok', 'dirty']);
  });

  test('migrates a page between two devices only through system memory', async () => {
    const target = await start({ kernel: version });
    const second = { device: 1 } as const;
    const one = await run(
      target,
      [
        mapped,
        store,
        { ...toDevice, ...second },
        toDevice,
        { op: 'migrate-to-system', ...page, count: 1 },
        { op: 'device-load', ...page },
        { ...toDevice, ...second },
        { op: 'detach' },
        load,
      ],
      2,
    );
    const [moved, skipped] = [['moved'], ['skipped']];
    expect(resultsOf(one)).toEqual(['ok', 'ok', moved, skipped, skipped, 7, moved, 'ok', 7]);
    const called = { event: 'fault', device: 1, process: 0, page: 0, frame: 2 };
    const [took, gave] = [
      { event: 'alloc', frame: 2 },
      { event: 'free', frame: 2, refs: 0, maps: 0 },
    ];
    expect(callsOf(one)).toEqual([took, called, gave, took, called, gave]);
  });

  test('keeps the pages of a closed device', async () => {
    const target = await start({ kernel: version });
    const one = await run(target, [
      ...roundTrip.slice(0, 3),
      { op: 'close' },
      { op: 'close' },
      { op: 'device-load', ...page },
      load,
      toDevice,
      { op: 'open' },
      toDevice,
    ]);
    const seen = ['ok', 'ENODEV', 'ENODEV', 7, ['skipped'], 'ok', ['moved']];
    expect(resultsOf(one)).toEqual([...worked.slice(0, 3), ...seen]);
  });

  test('refuses to add memory in the range of a device until it is detached', async () => {
    const target = await start({ kernel: version });
    const add: Command = { op: 'hot-add' };
    const one = await run(target, [
      ...roundTrip.slice(0, 3),
      add,
      { op: 'detach' },
      add,
      add,
      { op: 'attach' },
      add,
      toDevice,
      load,
    ]);
    const seen = ['EEXIST', 'ok', 'ok', 'EEXIST', 'ok', 'EEXIST', ['moved'], 7];
    expect(resultsOf(one)).toEqual([...worked.slice(0, 3), ...seen]);
    expect(resultsOf(await run(target, roundTrip))).toEqual(worked);
  });

  test('gives a device exclusive access to a page until the CPU accesses it', async () => {
    const target = await start({ kernel: version });
    const exchange: Command = { op: 'device-exchange', ...page, value: 9 };
    const one = await run(target, [
      mapped,
      store,
      { op: 'make-exclusive', ...page },
      exchange,
      load,
      exchange,
    ]);
    expect(resultsOf(one)).toEqual(['ok', 'ok', 'ok', 7, 9, 'EINVAL']);
  });
});
test.each(built)('on Linux %s a device can be detached and attached repeatedly', async (version) => {
  const target = await start({ kernel: version });
  const again: readonly Command[] = [{ op: 'detach' }, toDevice, load, { op: 'attach' }, toDevice, load];
  const commands = [...roundTrip.slice(0, 3), ...again, ...again];
  const seen = ['ok', ['skipped'], 7, 'ok', ['moved'], 7];
  expect(resultsOf(await run(target, commands))).toEqual([...worked.slice(0, 3), ...seen, ...seen]);
});

describe.skipIf(kernel === undefined)('a guest', () => {
  const version = kernel ?? '6.12';

  test('that is killed during a run costs one case', async () => {
    const target = await start({ kernel: version });
    for (const pid of guests()) process.kill(pid, 'SIGKILL');
    expect(resultsOf(await run(target, roundTrip))[0]).toBe('crash');
    expect(resultsOf(await run(target, roundTrip))).toEqual(worked);
  });

  test('that stops during a run costs one case', async () => {
    const target = await start({ kernel: version, caseTimeout: 500 });
    for (const pid of guests()) process.kill(pid, 'SIGSTOP');
    expect(resultsOf(await run(target, roundTrip))[0]).toBe('hang');
    expect(resultsOf(await run(target, roundTrip))).toEqual(worked);
  });

  test('whose kernel panics costs one case, reported with its console', async () => {
    const target = await start({ kernel: version, mutant: 'frees-a-frame-in-use' });
    const one = await run(target, [
      mapped,
      toDevice,
      { op: 'map', process: 0, page: 1, kind: 'private', protection: 'none' },
      { op: 'inject', kind: 'sigbus', victim: 'any', remaining: 2 },
      { op: 'detach' },
      { op: 'migrate-to-device', ...page, count: 4 },
    ]);
    expect(one).toMatchObject({
      kind: 'failure',
      failure: { kind: 'crash', stderr: expect.stringContaining('Call Trace') },
    });
    expect(resultsOf(await run(target, roundTrip))).toEqual(worked);
  });

  test('whose device cannot be removed because of a leaked reference reports this and continues', async () => {
    const target = await start({ kernel: version, mutant: 'keeps-a-reference' });
    const one = await run(target, [mapped, toDevice, { op: 'unmap', ...page }, { op: 'detach' }]);
    expect(one).toMatchObject({
      failure: { kind: 'crash', message: expect.stringContaining('never came back') },
    });
    expect(resultsOf(await run(target, [mapped, { op: 'detach' }]))).toEqual(['ok', 'ok']);
  });

  test('in which a page fault never ends reports the step', async () => {
    const target = await start({
      kernel: version,
      mutant: 'brings-back-only-the-neighbour',
      caseTimeout: 500,
    });
    const one = await run(target, [mapped, toDevice, load]);
    expect(one).toMatchObject({ kind: 'failure', failure: { kind: 'hang', step: 2 } });
    expect(resultsOf(await run(target, [mapped, toDevice]))).toEqual(['ok', ['moved']]);
  });

  test('is restarted without losing a case when its console reaches its limit', async () => {
    const target = await start({ kernel: version, consoleRoom: 0 });
    const [before] = guests();
    expect(resultsOf(await run(target, roundTrip))).toEqual(worked);
    expect(guests()).toEqual([]);
    expect(resultsOf(await run(target, roundTrip))).toEqual(worked);
    expect(before).toBeDefined();
  });

  test('is restarted when its memory is full', async () => {
    const target = await start({
      kernel: version,
      mutant: 'keeps-a-reference',
      machine: { ...DEFAULT_MACHINE, megabytes: 64 },
    });
    const [before] = guests();
    const seen = new Set<unknown>();
    for (let at = 0; at < 1500 && guests()[0] === before; at++) {
      seen.add(resultsOf(await run(target, [mapped, toDevice]))[0]);
    }
    expect(guests()).not.toEqual([before]);
    expect(seen).not.toContain('protocol');
    expect(seen).not.toContain('start');
    expect(resultsOf(await run(target, [mapped]))).toEqual(['ok']);
  });
});
