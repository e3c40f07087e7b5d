import type { Chapter } from './requirement.ts';

/** Permitted effects of advice on the use of memory. */
export const adviseChapter = {
  name: 'advise',
  title: 'Advice',
  requirements: [
    {
      id: 'advise.spares-device',
      level: 'MUST',
      title: 'Advice leaves pages on the device unchanged',
      text: 'For every kind of advice, a page on the device stays there with its entries, counts and value; no callback is called.',
      source: 'Linux v4.14, advice passes over special entries; violations fixed in 2026 on record',
      needs: ['advise'],
    },
    {
      id: 'advise.keeps-content',
      level: 'MUST',
      title: 'Advice drops only pages advised free',
      text: 'Only a page that a process advised free and has not stored to since may be dropped, immediately or by a later page-out: for that process alone or, if the page holds 0, also for its other sharers. All other content reads as before.',
      source: 'Linux v4.14, advice on memory; madvise(2), on free; own reading, spec/RULES.md',
      needs: ['advise'],
    },
    {
      id: 'advise.locked',
      level: 'MUST',
      title: 'Advice on a locked page fails with EINVAL',
      text: 'The result is EINVAL and nothing changes; only move-node returns ok.',
      source: 'Linux v4.14, advice and locked memory',
      needs: ['advise', 'lock'],
    },
  ],
} as const satisfies Chapter;
