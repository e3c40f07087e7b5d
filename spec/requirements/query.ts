import { profilesBefore } from '../profiles/profile.ts';
import type { Chapter } from './requirement.ts';

/** What may be asked of memory without touching it. */
export const query = {
  name: 'query',
  title: 'Queries',
  requirements: [
    {
      id: 'query.quiet',
      level: 'MUST',
      title: 'A query disturbs nothing',
      text: 'Page map, residency and the sums of a process never bring a page back, call no callback and change nothing.',
      source: 'Linux v4.14, page-table walks of procfs; a violation fixed in 2026 on record',
      needs: ['query'],
    },
    {
      id: 'query.page-map',
      level: 'MUST',
      title: 'The page map tells device pages from present ones',
      text: 'A page in system memory is present; one on the device is not, and is told as a special entry.',
      source: 'Linux v4.14, the page map of special entries',
      needs: ['query'],
    },
    {
      id: 'query.sole-mapper',
      level: 'MUST',
      title: 'The page map tells who is alone with a page',
      text: 'Of a device page it says whether this process is the only one to map it.',
      source: 'Linux v4.14, the page map of special entries; Linux da7f31ed0f4d (v6.11), which ended it',
      profiles: profilesBefore('linux-6.12'),
      needs: ['query'],
    },
    {
      id: 'query.residency',
      level: 'MUST',
      title: 'A page on the device counts as resident',
      text: 'Residency is 1 for a page wherever it lives, unless it was paged out and not touched since.',
      source: 'Linux v4.14, residency of special entries',
      needs: ['query'],
    },
    {
      id: 'query.smaps',
      level: 'MUST',
      title: 'The sum of a process counts device pages',
      text: 'Private pages in system and in device memory are counted alike, and each once.',
      source: 'Linux v4.14, sums over special entries',
      needs: ['query'],
    },
  ],
} as const satisfies Chapter;
