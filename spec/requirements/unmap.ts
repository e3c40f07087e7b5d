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
      text: 'After unmap or exit nothing is mapped; after discard the page is unpopulated. These commands always succeed.',
      source: 'Linux v4.14, removal of special entries',
      needs: [],
    },
    {
      id: 'unmap.releases',
      level: 'MUST',
      title: 'Removing an entry lowers the counts of its frame, and the last entry frees it',
      text: 'Reference count and map count fall by one for every entry removed; the last one frees the frame, once.',
      source: 'Linux v4.14, removal of special entries; Linux hmm documentation, pages left after exit',
      needs: ['callbacks'],
    },
    {
      id: 'unmap.no-callbacks',
      level: 'MUST',
      title: 'Unmapping does not call page_fault',
      text: 'Unmap, discard and exit call no page_fault, copy nothing, and work while the device does not.',
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
      text: 'After an unmap the CPU gets SIGSEGV; a pin or a device access returns EFAULT.',
      source: 'Linux v4.14, removal of special entries',
      needs: [],
    },
  ],
} as const satisfies Chapter;
