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
      source: 'semantics ACC-1',
      needs: ['accounting'],
    },
    {
      id: 'account.charge',
      level: 'MUST',
      title: 'The charge follows the page',
      text: 'A page stays charged while anything holds it, and once; migration changes no charge.',
      source: 'seed: memory cgroup charges are transferred to the device memory; semantics ACC-2',
      needs: ['accounting'],
    },
  ],
} as const satisfies Chapter;
