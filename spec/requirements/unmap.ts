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
      source: 'semantics ZAP-1',
      needs: [],
    },
    {
      id: 'unmap.releases',
      level: 'MUST',
      title: "The frame loses the entry's counts, and is free when it was the last",
      text: 'Reference count and map count fall by one for every entry removed; the last one frees the frame, once.',
      source: 'semantics ZAP-1, REF-3',
      needs: ['callbacks'],
    },
    {
      id: 'unmap.quiet',
      level: 'MUST',
      title: 'Unmapping never asks the driver for the page',
      text: 'Unmap, discard and exit call no page_fault and copy nothing, and work when the device does not.',
      source: 'semantics ZAP-1',
      needs: ['callbacks'],
    },
    {
      id: 'unmap.reads-zero',
      level: 'MUST',
      title: 'Discarded and newly mapped memory reads zero',
      text: 'After a discard, or at a new mapping, a load gives zero, never what was there before.',
      source: 'semantics ZAP-2',
      needs: [],
    },
    {
      id: 'unmap.then-refused',
      level: 'MUST',
      title: 'A touch of what is not mapped is refused',
      text: 'After an unmap the CPU gets SIGSEGV, a pin or the device EFAULT.',
      source: 'semantics ZAP-1; generic',
      needs: [],
    },
  ],
} as const satisfies Chapter;
