import { profilesWith } from '../profiles/profile.ts';
import type { Chapter } from './requirement.ts';

/** Queries about memory that do not access it. */
export const queryChapter = {
  name: 'query',
  title: 'Queries',
  requirements: [
    {
      id: 'query.no-callbacks',
      level: 'MUST',
      title: 'A query has no side effects',
      text: 'page-map, residency and smaps migrate nothing, call no callback and change nothing.',
      source: 'Linux v4.14, page-table walks of procfs; a violation fixed in 2026 on record',
      needs: ['query'],
    },
    {
      id: 'query.page-map',
      level: 'MUST',
      title: 'The page map distinguishes device pages from present pages',
      text: 'page-map returns present for a page in system memory, and special or special-sole for a page on the device.',
      source: 'Linux v4.14, the page map of special entries',
      needs: ['query'],
    },
    {
      id: 'query.sole-mapper',
      level: 'MUST',
      title: 'The page map reports whether a page on the device has only one entry',
      text: 'For a page on the device page-map returns special-sole if its object has one entry, and special otherwise.',
      source: 'Linux v4.14, the page map of special entries; Linux da7f31ed0f4d (v6.11), which ended it',
      profiles: profilesWith(({ tellsSoleMapper }) => tellsSoleMapper),
      needs: ['query'],
    },
    {
      id: 'query.residency',
      level: 'MUST',
      title: 'A page on the device counts as resident',
      text: 'residency returns 1 for a page in any place, unless it was paged out and the process has not accessed it since.',
      source: 'Linux v4.14, residency of special entries',
      needs: ['query'],
    },
    {
      id: 'query.smaps',
      level: 'MUST',
      title: 'The smaps sum counts pages on the device',
      text: 'smaps returns the number of private pages of the process in system memory and on devices, which is its rss.',
      source: 'Linux v4.14, sums over special entries',
      needs: ['query'],
    },
  ],
} as const satisfies Chapter;
