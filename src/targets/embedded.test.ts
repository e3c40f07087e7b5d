import { describe, expect, it } from 'vitest';
import { ProfileName } from '../../spec/profiles/profile.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import type { Case, Observe } from '../../spec/vocabulary/case.ts';
import { load, map, onDevice, toDevice } from '../../spec/vocabulary/shorthand.ts';
import { deviceEntry, UNPOPULATED, UNMAPPED } from '../../spec/vocabulary/snapshot.ts';
import type { KernelMutation } from '../kernel/world.ts';
import { EmbeddedTarget, openWorld } from './embedded.ts';

const scope = { processes: 2, pages: 2, frames: 2, slots: 1 };

const thereAndBack = (observe: Observe): Case => ({
  profile: 'origin',
  scope,
  observe,
  commands: [
    { op: 'map', process: 0, page: 0, kind: 'private', protection: 'write' },
    { op: 'map', process: 0, page: 1, kind: 'private', protection: 'write' },
    { op: 'store', process: 0, page: 0, value: 7 },
    { op: 'load', process: 1, page: 0 },
    { op: 'migrate-to-device', process: 0, page: 0, count: 1 },
    { op: 'inspect' },
    { op: 'load', process: 0, page: 0 },
  ],
});

const without = (...missing: Capability[]): Capability[] =>
  USUAL_CAPABILITIES.filter((capability) => !missing.includes(capability));

/** A driver that never migrates a page back and reports no error. */
const deaf: KernelMutation = {
  driver: (base) =>
    class extends base {
      protected override pageFault(): 0 {
        return 0;
      }
    },
};

describe('the embedded target', () => {
  it('returns observations for all admitted commands', () => {
    const { observations } = new EmbeddedTarget().runNow(thereAndBack('inspect'));
    expect(observations.map((observation) => observation?.result)).toEqual([
      'ok',
      'ok',
      'ok',
      undefined,
      ['moved'],
      'ok',
      7,
    ]);
    expect(observations[3]).toBeUndefined();
    expect(observations[4]?.events).toEqual([{ event: 'alloc', frame: 0 }]);
    expect(observations[6]?.events).toEqual([
      { event: 'fault', process: 0, page: 0, frame: 0 },
      { event: 'free', frame: 0, refs: 1, maps: 0 },
    ]);
    expect(observations[5]?.state).toEqual({
      entries: [deviceEntry(0, true), UNPOPULATED, UNMAPPED, UNMAPPED],
      refs: [2, 1],
      maps: [1, 0],
      least: [1, 1],
      rss: [1, 0],
      charged: 1,
    });
  });

  it.each([
    ['results', 0],
    ['inspect', 1],
    ['every-step', 6],
  ] as const)('returns snapshots as %s requests', (observe, looks) => {
    const { observations } = new EmbeddedTarget().runNow(thereAndBack(observe));
    expect(observations.filter((observation) => observation?.state !== undefined)).toHaveLength(looks);
  });

  it('declares everything, or the given capabilities', () => {
    expect([...new EmbeddedTarget().hello.capabilities]).toEqual(USUAL_CAPABILITIES);
    const poor = new EmbeddedTarget({ shows: ['fork'], suffix: 'poor' });
    expect(poor.hello).toMatchObject({ name: 'embedded poor', capabilities: new Set(['fork']) });
  });

  it('shows only the declared parts', () => {
    const poor = new EmbeddedTarget({
      shows: without('allocations', 'entries', 'least-count', 'accounting'),
    });
    const { observations } = poor.runNow(thereAndBack('inspect'));
    expect(observations[4]?.events).toEqual([]);
    expect(observations[6]?.events).toHaveLength(2);
    expect(observations[5]?.state).toEqual({
      entries: undefined,
      refs: [2, 1],
      maps: [1, 0],
      least: undefined,
      rss: undefined,
      charged: undefined,
    });
  });

  it('retries an allocation if it does not declare oom', async () => {
    const testCase: Case = { ...thereAndBack('results') };
    const commands = [...testCase.commands];
    commands.splice(6, 0, { op: 'inject', kind: 'oom', victim: 'any', remaining: 2 });
    const faults = async (target: EmbeddedTarget): Promise<unknown[]> => {
      const run = await target.run({ ...testCase, commands });
      const last = run.kind === 'trace' ? run.trace.observations.at(-1) : undefined;
      return [last?.result, last?.events.filter(({ event }) => event === 'fault').length];
    };
    expect(await faults(new EmbeddedTarget())).toEqual(['oom', 1]);
    expect(await faults(new EmbeddedTarget({ shows: without('oom-result') }))).toEqual([7, 3]);
  });

  it('reports a planted kernel that hangs', async () => {
    const target = new EmbeddedTarget({ mutation: deaf });
    expect(await target.run(thereAndBack('results'))).toMatchObject({
      kind: 'failure',
      failure: { kind: 'hang', step: 6 },
    });
    await target.close();
  });
});

it.each(ProfileName.options)('reports in %s the called one of two devices', (profile) => {
  const commands = [map(0, 0), onDevice(1, toDevice(0, 0)), load(0, 0)];
  const testCase: Case = { profile, scope: { ...scope, devices: 2 }, observe: 'results', commands };
  const target = new EmbeddedTarget();
  expect(target.hello.profiles).toContain(profile);
  expect(target.runNow(testCase).observations.at(-1)?.events).toMatchObject([
    { event: 'fault', process: 0, page: 0, frame: 2, device: 1 },
    { event: 'free', frame: 2, maps: 0 },
  ]);
});

it('opens a world that is executed step by step', () => {
  const world = openWorld('linux-6.1', scope);
  world.execute({ op: 'map', process: 0, page: 0, kind: 'private', protection: 'write' });
  const other = world.clone();
  expect(other.digest()).toBe(world.digest());
  other.execute({ op: 'migrate-to-device', process: 0, page: 0, count: 1 });
  expect(other.snapshot().refs).toEqual([1, 0]);
  expect(world.snapshot().refs).toEqual([0, 0]);
});
