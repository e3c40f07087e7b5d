import type { Chapter } from './requirement.ts';

/** Memory that is not private device memory: host, shared, file; swap areas and hot-add. */
export const typesChapter = {
  name: 'types',
  title: 'Other memory types',
  requirements: [
    {
      id: 'types.host-value',
      level: 'MUST',
      title: 'Host memory is ordinary memory to the CPU',
      text: 'Every process that maps a host page reads the value that the CPU or a device stored there last, across fork, unmap and exit.',
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
      id: 'types.host-no-callbacks',
      level: 'MUST',
      title: 'Host memory has no callbacks',
      text: 'No command on host memory calls page_fault or page_free.',
      source:
        'Linux commit 5042db43cc26; Linux v4.14, page maps of the older kind; Linux v4.14, release by type',
      needs: ['host', 'callbacks'],
    },
    {
      id: 'types.swap-limit',
      level: 'MUST',
      title: 'The swap types of special entries are not available for swap areas',
      text: 'The number of swap areas that can be enabled is the number of swap types that the special entries of the profile leave: from 27 in the origin commit to 22 in Linux 6.1. swap-on enables no more than that.',
      source: 'Linux commit 5042db43cc26; Linux v4.14, swap types',
      needs: ['swap-on'],
    },
    {
      id: 'types.shared-value',
      level: 'MUST',
      title: 'All processes see one shared page',
      text: 'Every process that maps a shared page reads the value that the CPU or a device stored there last, across fork, unmap and exit.',
      source: 'Linux hmm self-tests, shared memory',
      needs: ['shared'],
    },
    {
      id: 'types.shared-stays',
      level: 'MUST',
      title: 'Shared memory is never migrated',
      text: 'Every migration skips shared memory, in any range; no callback is called for it.',
      source: 'Linux a5430dda8a3a (v4.14), only anonymous pages; Linux hmm self-tests, shared memory',
      needs: ['shared'],
    },
    {
      id: 'types.file-stays',
      level: 'MUST',
      title: 'File pages are never migrated',
      text: 'Every migration skips a page of a private file mapping that was not stored to; the page reads the file value.',
      source: 'Linux a5430dda8a3a (v4.14), only anonymous pages',
      needs: ['file'],
    },
    {
      id: 'types.file-copy',
      level: 'MUST',
      title: 'A private copy of a file page is anonymous memory',
      text: 'After a store the page is private to the process: it migrates in both directions with its value, and the file is unchanged.',
      source: 'Linux hmm self-tests, private file mappings; Linux v4.14 copy-on-write',
      needs: ['file'],
    },
    {
      id: 'types.add-memory',
      level: 'MUST',
      title: 'Memory cannot be added in the address range of an attached device',
      text: 'While the device is attached, hot-add returns EEXIST and changes nothing.',
      source: 'Linux v4.14, resources of device memory',
      needs: ['hot-add'],
    },
  ],
} as const satisfies Chapter;
