import type { Chapter } from './requirement.ts';

/** How entries end. */
export const unmap = {
  name: 'unmap',
  title: 'Unmap, discard and exit',
  requirements: [
    {
      id: 'unmap.clears',
      level: 'MUST',
      title: 'Unmap, discard and exit remove the entry',
      text: 'After unmap or exit nothing is mapped there; after discard there is a hole. It always succeeds.',
      source: 'Linux v4.14, removal of special entries',
      needs: [],
    },
    {
      id: 'unmap.releases',
      level: 'MUST',
      title: "The frame loses the entry's counts, and is free when it was the last",
      text: 'Reference count and map count fall by one for every entry removed; the last one frees the frame, once.',
      source: 'Linux v4.14, removal of special entries; Linux hmm documentation, what is left after exit',
      needs: ['callbacks'],
    },
    {
      id: 'unmap.quiet',
      level: 'MUST',
      title: 'Unmapping never asks the driver for the page',
      text: 'Unmap, discard and exit call no page_fault and copy nothing, and work when the device does not.',
      source: 'Linux v4.14, removal of special entries',
      needs: ['callbacks'],
    },
    {
      id: 'unmap.reads-zero',
      level: 'MUST',
      title: 'Discarded and newly mapped memory reads zero',
      text: 'After a discard, or at a new mapping, a load gives zero, never what was there before.',
      source: 'generic: fresh memory is zero',
      needs: [],
    },
    {
      id: 'unmap.then-refused',
      level: 'MUST',
      title: 'A touch of what is not mapped is refused',
      text: 'After an unmap the CPU gets SIGSEGV, a pin or the device EFAULT.',
      source: 'Linux v4.14, removal of special entries',
      needs: [],
    },
  ],
} as const satisfies Chapter;
