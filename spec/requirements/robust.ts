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
      source: 'Linux crashes on record',
      needs: [],
    },
    {
      id: 'robust.at-rest',
      level: 'MUST',
      title: 'What a command does not concern stays as it is',
      text: 'Entries, counts and accounting of pages that a command does not name and that share nothing with it are the same before and after. Nothing moves between commands by itself.',
      source: 'own rule: each command speaks of its own pages',
      needs: ['entries'],
    },
    {
      id: 'robust.fresh-world',
      level: 'MUST',
      title: 'A case begins in a fresh world',
      text: 'Nothing that one case did has an effect on a later case: a case comes to the same on a target that has run other cases as on a target that was just started.',
      source: 'own rule: a counterexample must fail for its reader, too',
      needs: [],
    },
    {
      id: 'robust.answers',
      level: 'MUST',
      title: 'Every valid case is answered in time',
      text: 'No case of the vocabulary hangs: a touch that cannot succeed ends in a signal, not in a retry for ever.',
      source:
        'Linux 4a955bed882e (v6.1), results of the callback that got lost; Linux 1afaeb8293c9 (v6.15), refaults without end',
      needs: [],
    },
  ],
} as const satisfies Chapter;
