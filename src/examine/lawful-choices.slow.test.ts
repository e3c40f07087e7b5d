import { describe, expect, test } from 'vitest';
import { CONFORMS } from '../../spec/judge/verdict.ts';
import { ProfileName, profilesFrom } from '../../spec/profiles/profile.ts';
import { USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import type { Advice, Command } from '../../spec/vocabulary/command.ts';
import {
  advise,
  deviceLoad,
  deviceStore,
  discard,
  fork,
  load,
  makeExclusive,
  map,
  onDevice,
  spawn,
  store,
  toDevice,
  watch,
} from '../../spec/vocabulary/shorthand.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import { caseRandom, CaseSource } from '../generate/case-source.ts';
import { pfnOf } from '../kernel/entry.ts';
import { type FaultResult, type Page, PAGEMAP_PRIVATE, readPage } from '../kernel/memory.ts';
import type { KernelMutation } from '../kernel/world.ts';
import type { Process } from '../kernel/process.ts';
import { type EmbeddedTargetOptions, EmbeddedTarget } from '../targets/embedded.ts';
import { Examiner } from './examiner.ts';

// Behaviour that is allowed although the embedded kernel does not show it, and harmless-looking behaviour that is
// forbidden.

const CASES = 120;

/** The verdict of judge and properties on a case: `conforms`, a requirement, or the property that is broken. */
async function verdictOn(
  profile: ProfileName,
  commands: readonly Command[],
  options: EmbeddedTargetOptions,
): Promise<string> {
  const scope = { processes: 2, pages: 2, frames: 2, slots: 0, devices: 2 };
  const target = new EmbeddedTarget(options);
  const examined = await new Examiner(target, profile).examine({
    profile,
    scope,
    observe: 'every-step',
    commands,
  });
  if (examined.kind === 'failed') return examined.failure.message;
  const { verdict, broken } = examined;
  if (verdict.kind === 'violates') return verdict.violation.requirement;
  return broken[0]?.property ?? verdict.kind;
}

/** A page of zeroes that one process advises free is dropped for all processes that share it. */
const dropsZeroesForAll: KernelMutation = {
  kernel: (base) =>
    class extends base {
      protected override advisePage(process: Process, index: number, page: Page, advice: Advice): void {
        if (advice !== 'free' || this.isPinned(page)) return super.advisePage(process, index, page, advice);
        const isZero = readPage(page) === 0;
        for (const other of isZero ? this.processes : [process]) {
          if (pfnOf(other.entry(index)) === page.pfn) this.zapEntry(other, index);
        }
      }
    },
};

test.each(profilesFrom('linux-5.18'))(
  'a page of zeros may be dropped in all its sharers in %s',
  async (profile) => {
    const shared = [map(0, 0), makeExclusive(0, 0), fork(0, 1), advise(0, 0, 'free'), load(1, 0), load(0, 0)];
    expect(await verdictOn(profile, shared, { mutation: dropsZeroesForAll })).toBe('conforms');
  },
);

/**
 * With the accessed page, its driver migrates the page on the next frame to system memory, even if only other processes
 * map it.
 */
const migratesNeighbours: KernelMutation = {
  driver: (base) =>
    class extends base {
      protected override pageFault(slot: number, index: number, page: Page): FaultResult {
        const result = super.pageFault(slot, index, page);
        for (const frame of this.frames) if (this.isInUse(frame)) this.evictPage(frame);
        return result;
      }
    },
};

test.each(ProfileName.options)(
  'a further page that the process does not map must stay in %s',
  async (profile) => {
    const neighbours = [
      map(0, 0),
      store(0, 0, 1),
      toDevice(0, 0),
      spawn(1),
      map(1, 0),
      store(1, 0, 2),
      toDevice(1, 0),
      load(0, 0),
    ];
    expect(await verdictOn(profile, neighbours, { mutation: migratesNeighbours })).toBe('fault.extras-own');
  },
);

const joined = [...USUAL_CAPABILITIES, 'one-owner'] as const;
const onSecond = [map(0, 0), store(0, 0, 7), onDevice(1, toDevice(0, 0))];

test.each(profilesFrom('linux-5.18'))(
  "devices of one owner access and migrate each other's pages in %s",
  async (profile) => {
    const across = [...onSecond, toDevice(0, 0), load(0, 0)];
    const inPlace = [...onSecond, deviceLoad(0, 0), deviceStore(0, 0, 8), load(0, 0)];
    expect(await verdictOn(profile, across, { shows: joined })).toBe('conforms');
    expect(await verdictOn(profile, inPlace, { shows: joined })).toBe('conforms');
  },
);

const broken: readonly (readonly [RequirementId, KernelMutation, Command])[] = [
  [
    'devices.joined-access',
    {
      driver: (base) =>
        class extends base {
          protected override isOwn(): boolean {
            return false;
          }

          protected override loadForeign(): Result {
            return 'EFAULT';
          }
        },
    },
    deviceLoad(0, 0),
  ],
  [
    'devices.joined-migration',
    {
      kernel: (base) =>
        class extends base {
          /** The reference to the old frame of a page that moves to another device is never put. */
          protected override finishMoved(old: Page, page: Page): void {
            if (old.pagemap?.type === PAGEMAP_PRIVATE && page.pagemap?.type === PAGEMAP_PRIVATE)
              this.getPage(old);
            super.finishMoved(old, page);
          }
        },
    },
    toDevice(0, 0),
  ],
];

test.each(broken)('a violation of %s is found', async (requirement, mutation, command) => {
  expect(await verdictOn('linux-6.19', [...onSecond, command], { shows: joined, mutation })).toBe(
    requirement,
  );
});

/** The devices declare one owner and act as if each had an owner of its own, which is allowed, too. */
const actsApart: KernelMutation = {
  driver: (base) =>
    class extends base {
      protected override isOwn(entry: number): boolean {
        return this.kernel.page(pfnOf(entry)).pagemap === this.pagemap;
      }

      protected override loadForeign(process: Process, index: number): Result {
        return this.loadFromSystem(process, index);
      }

      protected override storeForeign(process: Process, index: number, value: number): Result {
        return this.storeInSystem(process, index, value);
      }
    },
  kernel: (base) =>
    class extends base {
      protected override collectJoined(): void {
        // The page stays.
      }
    },
};

const watching = [...USUAL_CAPABILITIES, 'watch-unpopulated'] as const;

test.each(profilesFrom('linux-6.12'))(
  'userfaultfd write-protection may apply to an unpopulated page in %s',
  async (profile) => {
    const unpopulated = [
      map(0, 0),
      watch(0, 0, 'write-protect'),
      store(0, 0, 1),
      load(0, 0),
      deviceStore(0, 0, 2),
    ];
    const gone = [map(0, 0), watch(0, 0, 'write-protect'), discard(0, 0), store(0, 0, 1)];
    expect(await verdictOn(profile, unpopulated, { shows: watching })).toBe('conforms');
    expect(await verdictOn(profile, gone, { shows: watching })).toBe('conforms');
    const forgets: KernelMutation = {
      kernel: (base) =>
        class extends base {
          protected override trapsUnpopulated(): boolean {
            return false;
          }
        },
    };
    expect(await verdictOn(profile, unpopulated, { shows: watching, mutation: forgets })).toBe(
      'watch.unpopulated',
    );
  },
);

const modes: readonly (EmbeddedTargetOptions & { readonly suffix: string })[] = [
  { suffix: 'with one owner', shows: joined },
  { suffix: 'with one owner, apart', shows: joined, mutation: actsApart },
  { suffix: 'with watches on holes', shows: watching },
  {
    suffix: 'with one owner, showing results',
    shows: joined.filter(
      (one) => !['callbacks', 'allocations', 'entries', 'frames', 'accounting'].includes(one),
    ),
  },
];

describe.each(profilesFrom('linux-5.18'))(
  'in %s judge and properties accept an implementation',
  (profile) => {
    test.each(modes)('$suffix', async (options) => {
      const target = new EmbeddedTarget(options);
      const { capabilities } = target.hello;
      const focused = ['migrate-to-device', 'device-load', 'device-store', 'fork', 'watch'] as const;
      const source = new CaseSource({ profile, capabilities, focused });
      const examiner = new Examiner(target, profile);
      for (let index = 0; index < CASES; index++) {
        const testCase = source.draw(caseRandom(3, index));
        const examined = await examiner.examine(testCase);
        const said = examined.kind === 'judged' ? [examined.verdict, examined.broken] : examined;
        const text = JSON.stringify(testCase);
        expect([text, said]).toEqual([text, [CONFORMS, []]]);
      }
    });
  },
);
