import { profilesFrom } from '../profiles/profile.ts';
import type { Chapter } from './requirement.ts';

/** What user space is told of touches that it watches for. */
export const watch = {
  name: 'watch',
  title: 'Watched pages',
  requirements: [
    {
      id: 'watch.traps-missing',
      level: 'MUST',
      title: 'A touch of a missing page is trapped',
      text: 'Whoever touches a hole that is watched is trapped, and the hole stays.',
      source: 'Linux v4.14, userfaultfd for missing pages',
      needs: ['watch-missing'],
    },
    {
      id: 'watch.missing-stays',
      level: 'MUST',
      title: 'A watched hole does not migrate',
      text: 'A migration to the device skips it, takes nothing and leaves nothing behind.',
      source: 'Linux 8315ada7f095 (v4.14), holes that are watched',
      needs: ['watch-missing'],
    },
    {
      id: 'watch.traps-store',
      level: 'MUST',
      title: 'A store to a watched page is trapped',
      text: 'No store by CPU, kernel or device lands in a page that is watched for stores; nothing is pinned for writing.',
      source: 'Linux v5.7, userfaultfd for stores',
      profiles: profilesFrom('linux-5.18'),
      needs: ['watch-write'],
    },
    {
      id: 'watch.unpopulated',
      level: 'MUST',
      title: 'A store to a hole that is watched for stores is trapped',
      text: 'Where a watch for stores holds also where no page is yet, a store or a pin there is trapped, and the hole stays; loads read zero.',
      source: 'Linux v6.4, UFFD_FEATURE_WP_UNPOPULATED',
      profiles: profilesFrom('linux-6.12'),
      needs: ['watch-write', 'watch-unpopulated'],
    },
    {
      id: 'watch.passes-loads',
      level: 'MUST',
      title: 'Loads of a watched page go on',
      text: 'A page that is watched for stores is read as ever, and comes back from the device as ever.',
      source: 'Linux v5.7, userfaultfd for stores',
      profiles: profilesFrom('linux-5.18'),
      needs: ['watch-write'],
    },
    {
      id: 'watch.survives',
      level: 'MUST',
      title: 'The watch survives migration and protection',
      text: 'A page that moved to the device and back, or whose protection changed, is watched as before.',
      source:
        'Linux f45ec5ff16a7 (v5.7) and ebdf8321eeeb (v5.9), watched special entries; violations fixed in 2026 on record',
      profiles: profilesFrom('linux-5.18'),
      needs: ['watch-write'],
    },
    {
      id: 'watch.own',
      level: 'MUST',
      title: 'A watch is for one page of one process, and ends',
      text: 'What is not watched, or no longer, traps nobody: another page, the child of a fork, other sharers, the page after a discard or after the watch was ended.',
      source: 'Linux v5.7, userfaultfd at fork; own reading, spec/RULES.md',
      profiles: profilesFrom('linux-5.18'),
      needs: ['watch-write'],
    },
  ],
} as const satisfies Chapter;
