import { profilesFrom } from '../profiles/profile.ts';
import type { Chapter } from './requirement.ts';

/** Whether a process can tell which pages were stored to. */
export const track = {
  name: 'track',
  title: 'Soft-dirty',
  requirements: [
    {
      id: 'track.clear',
      level: 'MUST',
      title: 'A cleared page is clean until something is done to it',
      text: 'After clear-soft-dirty every page of the process is clean, also on the device, and loads, queries, forks and protections keep it so.',
      source: 'Linux v4.14, clearing soft-dirty of special entries',
      needs: ['soft-dirty'],
    },
    {
      id: 'track.store',
      level: 'MUST',
      title: 'A store makes the page dirty',
      text: 'After a store by CPU or kernel the page is dirty, wherever it was before.',
      source: 'Linux v4.14, soft-dirty documentation',
      needs: ['soft-dirty'],
    },
    {
      id: 'track.quiet',
      level: 'MUST',
      title: 'Clearing and asking disturb nothing',
      text: 'No callback, no page moves, no flavour changes; but clearing may turn WRITE entries of the process READ, so that the next store is noticed.',
      source: 'Linux v4.14, clearing soft-dirty of special entries',
      needs: ['soft-dirty'],
    },
    {
      id: 'track.survives',
      level: 'MUST',
      title: 'Soft-dirty survives migration',
      text: 'A page that moves to the device and back, however often, is dirty afterwards if it was, and clean if it was.',
      source: 'Linux ad7df764b7e1, 3d321bf82c4b and ebdf8321eeeb (v5.9), special entries keep soft-dirty',
      profiles: profilesFrom('linux-5.18'),
      needs: ['soft-dirty'],
    },
  ],
} as const satisfies Chapter;
