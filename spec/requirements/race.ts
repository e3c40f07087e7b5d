import { profilesWith } from '../profiles/profile.ts';
import type { Chapter } from './requirement.ts';

/** Permitted observations of two concurrent commands. */
export const raceChapter = {
  name: 'race',
  title: 'Concurrency',
  requirements: [
    {
      id: 'race.one-order',
      level: 'MUST',
      title: 'Concurrent commands return the results of some sequential order',
      text: 'Each of two concurrent commands returns its result of one of the two orders, the same for both; only a migration may skip pages that the other command accesses.',
      source: 'Linux Documentation/mm/hmm.rst, locking of page-table updates; own rule, spec/RULES.md',
      needs: ['race'],
    },
    {
      id: 'race.value',
      level: 'MUST',
      title: 'Concurrent commands lose no value',
      text: 'A load in a race returns the value of one of the orders or, concurrent with a store or discard of the same memory, some cells of each; it never reads a page that belongs to no object.',
      source: 'Linux 16ce101db85d (v6.1), a racing fault; own rule, spec/RULES.md',
      needs: ['race'],
    },
    {
      id: 'race.frame-accounting',
      level: 'MUST',
      title: 'A race allocates and frees frames exactly once',
      text: 'Frames are allocated, freed and counted as after one of the orders: no reference is leaked, none is dropped twice.',
      source: 'Linux 16ce101db85d (v6.1), references of a racing fault',
      needs: ['race', 'callbacks'],
    },
    {
      id: 'race.page-fault-calls',
      level: 'MUST',
      title: 'In a race page_fault is called only for accessed pages',
      text: 'page_fault is called only for a page that one of the two commands accesses and that was on the device, and at least as often as one of the orders requires.',
      source: 'Linux 16ce101db85d (v6.1), a racing fault',
      needs: ['race', 'callbacks'],
    },
    {
      id: 'race.locked-fault',
      level: 'MUST',
      title: 'Concurrent accesses to one page call page_fault one at a time',
      text: 'page_fault is called with the page locked. Two concurrent accesses by the CPU or the kernel to one page on the device call it as often as one after the other: the second waits for the first, and finds the page in system memory.',
      source:
        'Linux 1afaeb8293c9 (v6.15), the page lock of a fault; Linux v7.3, the wait for it in do_swap_page',
      profiles: profilesWith(({ faultLocksPage }) => faultLocksPage),
      needs: ['race', 'callbacks'],
    },
    {
      id: 'race.entries',
      level: 'MUST',
      title: 'The entries after a race are those of some sequential order',
      text: 'After a race every entry, of both commands and of all sharers, is one that some order allows.',
      source: 'Linux 16ce101db85d (v6.1), an entry that changed meanwhile; own rule, spec/RULES.md',
      needs: ['race', 'entries'],
    },
  ],
} as const satisfies Chapter;
