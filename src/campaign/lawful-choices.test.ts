import { expect, test } from 'vitest';
import { ProfileName, profilesFrom } from '../../spec/profiles/profile.ts';
import type { Advice, Command } from '../../spec/vocabulary/command.ts';
import {
  advise,
  fork,
  load,
  makeExclusive,
  map,
  spawn,
  store,
  toDevice,
} from '../../spec/vocabulary/shorthand.ts';
import { pfnOf } from '../kernel/entry.ts';
import { type Page, readPage } from '../kernel/page.ts';
import type { FaultResult } from '../kernel/pagemap.ts';
import type { Plant } from '../kernel/plant.ts';
import type { Process } from '../kernel/process.ts';
import { type EmbeddedOptions, EmbeddedTarget } from '../targets/embedded.ts';
import { Examiner } from './examiner.ts';

// What implementations may do that the embedded one does not, and what they may not though it looks harmless.

/** What judge and properties say of a case: `conforms`, a requirement, or the property that is broken. */
async function verdictOn(
  profile: ProfileName,
  commands: readonly Command[],
  options: EmbeddedOptions,
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

/** A page of zeroes that one process advises free is dropped for all who share it. */
const dropsZeroesForAll: Plant = {
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
  'a page of zeroes may go for all who share it in %s',
  async (profile) => {
    const shared = [map(0, 0), makeExclusive(0, 0), fork(0, 1), advise(0, 0, 'free'), load(1, 0), load(0, 0)];
    expect(await verdictOn(profile, shared, { plant: dropsZeroesForAll })).toBe('conforms');
  },
);

/** With the page that was touched its driver brings back what is on the next frame, whoever maps that. */
const bringsNeighbours: Plant = {
  driver: (base) =>
    class extends base {
      protected override pageFault(slot: number, index: number, page: Page): FaultResult {
        const result = super.pageFault(slot, index, page);
        for (const frame of this.frames) if (this.isInUse(frame)) this.evictPage(frame);
        return result;
      }
    },
};

test.each(ProfileName.options)('a neighbour that the process does not map stays in %s', async (profile) => {
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
  expect(await verdictOn(profile, neighbours, { plant: bringsNeighbours })).toBe('fault.extras-own');
});
