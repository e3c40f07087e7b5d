import type { RequirementId } from '../../../spec/requirements/catalogue.ts';
import type { Capability } from '../../../spec/vocabulary/capability.ts';

/** A planted bug of the module, which is compiled in and selected when the guest starts. */
export interface LinuxMutant {
  /** As module/mutant.c names it. */
  readonly id: string;
  /** The mistake of the driver, in one sentence. */
  readonly title: string;
  /** The requirement that it violates. */
  readonly primary: RequirementId;
  /** A capability without which the bug changes nothing. */
  readonly needs?: Capability;
}

export const LINUX_MUTANTS: readonly LinuxMutant[] = [
  {
    id: 'failed-copy-keeps-its-frame',
    title: 'a frame whose copy failed is never given back',
    primary: 'count.free-once',
  },
  {
    id: 'copies-the-next-frame',
    title: 'a page that comes back holds what the next frame held',
    primary: 'fault.last-value',
  },
  {
    id: 'copies-half-a-page',
    title: 'only half of a page that comes back is copied',
    primary: 'fault.last-value',
  },
  {
    id: 'ignores-a-failed-copy',
    title: 'a page whose copy to the device failed is moved all the same',
    primary: 'migrate.transparent',
  },
  {
    id: 'brings-back-only-the-neighbour',
    title: 'a fault brings everything back but the page that was touched',
    primary: 'robust.terminates',
  },
  {
    id: 'frees-a-frame-in-use',
    title: 'a frame that could not be evicted is told to be free',
    primary: 'count.free-unmapped',
  },
  {
    id: 'swallows-sigbus',
    title: 'a page that the device cannot give back comes back all the same',
    primary: 'failure.sigbus',
  },
  {
    id: 'oom-becomes-sigbus',
    title: 'a fault that finds no memory ends in SIGBUS',
    primary: 'failure.oom',
  },
  {
    id: 'neighbour-fails-the-fault',
    title: 'a fault fails because a page beside the touched one could not come back',
    primary: 'fault.extras-optional',
  },
  {
    id: 'stores-through-read',
    title: 'the device writes through an entry that only lets it read',
    primary: 'fork.isolation',
  },
  {
    id: 'ignores-invalidations',
    title: 'the device goes on using pages that the kernel has told it to forget',
    primary: 'device.load-value',
  },
  {
    id: 'detaches-without-evicting',
    title: 'the device goes away with pages still on it',
    primary: 'migrate.detach',
  },
  {
    id: 'leaves-a-hole-uncleared',
    title: 'a hole that moves to the device is not cleared',
    primary: 'migrate.unpopulated-is-zero',
  },
  {
    id: 'evicts-without-copying',
    title: 'an evicted page comes back empty',
    primary: 'migrate.transparent',
  },
  {
    id: 'claims-what-it-skipped',
    title: 'every page of a range is told to have moved',
    primary: 'migrate.result-per-page',
  },
  {
    id: 'keeps-a-reference',
    title: 'the driver keeps a reference to every page that it moves to the device',
    primary: 'count.references',
  },
  {
    id: 'load-asks-for-write',
    title: 'a load by the device asks for a page that it may write',
    primary: 'device.load-no-callbacks',
  },
  {
    id: 'works-while-detached',
    title: 'a device that is gone is used all the same',
    primary: 'device.detached',
  },
  {
    id: 'all-devices-have-one-owner',
    title: 'a device takes the pages of another for its own',
    primary: 'devices.foreign-skipped',
  },
  {
    id: 'puts-back-what-was-discarded',
    title: 'a fault puts a page back that was discarded while it was on its way',
    primary: 'race.entries',
  },
  {
    id: 'copies-before-it-collects',
    title: 'a page is copied to the device while it can still be stored to',
    primary: 'race.value',
  },
  {
    id: 'refuses-what-another-moved',
    title: 'a touch fails because somebody else has brought the page back meanwhile',
    primary: 'race.one-order',
  },
  {
    id: 'keeps-what-came-back',
    title: 'the driver keeps a reference to every page that it brings back',
    primary: 'account.charge',
  },
  {
    id: 'frees-part-of-a-folio',
    title: 'of the frames of a large folio that is freed, the second half is never used again',
    primary: 'robust.no-crash',
    needs: 'large-folios',
  },
  {
    id: 'copies-part-of-a-folio',
    title: 'of a large folio that moves to the device whole, the second half is not copied',
    primary: 'folio.keeps-values',
    needs: 'large-folios',
  },
  {
    id: 'calls-a-folio-base-pages',
    title: 'a large folio that moved whole is reported as base pages',
    primary: 'folio.whole-or-none',
    needs: 'large-folios',
  },
  {
    id: 'evicts-whole-blocks',
    title: 'the eviction of some frames of a block evicts the others, too',
    primary: 'folio.evicts-range',
    needs: 'large-folios',
  },
  {
    id: 'freed-frame-stays-charged',
    title: 'a frame that is freed stays charged until it is used again',
    primary: 'account.charge',
    needs: 'accounting',
  },
];

export const linuxMutantById = (id: string): LinuxMutant | undefined =>
  LINUX_MUTANTS.find((mutant) => mutant.id === id);
