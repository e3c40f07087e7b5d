import type { Chapter } from './requirement.ts';

/** Removal of entries. */
export const unmapChapter = {
  name: 'unmap',
  title: 'Unmap, discard and exit',
  requirements: [
    {
      id: 'unmap.clears',
      level: 'MUST',
      title: 'Unmap, discard and exit remove the entry',
      text: 'After an unmap or an exit nothing is mapped; after a discard a private page is unpopulated. The result is ok, except for a discard of a locked page.',
      source: 'Linux v4.14, removal of special entries',
      needs: [],
    },
    {
      id: 'unmap.releases',
      level: 'MUST',
      title: 'Removing an entry lowers the counts of its frame; removing the last one frees the frame',
      text: 'The reference count and the map count of the frame fall by one for each entry that is removed. Removing the last entry frees the frame, once.',
      source: 'Linux v4.14, removal of special entries; Linux hmm documentation, pages left after exit',
      needs: ['callbacks'],
    },
    {
      id: 'unmap.no-callbacks',
      level: 'MUST',
      title: 'Unmap, discard and exit do not call page_fault',
      text: 'Unmap, discard and exit migrate nothing, and work in every state of the device.',
      source: 'Linux v4.14, removal of special entries',
      needs: ['callbacks'],
    },
    {
      id: 'unmap.reads-zero',
      level: 'MUST',
      title: 'Discarded and newly mapped memory reads zero',
      text: 'After a discard and in a new mapping a load returns zero, never earlier content.',
      source: 'generic: fresh memory is zero',
      needs: [],
    },
    {
      id: 'unmap.access-faults',
      level: 'MUST',
      title: 'An access to an unmapped page fails',
      text: 'After an unmap a load or store returns SIGSEGV; a pin or a device access returns EFAULT.',
      source: 'Linux v4.14, removal of special entries',
      needs: [],
    },
  ],
} as const satisfies Chapter;
