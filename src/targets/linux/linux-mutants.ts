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
    title: 'a frame is not freed after its copy failed',
    primary: 'count.free-once',
  },
  {
    id: 'copies-the-next-frame',
    title: 'a page that migrates back gets the contents of the next frame',
    primary: 'fault.last-value',
  },
  {
    id: 'copies-half-a-page',
    title: 'a page that migrates back is only half copied',
    primary: 'fault.last-value',
  },
  {
    id: 'ignores-a-failed-copy',
    title: 'a page migrates to the device although its copy failed',
    primary: 'migrate.transparent',
  },
  {
    id: 'brings-back-only-the-neighbour',
    title: 'a fault migrates all pages back except the accessed one',
    primary: 'robust.terminates',
  },
  {
    id: 'frees-a-frame-in-use',
    title: 'a frame that could not be evicted is reported as free',
    primary: 'count.free-unmapped',
  },
  {
    id: 'swallows-sigbus',
    title: 'a fault succeeds although the device cannot return the page',
    primary: 'failure.sigbus',
  },
  {
    id: 'oom-becomes-sigbus',
    title: 'a fault without free memory returns SIGBUS',
    primary: 'failure.oom',
  },
  {
    id: 'neighbour-fails-the-fault',
    title: 'a fault fails because a further page could not migrate back',
    primary: 'fault.extras-optional',
  },
  {
    id: 'stores-through-read',
    title: 'the device stores through a READ entry',
    primary: 'fork.isolation',
  },
  {
    id: 'ignores-invalidations',
    title: 'the device keeps using entries that the kernel has invalidated',
    primary: 'device.load-value',
  },
  {
    id: 'detaches-without-evicting',
    title: 'the device is detached with pages on it',
    primary: 'migrate.detach',
  },
  {
    id: 'leaves-a-hole-uncleared',
    title: 'an unpopulated page that migrates to the device is not cleared',
    primary: 'migrate.unpopulated-is-zero',
  },
  {
    id: 'evicts-without-copying',
    title: 'an evicted page is not copied',
    primary: 'migrate.transparent',
  },
  {
    id: 'claims-what-it-skipped',
    title: 'every page of a range is reported as moved',
    primary: 'migrate.result-per-page',
  },
  {
    id: 'keeps-a-reference',
    title: 'the driver keeps a reference to every page that migrates to the device',
    primary: 'count.references',
  },
  {
    id: 'load-asks-for-write',
    title: 'a device load requests write access',
    primary: 'device.load-no-callbacks',
  },
  {
    id: 'works-while-detached',
    title: 'a detached device still executes its commands',
    primary: 'device.detached',
  },
  {
    id: 'all-devices-have-one-owner',
    title: 'a device treats the pages of another device as its own',
    primary: 'devices.foreign-skipped',
  },
  {
    id: 'puts-back-what-was-discarded',
    title: 'a fault restores a page that was discarded during the migration',
    primary: 'race.entries',
  },
  {
    id: 'copies-before-it-collects',
    title: 'a page is copied to the device while it can still be stored to',
    primary: 'race.value',
  },
  {
    id: 'refuses-what-another-moved',
    title: 'an access fails because another one has migrated the page back in the meantime',
    primary: 'race.one-order',
  },
  {
    id: 'keeps-what-came-back',
    title: 'the driver keeps a reference to every page that migrates back',
    primary: 'account.charge',
  },
  {
    id: 'frees-part-of-a-folio',
    title: 'the second half of the frames of a freed large folio is never used again',
    primary: 'robust.no-crash',
    needs: 'large-folios',
  },
  {
    id: 'copies-part-of-a-folio',
    title: 'the second half of a large folio that migrates to the device as a whole is not copied',
    primary: 'folio.keeps-values',
    needs: 'large-folios',
  },
  {
    id: 'calls-a-folio-base-pages',
    title: 'a large folio that migrated as a whole is reported as base pages',
    primary: 'folio.whole-or-none',
    needs: 'large-folios',
  },
  {
    id: 'evicts-whole-blocks',
    title: 'the eviction of some frames of a block also evicts the others',
    primary: 'folio.evicts-range',
    needs: 'large-folios',
  },
  {
    id: 'freed-frame-stays-charged',
    title: 'a freed frame stays charged until it is used again',
    primary: 'account.charge',
    needs: 'accounting',
  },
];

export const linuxMutantById = (id: string): LinuxMutant | undefined =>
  LINUX_MUTANTS.find((mutant) => mutant.id === id);
