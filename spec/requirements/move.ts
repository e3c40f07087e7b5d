import { profilesFrom } from '../profiles/profile.ts';
import type { Chapter } from './requirement.ts';

/** Device entries of a mapping that is moved. */
export const moveChapter = {
  name: 'move',
  title: 'Moving mappings',
  requirements: [
    {
      id: 'move.entry',
      level: 'MUST',
      title: 'Move preserves the entry',
      text: 'After a move the new page names the same frame with the same permission, and the old page names nothing; reference and map counts are unchanged.',
      source: 'Linux hmm self-tests, remapping; Linux v4.14, moved page tables',
      needs: ['move', 'entries'],
    },
    {
      id: 'move.no-callbacks',
      level: 'MUST',
      title: 'Move migrates no page and calls no callback',
      text: 'A move calls no callback, migrates nothing, and works in every state of the device.',
      source: 'Linux v4.14, moved page tables',
      needs: ['move'],
    },
    {
      id: 'move.value',
      level: 'MUST',
      title: 'Move preserves the content',
      text: 'A load at the new page returns the content of the old one, also with faults, migrations and forks before or after the move.',
      source: 'Linux hmm self-tests, remapping; Linux v4.14, reverse mapping at migration',
      needs: ['move'],
    },
    {
      id: 'move.keep',
      level: 'MUST',
      title: 'A move with keep leaves an unpopulated mapping behind',
      text: 'After a move with keep the old mapping is unpopulated and has its former protection.',
      source: 'Linux v5.7, mremap that does not unmap; Linux hmm self-tests, remapping',
      profiles: profilesFrom('linux-5.18'),
      needs: ['move', 'move-keep'],
    },
  ],
} as const satisfies Chapter;
