import type { Chapter } from './requirement.ts';

/** Requirements on every valid case. */
export const robustChapter = {
  name: 'robust',
  title: 'Robustness',
  requirements: [
    {
      id: 'robust.no-crash',
      level: 'MUST',
      title: 'No valid case crashes the target',
      text: 'No case of the vocabulary crashes the implementation.',
      source: 'Linux crashes on record',
      needs: [],
    },
    {
      id: 'robust.at-rest',
      level: 'MUST',
      title: 'A command leaves unrelated pages unchanged',
      text: 'Entries, counts and accounting of pages that a command does not name and that share nothing with it are the same before and after. Nothing changes between commands.',
      source: 'own rule: each command speaks of its own pages',
      needs: ['entries'],
    },
    {
      id: 'robust.fresh-world',
      level: 'MUST',
      title: 'Every case starts from a fresh state',
      text: 'No case affects a later case: a case gives the same outcome on a target that has run other cases as on a target that was just started.',
      source: 'own rule: a counterexample must fail for its reader, too',
      needs: [],
    },
    {
      id: 'robust.terminates',
      level: 'MUST',
      title: 'Every valid case terminates within the time limit',
      text: 'No case of the vocabulary hangs: an access that cannot succeed ends in a signal, not in an endless retry.',
      source:
        'Linux 4a955bed882e (v6.1), results of the callback that got lost; Linux 1afaeb8293c9 (v6.15), refaults without end',
      needs: [],
    },
  ],
} as const satisfies Chapter;
