import { profilesFrom, profilesWith } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import {
  fork,
  inject,
  load,
  makeExclusive,
  map,
  pageMap,
  residency,
  smaps,
  toDevice,
} from '../../spec/vocabulary/shorthand.ts';
import { isDevice, isExclusiveEntry, isPresent, pfnOf, POISON_ENTRY } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './planted-bug.ts';

export const queryMutants: readonly Mutant[] = [
  {
    id: 'page-map-brings-pages-back',
    title: 'Reading the page map migrates device pages to system memory.',
    source: 'C-41',
    requirement: 'query.no-callbacks',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override pageMap(process: Process, index: number): Result {
            const entry = process.entry(index);
            const answer = super.pageMap(process, index);
            if (isDevice(entry)) this.deviceFault(process, index, entry);
            return answer;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), pageMap(0, 0)],
  },
  {
    id: 'smaps-takes-exclusive-pages-back',
    title: "Reading smaps ends the exclusive access of a process's pages.",
    source: 'C-39',
    requirement: 'query.no-callbacks',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          override smaps(process: Process): number {
            for (let index = 0; index < this.scope.pages; index++) {
              const entry = process.entry(index);
              if (isExclusiveEntry(entry)) this.restoreExclusive(process, index, entry);
            }
            return super.smaps(process);
          }
        },
    },
    witness: [map(0, 0), makeExclusive(0, 0), smaps(0)],
  },
  /** The result of earlier versions is wrong in later ones. */
  {
    id: 'page-map-goes-on-telling-who-is-alone',
    title: 'The page map shows a shared device page as mapped by this process alone.',
    source: 'own',
    requirement: 'query.page-map',
    profiles: profilesWith(({ tellsSoleMapper }) => !tellsSoleMapper),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override isSoleMapper(entry: number): boolean {
            return this.namesPage(entry) && this.page(pfnOf(entry)).maps === 1;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), pageMap(0, 0)],
  },
  {
    id: 'page-map-tells-device-pages-present',
    title: 'The page map shows a device page as present.',
    source: 'class (q)',
    requirement: 'query.page-map',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override pageMap(process: Process, index: number): Result {
            return isDevice(process.entry(index)) ? 'present' : super.pageMap(process, index);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), pageMap(0, 0)],
  },
  {
    id: 'page-map-takes-sharers-for-one',
    title: 'The page map shows a shared page as mapped by this process alone.',
    source: 'class (d)',
    requirement: 'query.sole-mapper',
    profiles: profilesWith(({ tellsSoleMapper }) => tellsSoleMapper),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override isSoleMapper(entry: number): boolean {
            return this.profile.tellsSoleMapper && this.namesPage(entry);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), fork(0, 1), pageMap(0, 0)],
  },
  {
    id: 'page-map-tells-nobody-alone',
    title: 'The page map shows no page as mapped by its process alone.',
    source: 'own',
    requirement: 'query.sole-mapper',
    profiles: profilesWith(({ tellsSoleMapper }) => tellsSoleMapper),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override isSoleMapper(): boolean {
            return false;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), pageMap(0, 0)],
  },
  {
    id: 'device-pages-are-not-in-core',
    title: 'Residency reports only present entries as resident.',
    source: 'class (q)',
    requirement: 'query.residency',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override isResident(entry: number): boolean {
            return isPresent(entry);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), residency(0, 0)],
  },
  {
    id: 'poison-is-not-in-core',
    title: 'Residency reports a poisoned entry as not resident.',
    source: 'class (q)',
    requirement: 'query.residency',
    profiles: profilesWith(({ failedFaultPoisons }) => failedFaultPoisons),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override isResident(entry: number): boolean {
            return entry !== POISON_ENTRY && super.isResident(entry);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), inject('sigbus'), load(0, 0), residency(0, 0)],
  },
  {
    id: 'smaps-leaves-device-pages-out',
    title: 'The smaps of a process do not count device pages.',
    source: 'class (q)',
    requirement: 'query.smaps',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override isCounted(entry: number): boolean {
            return !isDevice(entry) && super.isCounted(entry);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), smaps(0)],
  },
  {
    id: 'smaps-leaves-exclusive-pages-out',
    title: 'The smaps of a process do not count device-exclusive pages.',
    source: 'C-39',
    requirement: 'query.smaps',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override isCounted(entry: number): boolean {
            return !isExclusiveEntry(entry) && super.isCounted(entry);
          }
        },
    },
    witness: [map(0, 0), makeExclusive(0, 0), smaps(0)],
  },
];
