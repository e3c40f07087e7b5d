import { profilesWith } from '../profiles/profile.ts';
import type { Chapter } from './requirement.ts';

/** Faults that cannot succeed: SIGBUS and poison, out of memory. */
export const failureChapter = {
  name: 'failure',
  title: 'Failed faults',
  requirements: [
    {
      id: 'failure.sigbus',
      level: 'MUST',
      title: 'An access whose page cannot be migrated fails with SIGBUS',
      text: 'When the device cannot return the page, page_fault reports it, and the access gets SIGBUS (a pin EFAULT): no endless retry, no other signal, no invented content.',
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
      text: 'A poisoned entry gives SIGBUS to the CPU and EFAULT to pins and devices, also after the device works again. page_fault is not called and nothing moves.',
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
      title: 'Other mappers keep a page when one access fails',
      text: 'A failed fault of one process leaves the entries of the other processes on the frame, and their own accesses may succeed.',
      source: 'own reading, spec/RULES.md',
      profiles: ['origin'],
      needs: ['inject-sigbus', 'fork'],
    },
    {
      id: 'failure.poison-inert',
      level: 'MUST',
      title: 'Poison is copied, kept and cleared like an entry without a page',
      text: 'Fork copies poison, protect keeps it, migration skips it, and unmap, discard and exit clear it without page_free.',
      source: 'own reading, spec/RULES.md',
      profiles: ['origin'],
      needs: ['inject-sigbus', 'entries'],
    },
    {
      id: 'failure.nothing-lost',
      level: 'MUST',
      title: 'A failed fault changes no state at rest',
      text: 'After a SIGBUS the entry names the same frame with the same counts. The next access calls page_fault again and may succeed with the value intact.',
      source:
        'Linux v6.1, end of a migration that failed; Linux v4.14 and later, which never poison; own reading, spec/RULES.md',
      profiles: profilesWith(({ failedFaultPoisons }) => !failedFaultPoisons),
      needs: ['inject-sigbus'],
    },
    {
      id: 'failure.oom',
      level: 'MUST',
      title: 'Out of memory is reported as oom or retried, never as SIGBUS',
      text: 'When no system page can be allocated, the access returns oom (a pin ENOMEM) or calls page_fault again until it succeeds.',
      source:
        'Linux commit 5042db43cc26; Linux 4a955bed882e (v6.1), results of the callback that got lost; Linux v4.14, charges at migration',
      needs: ['inject-oom'],
    },
    {
      id: 'failure.oom-keeps',
      level: 'MUST',
      title: 'Out of memory loses nothing',
      text: 'After an oom the entry still names the frame, in every profile. Nothing is poisoned, no count has changed, and a later access succeeds with the value intact.',
      source: 'Linux v6.1, end of a migration that failed; own reading, spec/RULES.md',
      needs: ['inject-oom', 'oom-result'],
    },
  ],
} as const satisfies Chapter;
