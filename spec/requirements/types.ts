import type { Chapter } from './requirement.ts';

/** What the memory types promise to everything that is not private device memory. */
export const types = {
  name: 'types',
  title: 'Types and configuration',
  requirements: [
    {
      id: 'types.host-value',
      level: 'MUST',
      title: 'Host memory is memory like any other to the CPU',
      text: 'Every process that maps a host page reads what was stored there last, by CPU or device, across fork, unmap and exit.',
      source: 'Linux commit 5042db43cc26; Linux v4.14, page maps of the older kind',
      needs: ['host'],
    },
    {
      id: 'types.host-stays',
      level: 'MUST',
      title: 'Host memory is never migrated',
      text: 'Every migration skips host memory, in any range, and its entries stay present.',
      source:
        'Linux commit 5042db43cc26; Linux v4.14, page maps of the older kind; Linux a5430dda8a3a (v4.14), only anonymous pages',
      needs: ['host'],
    },
    {
      id: 'types.host-quiet',
      level: 'MUST',
      title: 'Host memory has no callbacks',
      text: 'Nothing that is done to host memory calls page_fault or page_free.',
      source:
        'Linux commit 5042db43cc26; Linux v4.14, page maps of the older kind; Linux v4.14, release by type',
      needs: ['host', 'callbacks'],
    },
    {
      id: 'types.swap-limit',
      level: 'MUST',
      title: 'The special entries take swap types away',
      text: 'As many swap areas can be on as the profile has swap types left, 27 in origin and 22 in linux-6.1; the one after is refused and the others work.',
      source: 'Linux commit 5042db43cc26; Linux v4.14, swap types',
      needs: ['swap-on'],
    },
  ],
} as const satisfies Chapter;
