import { profilesWith } from '../profiles/profile.ts';
import type { Chapter } from './requirement.ts';

/** Detection of stores by soft-dirty. */
export const trackChapter = {
  name: 'track',
  title: 'Soft-dirty',
  requirements: [
    {
      id: 'track.clear',
      level: 'MUST',
      title: 'A cleared page stays clean until it is modified',
      text: 'After clear-soft-dirty every page of the process is clean, also on the device; only a pinned page may stay dirty. Loads, queries, forks and changes of protection keep a page clean.',
      source: 'Linux v4.14, clearing soft-dirty of special entries',
      needs: ['soft-dirty'],
    },
    {
      id: 'track.store',
      level: 'MUST',
      title: 'A store makes the page dirty',
      text: 'After a store by CPU or kernel the page is dirty until it is cleared, also if it was on the device before.',
      source: 'Linux v4.14, soft-dirty documentation',
      needs: ['soft-dirty'],
    },
    {
      id: 'track.no-callbacks',
      level: 'MUST',
      title: 'Clearing and reading soft-dirty have no side effects',
      text: 'No callback is called, no page moves and no entry changes, except that clearing may turn WRITE entries of the process to READ, so that the next store is detected.',
      source: 'Linux v4.14, clearing soft-dirty of special entries',
      needs: ['soft-dirty'],
    },
    {
      id: 'track.survives',
      level: 'MUST',
      title: 'Soft-dirty survives migration',
      text: 'Migration in either direction keeps a dirty page dirty and a clean page clean. An unpopulated page may become dirty when it migrates.',
      source: 'Linux ad7df764b7e1, 3d321bf82c4b and ebdf8321eeeb (v5.9), special entries keep soft-dirty',
      profiles: profilesWith(({ tracksThroughMigration }) => tracksThroughMigration),
      needs: ['soft-dirty'],
    },
  ],
} as const satisfies Chapter;
