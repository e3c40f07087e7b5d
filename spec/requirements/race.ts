import type { Chapter } from './requirement.ts';

/** What two commands at the same time may do to each other. */
export const race = {
  name: 'race',
  title: 'Two at once',
  requirements: [
    {
      id: 'race.one-order',
      level: 'MUST',
      title: 'Two at once answer as one after the other',
      text: 'Each of two commands that are done at the same time answers what it would in one of the two orders; only a migration may skip what the other touches.',
      source: 'Linux Documentation/mm/hmm.rst, locking of page-table updates; own rule, spec/RULES.md',
      needs: ['race'],
    },
    {
      id: 'race.value',
      level: 'MUST',
      title: 'Nothing is lost between two at once',
      text: "A load in a race sees what one of the orders shows, or, beside a store or discard of the same memory, some cells of each; never a page that is nobody's.",
      source: 'Linux 16ce101db85d (v6.1), a racing fault; own rule, spec/RULES.md',
      needs: ['race'],
    },
    {
      id: 'race.books',
      level: 'MUST',
      title: 'The books balance after a race',
      text: 'Frames are taken, freed and counted as after one of the orders: no reference is left behind, none is put twice.',
      source: 'Linux 16ce101db85d (v6.1), references of a racing fault',
      needs: ['race', 'callbacks'],
    },
    {
      id: 'race.calls',
      level: 'MUST',
      title: 'page_fault is called for what was touched',
      text: 'In a race page_fault is called only for a page that one of the two touches and that was on the device, and as often at least as one order needs.',
      source: 'Linux 16ce101db85d (v6.1), a racing fault',
      needs: ['race', 'callbacks'],
    },
    {
      id: 'race.entries',
      level: 'MUST',
      title: 'Page tables are those of one order',
      text: 'After a race every entry, of both sides and of all sharers, is what it may be after one of the orders.',
      source: 'Linux 16ce101db85d (v6.1), an entry that changed meanwhile; own rule, spec/RULES.md',
      needs: ['race', 'entries'],
    },
  ],
} as const satisfies Chapter;
