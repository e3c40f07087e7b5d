import type { Chapter } from './requirement.ts';

/** What fork does to device entries, and that neither side ever sees the other side's stores. */
export const fork = {
  name: 'fork',
  title: 'Fork and copy-on-write',
  requirements: [
    {
      id: 'fork.shares',
      level: 'MUST',
      title: 'The child names the same frame',
      text: 'Fork copies a device entry: the child names the frame that the parent names, and no page moves.',
      source: 'Linux v4.14, fork over special entries',
      needs: ['fork', 'entries'],
    },
    {
      id: 'fork.quiet',
      level: 'MUST',
      title: 'Fork calls no callback',
      text: 'Fork over device entries calls neither page_fault nor page_free.',
      source: 'Linux v4.14, fork over special entries',
      needs: ['fork', 'callbacks'],
    },
    {
      id: 'fork.read-both',
      level: 'MUST',
      title: 'After a fork neither side has a WRITE entry',
      text: 'A WRITE entry becomes READ in parent and child alike.',
      source: 'Linux v4.14, fork in private mappings',
      needs: ['fork', 'entries'],
    },
    {
      id: 'fork.counts',
      level: 'MUST',
      title: 'Fork raises both counts of the frame by one',
      text: "The child's entry is a reference and a mapping of its own.",
      source: 'Linux v4.14, fork over special entries',
      needs: ['fork', 'entries', 'frames'],
    },
    {
      id: 'fork.isolation',
      level: 'MUST',
      title: 'A store by one side is never seen by the other',
      text: 'After a fork a store, by CPU or device, changes what its own process sees and nothing else, through every interleaving of faults, migrations, protections and further forks.',
      source: 'Linux v4.14 copy-on-write; a violation fixed in 2026 on record',
      needs: ['fork'],
    },
    {
      id: 'fork.survives',
      level: 'MUST',
      title: 'A page outlives all but its last sharer',
      text: 'Exit, unmap or discard by one side leaves the page to the others, on its frame, with its value.',
      source: 'Linux v4.14, counts of shared pages',
      needs: ['fork'],
    },
    {
      id: 'fork.pin-stays',
      level: 'MUST',
      title: 'A pinned page stays with its pin',
      text: 'After a fork over a pinned page, the pin sees the stores of the side that holds the pinned page and of no other. From Linux 5.18 the child has a copy of its own at once; before, the first store leaves the pin with the other side.',
      source: 'own reading, spec/RULES.md',
      needs: ['fork', 'pin'],
    },
  ],
} as const satisfies Chapter;
