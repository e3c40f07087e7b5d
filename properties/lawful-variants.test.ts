import { describe, expect, test } from 'vitest';
import type { ProfileName } from '../spec/profiles/profile.ts';
import { Capability } from '../spec/vocabulary/capability.ts';
import type { Case } from '../spec/vocabulary/case.ts';
import type { Result } from '../spec/vocabulary/result.ts';
import { caseRandom } from '../src/explore/case-random.ts';
import { CaseSource } from '../src/explore/case-source.ts';
import { pfnOf } from '../src/kernel/entry.ts';
import { fillPage, type Page } from '../src/kernel/page.ts';
import { PRIVATE } from '../src/kernel/pagemap.ts';
import type { Plant } from '../src/kernel/plant.ts';
import type { Process } from '../src/kernel/process.ts';
import { type EmbeddedOptions, EmbeddedTarget } from '../src/targets/embedded.ts';
import { PROPERTIES } from './properties.ts';

// No property may raise a false alarm: not on the embedded implementation, and not on one that makes other choices
// where the rules leave a choice.

/** Every device entry is READ, which is always allowed. */
const neverWrite: Plant = {
  kernel: (base) =>
    class extends base {
      protected override entryFor(page: Page, write: boolean): number {
        return super.entryFor(page, write && page.pagemap?.type !== PRIVATE);
      }
    },
};

/** Migration is best effort: this one leaves every page 1 where it is. */
const skipsAtWill: Plant = {
  kernel: (base) =>
    class extends base {
      protected override isCollectable(process: Process, index: number): boolean {
        return index !== 1 && super.isCollectable(process, index);
      }
    },
};

/** A device store through a READ entry gives its writer another frame, instead of system memory. */
const storesOnDevice: Plant = {
  kernel: (base) =>
    class extends base {
      /** The entry names the frame, which holds a page of this process alone from now on. */
      give(process: Process, index: number, frame: Page): void {
        const old = this.page(pfnOf(process.entry(index)));
        this.getPage(frame);
        this.addMap(frame, index);
        this.charge(frame);
        process.entries[index] = this.entryFor(frame, true);
        this.dropEntryOf(old);
      }
    },
  driver: (base) =>
    class extends base {
      protected override storeThroughRead(process: Process, index: number, value: number): Result {
        const { kernel } = this;
        if (this.freeFrames.length === 0 || !('give' in kernel) || typeof kernel.give !== 'function') {
          return super.storeThroughRead(process, index, value);
        }
        const frame = this.takeFrame();
        if (frame === undefined) return 'ENOMEM';
        fillPage(frame, value);
        kernel.give(process, index, frame);
        kernel.putPage(frame);
        return 'ok';
      }
    },
};

const all = Capability.options;
const without = (...missing: readonly Capability[]): readonly Capability[] =>
  all.filter((one) => !missing.includes(one));

const variants: readonly (EmbeddedOptions & { readonly name: string; readonly cases: number })[] = [
  { name: 'as it is', cases: 5000 },
  { name: 'bringing back one page at a time', chunk: 1, cases: 500 },
  { name: 'bringing back all it can', chunk: 4, cases: 500 },
  { name: 'without WRITE entries', plant: neverWrite, cases: 500 },
  { name: 'skipping without a reason', plant: skipsAtWill, cases: 500 },
  { name: 'storing on the device', plant: storesOnDevice, cases: 500 },
  { name: 'trying again without a word when there is no memory', shows: without('oom-result'), cases: 500 },
  { name: 'with a device that cannot copy on write', shows: without('device-copy-on-write'), cases: 500 },
  {
    name: 'showing results only',
    shows: without(
      'callbacks',
      'allocations',
      'entries',
      'frames',
      'least-count',
      'accounting',
      'every-step',
    ),
    cases: 500,
  },
  {
    name: 'showing callbacks only',
    shows: without('entries', 'frames', 'least-count', 'accounting', 'every-step'),
    cases: 400,
  },
  {
    name: 'showing entries only',
    shows: without('callbacks', 'allocations', 'frames', 'least-count', 'accounting'),
    cases: 400,
  },
  {
    name: 'showing accounts only',
    shows: without('callbacks', 'allocations', 'entries', 'frames', 'least-count'),
    cases: 400,
  },
];

/** The first alarm of a case, in words. */
function alarm(target: EmbeddedTarget, testCase: Case): string | undefined {
  const trace = target.runNow(testCase);
  for (const property of PROPERTIES) {
    const { broken } = property.examine(trace);
    if (broken !== undefined) {
      const commands = JSON.stringify(testCase.commands.slice(0, broken.step + 1));
      return `${property.id} at step ${broken.step}: ${broken.message}\n${commands}`;
    }
  }
  return undefined;
}

const profiles: readonly ProfileName[] = ['origin', 'linux-6.1'];

describe.each(profiles)('no false alarm in %s', (profile) => {
  test.each(variants)('$name', { timeout: 60_000 }, ({ name, cases, ...options }) => {
    const target = new EmbeddedTarget({ ...options, suffix: name });
    const source = new CaseSource({ profile, capabilities: target.hello.capabilities });
    let found: string | undefined;
    for (let index = 0; index < cases && found === undefined; index++) {
      const testCase = source.draw(caseRandom(11, index));
      const lessWatched: Case = { ...testCase, observe: index % 2 === 0 ? 'inspect' : 'results' };
      found ??= alarm(target, testCase) ?? alarm(target, lessWatched);
    }
    expect(found).toBeUndefined();
  });
});
