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
      text: 'As many swap areas can be on as the profile has swap types left, between 27 in the origin and 22 in Linux 6.1; the one after is refused and the others work.',
      source: 'Linux commit 5042db43cc26; Linux v4.14, swap types',
      needs: ['swap-on'],
    },
    {
      id: 'types.shared-value',
      level: 'MUST',
      title: 'Shared memory is shared',
      text: 'Every process that maps a shared page reads what was stored there last, by CPU or device, across fork, unmap and exit.',
      source: 'Linux hmm self-tests, shared memory',
      needs: ['shared'],
    },
    {
      id: 'types.shared-stays',
      level: 'MUST',
      title: 'Shared memory is never migrated',
      text: 'Every migration skips it, in any range; it calls no callback.',
      source: 'Linux a5430dda8a3a (v4.14), only anonymous pages; Linux hmm self-tests, shared memory',
      needs: ['shared'],
    },
    {
      id: 'types.file-stays',
      level: 'MUST',
      title: 'Pages of files are never migrated',
      text: 'A private mapping of a file that was not stored to is skipped, and reads the file.',
      source: 'Linux a5430dda8a3a (v4.14), only anonymous pages',
      needs: ['file'],
    },
    {
      id: 'types.file-copy',
      level: 'MUST',
      title: 'A private copy of a page of a file is anonymous memory',
      text: "After a store the page is the process's own: it migrates, comes back with its value, and the file is as it was.",
      source: 'Linux hmm self-tests, private file mappings; Linux v4.14 copy-on-write',
      needs: ['file'],
    },
    {
      id: 'types.hot-add',
      level: 'MUST',
      title: "Memory cannot be added where the device's is",
      text: 'EEXIST while the device is attached, and neither pages nor counts are disturbed.',
      source: 'Linux v4.14, resources of device memory',
      needs: ['hot-add'],
    },
  ],
} as const satisfies Chapter;
