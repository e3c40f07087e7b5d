import { profilesFrom } from '../profiles/profile.ts';
import type { Chapter } from './requirement.ts';

/** Who pays for a page. */
export const account = {
  name: 'account',
  title: 'Accounting',
  requirements: [
    {
      id: 'account.rss',
      level: 'MUST',
      title: 'Resident pages are counted alike in system and device memory',
      text: 'The rss of a process is the number of its private entries that hold a page, wherever it lives; holes and poison are zero.',
      source: 'Linux v4.14, resident counters',
      needs: ['accounting'],
      evidence: ['rss'],
    },
    {
      id: 'account.charge',
      level: 'MUST',
      title: 'The charge follows the page',
      text: 'A page stays charged while anything holds it, and once; migration changes no charge.',
      source: 'Linux commit 5042db43cc26; Linux c733a82874a7 (v4.14), charges of device pages',
      needs: ['accounting'],
      evidence: ['charged'],
    },
    {
      id: 'account.group',
      level: 'MUST',
      title: 'An object is charged to the group of the process that made it',
      text: 'By a store, a pin, a hole that moves, a sharing that is broken, or a copy at a fork; the charge of a page on the device is where it was.',
      source: 'Linux c733a82874a7 (v4.14), charges of device pages; own reading, spec/RULES.md',
      needs: ['groups'],
    },
    {
      id: 'account.join-moves',
      level: 'MUST',
      title: 'Charges follow a process to its new group',
      text: 'When a process joins a group, what it alone sees is charged there from then on, on the device as in system memory.',
      source: 'Linux 9a137153fc87 (v5.10), charges of device pages that move',
      profiles: ['linux-5.18', 'linux-6.1', 'linux-6.12'],
      needs: ['groups'],
    },
    {
      id: 'account.join-leaves',
      level: 'MUST',
      title: 'Charges stay where they are when a process joins a group',
      text: 'Joining a group moves no charge.',
      source: 'Linux v6.13 and later, which ended the moving of charges',
      profiles: profilesFrom('linux-6.19'),
      needs: ['groups'],
    },
    {
      id: 'account.limit-holds',
      level: 'MUST',
      title: 'A group at its limit is charged for nothing new',
      text: 'A touch that needs a new page answers oom, or an error, and nothing else of it happens; a hole is not moved to the device.',
      source: 'Linux 8315ada7f095 (v4.14), holes that cannot be charged; generic: control-group limits',
      needs: ['limit'],
    },
    {
      id: 'account.limit-spares-return',
      level: 'MUST',
      title: 'No limit stands in the way back',
      text: 'A page on the device comes back, and pages move there, whatever the limit and however far it is exceeded.',
      source: 'Linux commit 5042db43cc26; Linux v4.14, charges at migration',
      needs: ['limit'],
    },
  ],
} as const satisfies Chapter;
