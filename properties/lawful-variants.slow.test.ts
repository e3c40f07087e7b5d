import { describe, expect, test } from 'vitest';
import { ProfileName } from '../spec/profiles/profile.ts';
import { type Capability, USUAL_CAPABILITIES } from '../spec/vocabulary/capability.ts';
import { type Case, Observe } from '../spec/vocabulary/case.ts';
import type { Advice } from '../spec/vocabulary/command.ts';
import { race } from '../spec/vocabulary/shorthand.ts';
import type { PageOutcome, Result } from '../spec/vocabulary/result.ts';
import { Examiner } from '../src/examine/examiner.ts';
import { caseRandom, CaseSource } from '../src/generate/case-source.ts';
import { isDevice, isExclusiveEntry, isWatched, NONE, pfnOf, readOnly } from '../src/kernel/entry.ts';
import { FROM_SYSTEM, type MigrateBatch, type Selection } from '../src/kernel/migrate-batch.ts';
import {
  FAULT_DONE,
  FAULT_OOM,
  type FaultResult,
  fillPage,
  type Page,
  PAGEMAP_PRIVATE,
  readPage,
} from '../src/kernel/memory.ts';
import type { KernelMutation } from '../src/kernel/world.ts';
import { type Process, VMA_WRITE } from '../src/kernel/process.ts';
import { type EmbeddedTargetOptions, EmbeddedTarget } from '../src/targets/embedded.ts';
import { PROPERTIES } from './properties.ts';

// No property may raise a false alarm, either on the embedded implementation or on one that makes other choices where
// the rules leave a choice.

/** Every device entry is READ, which is always allowed. */
const neverWrite: KernelMutation = {
  kernel: (base) =>
    class extends base {
      protected override entryFor(page: Page, write: boolean): number {
        return super.entryFor(page, write && page.pagemap?.type !== PAGEMAP_PRIVATE);
      }
    },
};

/** Migration is best effort: this variant never moves page 1. */
const skipsAtWill: KernelMutation = {
  kernel: (base) =>
    class extends base {
      protected override collect(
        batch: MigrateBatch,
        i: number,
        process: Process,
        index: number,
        from: Selection,
      ): void {
        if (index !== 1 || from !== FROM_SYSTEM) super.collect(batch, i, process, index, from);
      }
    },
};

/** A page with an exclusive entry moves like any other page, and the device's own loads do not change this. */
const movesExclusive: KernelMutation = {
  kernel: (base) =>
    class extends base {
      protected override collect(
        batch: MigrateBatch,
        i: number,
        process: Process,
        index: number,
        from: Selection,
      ): void {
        const entry = process.entry(index);
        if (from === FROM_SYSTEM && isExclusiveEntry(entry) && this.mayMove(this.page(pfnOf(entry)))) {
          this.restoreExclusive(process, index, entry);
        }
        super.collect(batch, i, process, index, from);
      }
    },
  driver: (base) =>
    class extends base {
      /** A page that did not move returns to the exclusive access of the device. */
      override migrateToDevice(process: Process, start: number, count: number): PageOutcome[] {
        const entries = process.entries.slice(start, start + count);
        const outcomes = super.migrateToDevice(process, start, count);
        for (const [i, outcome] of outcomes.entries()) {
          if (outcome === 'skipped' && isExclusiveEntry(entries[i] ?? 0)) {
            this.kernel.makeExclusive(process, start + i);
          }
        }
        return outcomes;
      }

      protected override loadFromSystem(process: Process, index: number): Result {
        const entry = process.entry(index);
        return isExclusiveEntry(entry)
          ? readPage(this.kernel.page(pfnOf(entry)))
          : super.loadFromSystem(process, index);
      }
    },
};

/** A device store through a READ entry gives its writer another frame, instead of a page in system memory. */
const storesOnDevice: KernelMutation = {
  kernel: (base) =>
    class extends base {
      /** The entry names the frame, which holds a page of this process alone from now on. */
      give(process: Process, index: number, frame: Page): void {
        const old = this.page(pfnOf(process.entry(index)));
        this.getPage(frame);
        this.addMap(frame, process.offset(index));
        this.charge(frame, process.group);
        process.entries[index] = this.entryFor(frame, true);
        this.dropEntryOf(old);
      }
    },
  driver: (base) =>
    class extends base {
      protected override storeThroughRead(process: Process, index: number, value: number): Result {
        const { kernel } = this;
        const isWhole = process.wholeEntry(index) !== NONE;
        if (
          isWhole ||
          this.freeFrames.length === 0 ||
          !('give' in kernel) ||
          typeof kernel.give !== 'function'
        ) {
          return super.storeThroughRead(process, index, value);
        }
        if (!kernel.mayChargeUnpopulated(process)) return 'ENOMEM';
        const frame = this.allocateFrame();
        if (frame === undefined) return 'ENOMEM';
        fillPage(frame, value);
        kernel.give(process, index, frame);
        kernel.putPage(frame);
        return 'ok';
      }
    },
};

/**
 * A page on another device migrates to system memory for a device access in every profile without poison, and a watched
 * page is trapped after that and before the store.
 */
const migratesBackFirst: KernelMutation = {
  driver: (base) =>
    class extends base {
      // No device access may poison, but a failed fault does in profiles with poison.
      protected override loadForeign(process: Process, index: number, entry: number): Result {
        return this.kernel.profile.failedFaultPoisons
          ? super.loadForeign(process, index, entry)
          : this.loadFromSystem(process, index);
      }

      protected override storeForeign(process: Process, index: number, value: number): Result {
        return this.kernel.profile.failedFaultPoisons
          ? super.storeForeign(process, index, value)
          : this.storeInSystem(process, index, value);
      }

      override deviceStore(process: Process, index: number, value: number): Result {
        const entry = process.entry(index);
        const isHere = isDevice(entry) && isWatched(entry) && this.isOwn(entry);
        if (!isHere || this.refusal(process, index, true) !== undefined) {
          return super.deviceStore(process, index, value);
        }
        const result = this.migrateOneBack(process, index);
        if (result === FAULT_DONE) return 'trapped';
        return result === FAULT_OOM ? 'ENOMEM' : 'EFAULT';
      }
    },
};

/**
 * Advice drops a lazy-free page at once, for the process that gave the advice; clearing soft-dirty removes write
 * permission, so that the next store faults; a locked page that becomes writable is populated for that.
 */
const actsAtOnce: KernelMutation = {
  kernel: (base) =>
    class extends base {
      protected override advisePage(process: Process, index: number, page: Page, advice: Advice): void {
        if (advice === 'free' && !this.isPinned(page)) this.zapEntry(process, index);
        else super.advisePage(process, index, page, advice);
      }

      protected override cleanEntry(entry: number): number {
        return isDevice(entry) ? readOnly(super.cleanEntry(entry)) : super.cleanEntry(entry);
      }

      override protect(process: Process, index: number, protection: number): void {
        const isChange = protection !== process.protection(index);
        super.protect(process, index, protection);
        if (isChange && protection === VMA_WRITE && process.isLocked(index)) this.populate(process, index);
      }
    },
};

/**
 * No page is ever dropped, a no-fault load is always refused, and the charge of a shared page moves with each process
 * that joins a group.
 */
const choosesOtherwise: KernelMutation = {
  kernel: (base) =>
    class extends base {
      protected override mayDrop(): boolean {
        return false;
      }

      override nofaultLoad(): Result {
        return 'EFAULT';
      }

      protected override followsOwner(page: Page): boolean {
        return super.followsOwner(page) || (this.profile.joinMoves !== 'nothing' && page.maps > 1);
      }
    },
};

/**
 * In a race, the accessed page has already migrated to system memory when the concurrent command runs, instead of only
 * being requested.
 */
const racesAfterReturn: KernelMutation = {
  kernel: (base) =>
    class extends base {
      protected override racingDeviceFault(process: Process, index: number, page: Page): FaultResult {
        const { concurrent } = this;
        this.concurrent = undefined;
        const result = this.callPageFault(process, index, page);
        this.concurrent = concurrent;
        this.runConcurrent();
        return result;
      }
    },
};

/** In a race, the first page of a range has moved before the concurrent command runs. */
const racesAmidRange: KernelMutation = {
  driver: (base) =>
    class extends base {
      override migrateToDevice(process: Process, start: number, count: number): PageOutcome[] {
        const { concurrent } = this.kernel;
        if (concurrent === undefined || count === 1) return super.migrateToDevice(process, start, count);
        this.kernel.concurrent = undefined;
        const first = super.migrateToDevice(process, start, 1);
        this.kernel.concurrent = concurrent;
        return [...first, ...super.migrateToDevice(process, start + 1, count - 1)];
      }
    },
};

const all = USUAL_CAPABILITIES;
const without = (...missing: readonly Capability[]): readonly Capability[] =>
  all.filter((one) => !missing.includes(one));

const variants: readonly (EmbeddedTargetOptions & { readonly name: string; readonly cases: number })[] = [
  { name: 'as it is', cases: 40 },
  { name: 'bringing back one page at a time', chunk: 1, cases: 40 },
  { name: 'bringing back all it can', chunk: 4, cases: 40 },
  { name: 'without WRITE entries', mutation: neverWrite, cases: 40 },
  { name: 'skipping without a reason', mutation: skipsAtWill, cases: 40 },
  { name: 'storing on the device', mutation: storesOnDevice, cases: 40 },
  { name: 'moving what a device has to itself', mutation: movesExclusive, cases: 40 },
  { name: 'bringing pages back before they are used', mutation: migratesBackFirst, cases: 40 },
  { name: 'acting at once', mutation: actsAtOnce, cases: 70 },
  { name: 'choosing otherwise', mutation: choosesOtherwise, cases: 40 },
  { name: 'trying again without a word when there is no memory', shows: without('oom-result'), cases: 40 },
  { name: 'with a device that cannot copy on write', shows: without('device-copy-on-write'), cases: 40 },
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
    cases: 40,
  },
  {
    name: 'showing callbacks only',
    shows: without('entries', 'frames', 'least-count', 'accounting', 'every-step'),
    cases: 40,
  },
  {
    name: 'showing entries only',
    shows: without('callbacks', 'allocations', 'frames', 'least-count', 'accounting'),
    cases: 40,
  },
  {
    name: 'showing accounts only',
    shows: without('callbacks', 'allocations', 'entries', 'frames', 'least-count'),
    cases: 40,
  },
];

/** The options for the times of snapshots, which successive cases use in turn. */
const OBSERVED = Observe.options;

/** The first false alarm of a case, in words. */
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

describe.each(ProfileName.options)('no false alarm in %s', (profile) => {
  test.each(variants)('$name', ({ name, cases, ...options }) => {
    const target = new EmbeddedTarget({ ...options, suffix: name });
    const source = new CaseSource({ profile, capabilities: target.hello.capabilities });
    let found: string | undefined;
    for (let index = 0; index < cases && found === undefined; index++) {
      const testCase = source.draw(caseRandom(11, index));
      const observe = OBSERVED[index % OBSERVED.length] ?? testCase.observe;
      found ??= alarm(target, { ...testCase, observe });
    }
    expect(found).toBeUndefined();
  });
});

const racing: readonly (EmbeddedTargetOptions & { readonly name: string })[] = [
  { name: 'after a page came back', mutation: racesAfterReturn },
  { name: 'in the midst of a range', mutation: racesAmidRange },
];

const swapped = (testCase: Case): Case => ({
  ...testCase,
  commands: testCase.commands.map((command) =>
    command.op === 'race' ? race(command.right, command.left) : command,
  ),
});

describe.each(ProfileName.options)('no false alarm in %s over races', (profile) => {
  test.each(racing)('$name', ({ name, ...options }) => {
    const target = new EmbeddedTarget({ ...options, suffix: name });
    const { capabilities } = target.hello;
    const source = new CaseSource({ profile, capabilities, focused: ['race', 'migrate-to-device'] });
    const examiner = new Examiner(target, profile);
    let found: string | undefined;
    for (let index = 0; index < 60 && found === undefined; index++) {
      const testCase = source.draw(caseRandom(5, index));
      if (!testCase.commands.some(({ op }) => op === 'race')) continue;
      for (const one of [testCase, swapped(testCase)]) {
        const verdict = examiner.judge(target.runNow(one));
        found ??=
          verdict.kind === 'conforms'
            ? alarm(target, one)
            : `${JSON.stringify(verdict)}\n${JSON.stringify(one.commands)}`;
      }
    }
    expect(found).toBeUndefined();
  });
});
