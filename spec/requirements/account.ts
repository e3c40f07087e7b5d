import type { Chapter } from './requirement.ts';

/** Who pays for a page. */
export const account = {
  name: 'account',
  title: 'Accounting',
  requirements: [
    {
      id: 'account.rss',
      level: 'MUST',
      title: 'Resident pages are counted alike in system and device memory',
      text: 'The rss of a process is the number of its private entries that hold a page, wherever it lives; holes and poison are zero.',
      source: 'Linux v4.14, resident counters',
      needs: ['accounting'],
    },
    {
      id: 'account.charge',
      level: 'MUST',
      title: 'The charge follows the page',
      text: 'A page stays charged while anything holds it, and once; migration changes no charge.',
      source: 'Linux commit 5042db43cc26; Linux c733a82874a7 (v4.14), charges of device pages',
      needs: ['accounting'],
    },
  ],
} as const satisfies Chapter;
