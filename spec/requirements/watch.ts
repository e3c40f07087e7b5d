import { profilesFrom, profilesWith } from '../profiles/profile.ts';
import type { Chapter } from './requirement.ts';

/** Accesses that userfaultfd traps. */
export const watchChapter = {
  name: 'watch',
  title: 'Pages watched by userfaultfd',
  requirements: [
    {
      id: 'watch.traps-missing',
      level: 'MUST',
      title: 'An access to an unpopulated page that is watched for missing pages is trapped',
      text: 'An access that the mapping permits returns trapped (a device access trapped or EFAULT, a no-fault load EFAULT or 0), and the page stays unpopulated.',
      source: 'Linux v4.14, userfaultfd for missing pages',
      needs: ['watch-missing'],
    },
    {
      id: 'watch.missing-stays',
      level: 'MUST',
      title: 'An unpopulated page that is watched for missing pages does not migrate',
      text: 'A migration to the device skips the page, keeps no frame for it, and leaves it unpopulated.',
      source: 'Linux 8315ada7f095 (v4.14), holes that are watched',
      needs: ['watch-missing'],
    },
    {
      id: 'watch.traps-store',
      level: 'MUST',
      title: 'A store to a write-protected page is trapped',
      text: 'No store by CPU, kernel or device changes a page that userfaultfd write-protects, and no pin for writing holds it.',
      source: 'Linux v5.7, userfaultfd for stores',
      profiles: profilesFrom('linux-5.18'),
      needs: ['watch-write'],
    },
    {
      id: 'watch.unpopulated',
      level: 'MUST',
      title: 'A store to an unpopulated write-protected page is trapped',
      text: 'If write protection also applies to unpopulated pages, a store or a pin for writing is trapped and the page stays unpopulated; loads return 0.',
      source: 'Linux v6.4, UFFD_FEATURE_WP_UNPOPULATED',
      profiles: profilesWith(({ offersUnpopulatedWatch }) => offersUnpopulatedWatch),
      needs: ['watch-write', 'watch-unpopulated'],
    },
    {
      id: 'watch.passes-loads',
      level: 'MUST',
      title: 'Loads of a write-protected page are not trapped',
      text: 'Loads of a page that userfaultfd write-protects return its value, and migrate it from the device, as without write protection.',
      source: 'Linux v5.7, userfaultfd for stores',
      profiles: profilesFrom('linux-5.18'),
      needs: ['watch-write'],
    },
    {
      id: 'watch.survives',
      level: 'MUST',
      title: 'Write protection survives migration and changes of protection',
      text: 'A page that migrated to the device and back, or whose protection changed, is still write-protected by userfaultfd.',
      source:
        'Linux f45ec5ff16a7 (v5.7) and ebdf8321eeeb (v5.9), watched special entries; violations fixed in 2026 on record',
      profiles: profilesFrom('linux-5.18'),
      needs: ['watch-write'],
    },
    {
      id: 'watch.own',
      level: 'MUST',
      title: 'A watch applies to one page of one process only',
      text: 'No access is trapped on other pages, in the child of a fork, in other sharers, or after the watch has ended; a discard ends write protection.',
      source: 'Linux v5.7, userfaultfd at fork; own reading, spec/RULES.md',
      profiles: profilesFrom('linux-5.18'),
      needs: ['watch-write'],
    },
  ],
} as const satisfies Chapter;
