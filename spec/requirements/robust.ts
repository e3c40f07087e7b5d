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
      text: 'A target that dies on a valid case, also when it is freshly started, violates this requirement.',
      source: 'Linux crashes on record',
      needs: [],
    },
    {
      id: 'robust.at-rest',
      level: 'MUST',
      title: 'A command leaves unrelated pages unchanged',
      text: 'A command leaves unchanged every page that it does not name and that shares no object with a page that it names: its entry, its counts and its accounting. Nothing changes between commands.',
      source: 'own rule, spec/RULES.md',
      needs: ['entries'],
    },
    {
      id: 'robust.fresh-world',
      level: 'MUST',
      title: 'Every case starts from a fresh state',
      text: 'No case affects a later one: a case has the same results on a target that has run other cases as on a target that was just started.',
      source: 'own rule: a counterexample must fail for its reader, too',
      needs: [],
    },
    {
      id: 'robust.terminates',
      level: 'MUST',
      title: 'Every valid case terminates within the time limit',
      text: 'No command hangs: an access that cannot succeed returns a signal or an error and is not retried endlessly.',
      source:
        'Linux 4a955bed882e (v6.1), results of the callback that got lost; Linux 1afaeb8293c9 (v6.15), refaults without end',
      needs: [],
    },
  ],
} as const satisfies Chapter;
