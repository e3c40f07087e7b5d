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
      text: 'Both of two concurrent commands return their results in one of the two orders, or a result that spec/RULES.md, chapter 21, allows in addition: for example, a migration may skip a page that the other command accesses.',
      source: 'Linux Documentation/mm/hmm.rst, locking of page-table updates; own rule, spec/RULES.md',
      needs: ['race'],
    },
    {
      id: 'race.value',
      level: 'MUST',
      title: 'Concurrent commands lose no value',
      text: 'A load in a race returns the value of one of the two orders; concurrent with a store or a discard of the same memory, it may return torn. It never reads a page that belongs to no object.',
      source: 'Linux 16ce101db85d (v6.1), a racing fault; own rule, spec/RULES.md',
      needs: ['race'],
    },
    {
      id: 'race.frame-accounting',
      level: 'MUST',
      title: 'A race allocates and frees frames exactly once',
      text: 'Frames are allocated, freed and counted as in one of the two orders: no reference is leaked or dropped twice.',
      source: 'Linux 16ce101db85d (v6.1), references of a racing fault',
      needs: ['race', 'callbacks'],
    },
    {
      id: 'race.page-fault-calls',
      level: 'MUST',
      title: 'In a race page_fault is called only for accessed pages',
      text: 'page_fault is called only for a page that one of the two commands accesses and that was on the device, and at least as often as in one of the two orders.',
      source: 'Linux 16ce101db85d (v6.1), a racing fault',
      needs: ['race', 'callbacks'],
    },
    {
      id: 'race.locked-fault',
      level: 'MUST',
      title: 'Concurrent accesses to one page call page_fault one at a time',
      text: 'page_fault is called with the page locked. Two concurrent accesses by the CPU or the kernel to one page on the device call it exactly as often as in one of the two orders: the second access waits for the first, and calls it only if the first call has failed.',
      source:
        'Linux 1afaeb8293c9 (v6.15), the page lock of a fault; Linux v7.3, the wait for it in do_swap_page',
      profiles: profilesWith(({ faultLocksPage }) => faultLocksPage),
      needs: ['race', 'callbacks'],
    },
    {
      id: 'race.entries',
      level: 'MUST',
      title: 'The entries after a race are those of some sequential order',
      text: 'After a race every entry of every process is one that some order allows.',
      source: 'Linux 16ce101db85d (v6.1), an entry that changed meanwhile; own rule, spec/RULES.md',
      needs: ['race', 'entries'],
    },
  ],
} as const satisfies Chapter;
