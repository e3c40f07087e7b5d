import type { Chapter } from './requirement.ts';

/** What a target does on any valid case. */
export const robust = {
  name: 'robust',
  title: 'Robustness',
  requirements: [
    {
      id: 'robust.survives',
      level: 'MUST',
      title: 'No valid case ends the target',
      text: 'A case of the vocabulary never crashes the implementation, whatever its commands.',
      source: 'semantics A.12, PRC-4: crashes on record',
      needs: [],
    },
    {
      id: 'robust.at-rest',
      level: 'MUST',
      title: 'What a command does not concern stays as it is',
      text: 'Entries, counts and accounting of pages that a command does not name and that share nothing with it are the same before and after. Nothing moves between commands by itself.',
      source: 'semantics A.3 to A.9: each rule speaks of its own pages',
      needs: ['entries'],
    },
    {
      id: 'robust.answers',
      level: 'MUST',
      title: 'Every valid case is answered in time',
      text: 'No case of the vocabulary hangs: a touch that cannot succeed ends in a signal, not in a retry for ever.',
      source: 'semantics FLT-4, FLT-8: endless refaults on record',
      needs: [],
    },
  ],
} as const satisfies Chapter;
