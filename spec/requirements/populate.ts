import type { Chapter } from './requirement.ts';

/** What brings pages in beforehand, and what keeps them. */
export const populate = {
  name: 'populate',
  title: 'Populate and lock',
  requirements: [
    {
      id: 'populate.brings-back',
      level: 'MUST',
      title: 'Populate and lock bring a device page back',
      text: "Populating faults the page in: afterwards it is in system memory with its value; where the mapping is writable it is the process's own.",
      source: 'Linux v4.14, populating faults; Linux v5.14, populating by advice',
      needs: ['populate'],
    },
    {
      id: 'populate.failure',
      level: 'MUST',
      title: 'A populate whose page cannot come is an error',
      text: 'EFAULT or ENOMEM, as for a kernel access; ENOMEM where nothing is mapped; a lock holds all the same.',
      source: 'own reading, spec/RULES.md; generic: faults of the kernel at user addresses are errors',
      needs: ['populate'],
    },
    {
      id: 'populate.locked',
      level: 'MUST',
      title: 'A locked page is not discarded, and may migrate',
      text: 'Discard of a locked page answers EINVAL and changes nothing; migration, fault and eviction do not ask for the lock.',
      source: 'Linux v4.14, advice and locked memory; Linux v4.14, migration of locked pages',
      needs: ['lock', 'discard'],
    },
  ],
} as const satisfies Chapter;
