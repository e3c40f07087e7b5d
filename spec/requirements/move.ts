import { profilesFrom } from '../profiles/profile.ts';
import type { Chapter } from './requirement.ts';

/** What moving a mapping does to device entries. */
export const move = {
  name: 'move',
  title: 'Move',
  requirements: [
    {
      id: 'move.entry',
      level: 'MUST',
      title: 'The entry moves as it is',
      text: 'After a move the new place names the same frame in the same flavour, and the old place names nothing; reference and map counts are as before.',
      source: 'Linux hmm self-tests, remapping; Linux v4.14, moved page tables',
      needs: ['move', 'entries'],
    },
    {
      id: 'move.quiet',
      level: 'MUST',
      title: 'Moving a mapping moves no page',
      text: 'A move calls no callback and works when the device does not; nothing comes back.',
      source: 'Linux v4.14, moved page tables',
      needs: ['move'],
    },
    {
      id: 'move.value',
      level: 'MUST',
      title: 'The content is at the new place',
      text: 'Loads at the new place see what was at the old one, whatever faults, migrations and forks came before or come after.',
      source: 'Linux hmm self-tests, remapping; Linux v4.14, reverse mapping at migration',
      needs: ['move'],
    },
    {
      id: 'move.keep',
      level: 'MUST',
      title: 'A mapping that is left behind is empty',
      text: 'A move that keeps the old mapping leaves a hole there, with its protection.',
      source: 'Linux v5.7, mremap that does not unmap; Linux hmm self-tests, remapping',
      profiles: profilesFrom('linux-5.18'),
      needs: ['move', 'move-keep'],
    },
  ],
} as const satisfies Chapter;
