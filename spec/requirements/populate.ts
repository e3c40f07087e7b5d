import type { Chapter } from './requirement.ts';

/** Populating pages in advance, and locking them. */
export const populateChapter = {
  name: 'populate',
  title: 'Populate and lock',
  requirements: [
    {
      id: 'populate.migrates-back',
      level: 'MUST',
      title: 'Populate and lock access the page, and migrate it from the device',
      text: 'A page from the device is in system memory afterwards, with its value. In a writable mapping the page is private to the process afterwards: an unpopulated page gets an object, a shared page is copied.',
      source: 'Linux v4.14, populating faults; Linux v5.14, populating by advice',
      needs: ['populate'],
    },
    {
      id: 'populate.failure',
      level: 'MUST',
      title: 'A failed populate returns an error',
      text: 'The result is EFAULT or ENOMEM as for a kernel access, and ENOMEM for an unmapped page. The mapping is locked even if the lock cannot populate the page.',
      source: 'own reading, spec/RULES.md; generic: faults of the kernel at user addresses are errors',
      needs: ['populate'],
    },
    {
      id: 'populate.locked',
      level: 'MUST',
      title: 'A locked page cannot be discarded and may migrate',
      text: 'Discard of a locked page returns EINVAL and changes nothing. Migrations, faults and evictions ignore the lock.',
      source: 'Linux v4.14, advice and locked memory; Linux v4.14, migration of locked pages',
      needs: ['lock', 'discard'],
    },
  ],
} as const satisfies Chapter;
