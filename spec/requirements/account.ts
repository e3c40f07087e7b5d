import { profilesWith } from '../profiles/profile.ts';
import type { Chapter } from './requirement.ts';

/** Resident set size, charges of control groups and limits. */
export const accountChapter = {
  name: 'account',
  title: 'Accounting',
  requirements: [
    {
      id: 'account.rss',
      level: 'MUST',
      title: 'The rss counts pages in system and device memory alike',
      text: 'The rss of a process is the number of its private entries that hold an object, in system memory or on a device; unpopulated entries and poison do not count.',
      source: 'Linux v4.14, resident counters',
      needs: ['accounting'],
      evidence: ['rss'],
    },
    {
      id: 'account.charge',
      level: 'MUST',
      title: 'An object is charged once for as long as it exists',
      text: 'An object stays charged, exactly once, while an entry or a pin holds it; migration changes no charge.',
      source: 'Linux commit 5042db43cc26; Linux c733a82874a7 (v4.14), charges of device pages',
      needs: ['accounting'],
      evidence: ['charged'],
    },
    {
      id: 'account.group',
      level: 'MUST',
      title: 'An object is charged to the control group of the process that created it',
      text: 'An object is created by a store, a pin, a populate, the migration of an unpopulated page, the breaking of a sharing or a copy at fork. Migration does not change the group to which it is charged.',
      source: 'Linux c733a82874a7 (v4.14), charges of device pages; own reading, spec/RULES.md',
      needs: ['groups'],
    },
    {
      id: 'account.join-moves',
      level: 'MUST',
      title: 'Charges follow a process to its new control group',
      text: 'When a process joins a group, the objects that no other process maps are charged to that group from then on, on a device as in system memory.',
      source: 'Linux 9a137153fc87 (v5.10), charges of device pages that move',
      profiles: profilesWith(({ joinMoves }) => joinMoves === 'all'),
      needs: ['groups'],
    },
    {
      id: 'account.join-leaves',
      level: 'MUST',
      title: 'Charges do not follow a process to its new control group',
      text: 'When a process joins a group, every existing object stays charged to its group.',
      source: 'Linux v6.13 and later, which ended the moving of charges',
      profiles: profilesWith(({ joinMoves }) => joinMoves === 'nothing'),
      needs: ['groups'],
    },
    {
      id: 'account.limit-holds',
      level: 'MUST',
      title: 'No new object is charged to a control group at its limit',
      text: 'An access that needs a new object returns oom or an error and creates none; a page that it has migrated from the device stays in system memory. An unpopulated page does not migrate to the device.',
      source: 'Linux 8315ada7f095 (v4.14), holes that cannot be charged; generic: control-group limits',
      needs: ['limit'],
    },
    {
      id: 'account.limit-spares-return',
      level: 'MUST',
      title: 'A limit never prevents a migration to system memory',
      text: 'A page on the device migrates to system memory, and populated pages migrate to the device, even if the limit is exceeded.',
      source: 'Linux commit 5042db43cc26; Linux v4.14, charges at migration',
      needs: ['limit'],
    },
  ],
} as const satisfies Chapter;
