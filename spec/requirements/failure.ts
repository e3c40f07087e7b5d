import { profilesWith } from '../profiles/profile.ts';
import type { Chapter } from './requirement.ts';

/** Faults that fail: with SIGBUS, or for lack of memory. */
export const failureChapter = {
  name: 'failure',
  title: 'Failed faults',
  requirements: [
    {
      id: 'failure.sigbus',
      level: 'MUST',
      title: 'An access whose page cannot be migrated fails with SIGBUS',
      text: 'If the device cannot return the page, page_fault fails and the access returns SIGBUS (a pin EFAULT). It is not retried endlessly and returns no value.',
      source: 'Linux commit 5042db43cc26; Linux 4a955bed882e (v6.1), results of the callback that got lost',
      needs: ['inject-sigbus'],
    },
    {
      id: 'failure.poison',
      level: 'MUST',
      title: 'A failed fault poisons the entry that was accessed, and no other',
      text: 'The entry through which the failed access was made is replaced by poison.',
      source: 'Linux commit 5042db43cc26',
      profiles: ['origin'],
      needs: ['inject-sigbus', 'entries'],
    },
    {
      id: 'failure.poison-lasts',
      level: 'MUST',
      title: 'Every access to poison fails without a callback',
      text: 'A load or store returns SIGBUS, a pin or a device access EFAULT, also after heal or attach. page_fault is not called and nothing changes.',
      source: 'Linux commit 5042db43cc26; own reading, spec/RULES.md',
      profiles: ['origin'],
      needs: ['inject-sigbus'],
    },
    {
      id: 'failure.poison-releases',
      level: 'MUST',
      title: 'Poison releases its reference to the frame',
      text: 'In the step that poisons an entry, the counts of the frame and the rss of the process fall by one. If it was the last entry, page_free is called once and the object is uncharged.',
      source: 'own reading, spec/RULES.md; Linux hmm documentation, pages left after exit',
      profiles: ['origin'],
      needs: ['inject-sigbus', 'callbacks'],
    },
    {
      id: 'failure.sharers-keep',
      level: 'MUST',
      title: 'The other sharers keep a page when an access to it fails',
      text: 'After a failed fault of one process the entries of the other processes still name the frame, and their own accesses may succeed.',
      source: 'own reading, spec/RULES.md',
      profiles: ['origin'],
      needs: ['inject-sigbus', 'fork'],
    },
    {
      id: 'failure.poison-inert',
      level: 'MUST',
      title: 'Poison is copied, kept and cleared without a page_free',
      text: 'Fork copies poison, protect keeps it, migration skips it, and unmap, discard and exit clear it without page_free.',
      source: 'own reading, spec/RULES.md',
      profiles: ['origin'],
      needs: ['inject-sigbus', 'entries'],
    },
    {
      id: 'failure.nothing-lost',
      level: 'MUST',
      title: 'A failed fault changes no entry, count or value',
      text: 'After a SIGBUS the entry names the same frame with the same counts. The next access calls page_fault again; if it succeeds, it sees the same value.',
      source:
        'Linux v6.1, end of a migration that failed; Linux v4.14 and later, which never poison; own reading, spec/RULES.md',
      profiles: profilesWith(({ failedFaultPoisons }) => !failedFaultPoisons),
      needs: ['inject-sigbus'],
    },
    {
      id: 'failure.oom',
      level: 'MUST',
      title: 'An access that runs out of memory returns oom or is retried, and never returns SIGBUS',
      text: 'If no system page can be allocated, the access returns oom (a pin ENOMEM), or calls page_fault again until it succeeds.',
      source:
        'Linux commit 5042db43cc26; Linux 4a955bed882e (v6.1), results of the callback that got lost; Linux v4.14, charges at migration',
      needs: ['inject-oom'],
    },
    {
      id: 'failure.oom-keeps',
      level: 'MUST',
      title: 'An access that returns oom changes nothing',
      text: 'After an oom the entry names the same frame with the same counts, in every profile, and nothing is poisoned. A later access may succeed and then sees the same value.',
      source: 'Linux v6.1, end of a migration that failed; own reading, spec/RULES.md',
      needs: ['inject-oom', 'oom-result'],
    },
  ],
} as const satisfies Chapter;
