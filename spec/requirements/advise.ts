import type { Chapter } from './requirement.ts';

/** What advice on the use of memory may do. */
export const advise = {
  name: 'advise',
  title: 'Advice',
  requirements: [
    {
      id: 'advise.spares-device',
      level: 'MUST',
      title: 'Advice leaves a page on the device alone',
      text: 'Whatever is advised, a page on the device stays there with its entries, counts and value; no callback is called.',
      source: 'Linux v4.14, advice passes over special entries; violations fixed in 2026 on record',
      needs: ['advise'],
    },
    {
      id: 'advise.keeps-content',
      level: 'MUST',
      title: 'Advice loses nothing that it does not speak of',
      text: 'Only what a process advised free, and has not written to since, may be dropped, for this process: at once, or by a page-out; everything else reads as before.',
      source: 'Linux v4.14, advice on memory; madvise(2), on free; own reading, spec/RULES.md',
      needs: ['advise'],
    },
    {
      id: 'advise.locked',
      level: 'MUST',
      title: 'Advice on a locked page is refused',
      text: 'EINVAL, and nothing changes; placement may be advised all the same.',
      source: 'Linux v4.14, advice and locked memory',
      needs: ['advise', 'lock'],
    },
  ],
} as const satisfies Chapter;
