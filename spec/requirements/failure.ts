import { profilesFrom } from '../profiles/profile.ts';
import type { Chapter } from './requirement.ts';

/** What a fault that cannot succeed does: SIGBUS and poison, out of memory. */
export const failure = {
  name: 'failure',
  title: 'Failed fault',
  requirements: [
    {
      id: 'failure.sigbus',
      level: 'MUST',
      title: 'A touch whose page cannot be brought back ends in SIGBUS',
      text: 'When the device cannot give the page back, page_fault says so, and the touch gets SIGBUS (a pin EFAULT): no endless retry, no other signal, no invented content.',
      source: 'Linux commit 5042db43cc26; Linux 4a955bed882e (v6.1), results of the callback that got lost',
      needs: ['inject-sigbus'],
    },
    {
      id: 'failure.poison',
      level: 'MUST',
      title: "A failed fault poisons the toucher's entry, and only that one",
      text: 'The entry through which the failing touch came is replaced by poison.',
      source: 'Linux commit 5042db43cc26',
      profiles: ['origin'],
      needs: ['inject-sigbus', 'entries'],
    },
    {
      id: 'failure.poison-lasts',
      level: 'MUST',
      title: 'Poison fails every touch without asking the driver',
      text: 'A poisoned entry gives SIGBUS to the CPU and EFAULT to pins and devices, even after the device works again, and page_fault is not called. Nothing is brought back, nothing moves.',
      source: 'Linux commit 5042db43cc26; own reading, spec/RULES.md',
      profiles: ['origin'],
      needs: ['inject-sigbus'],
    },
    {
      id: 'failure.poison-releases',
      level: 'MUST',
      title: 'Poison names no frame',
      text: 'In the step that poisons an entry, the counts of the frame and the rss of the process fall by one; if it was the last entry, page_free is called once and the charge goes.',
      source: 'own reading, spec/RULES.md; Linux hmm documentation, what is left after exit',
      profiles: ['origin'],
      needs: ['inject-sigbus', 'callbacks'],
    },
    {
      id: 'failure.sharers-keep',
      level: 'MUST',
      title: 'The other sharers of a page keep it when one touch fails',
      text: 'A failed fault of one process leaves the entries of the others on the frame, and their own touch may succeed.',
      source: 'own reading, spec/RULES.md',
      profiles: ['origin'],
      needs: ['inject-sigbus', 'fork'],
    },
    {
      id: 'failure.poison-inert',
      level: 'MUST',
      title: 'Poison is copied, kept and cleared like an entry without a page',
      text: 'Fork copies poison, protect keeps it, migration skips it, unmap, discard and exit clear it without page_free.',
      source: 'own reading, spec/RULES.md',
      profiles: ['origin'],
      needs: ['inject-sigbus', 'entries'],
    },
    {
      id: 'failure.nothing-lost',
      level: 'MUST',
      title: 'A failed fault changes nothing at rest',
      text: 'After a SIGBUS the entry names the device frame as before, counts as before, and the next touch asks the driver again and may succeed with the value intact.',
      source:
        'Linux v6.1, end of a migration that failed; Linux v4.14 and later, which never poison; own reading, spec/RULES.md',
      profiles: profilesFrom('linux-4.14'),
      needs: ['inject-sigbus'],
    },
    {
      id: 'failure.oom',
      level: 'MUST',
      title: 'Out of memory is answered as out of memory or retried, never as SIGBUS',
      text: 'When no system page can be had, the touch answers oom (a pin ENOMEM), or asks the driver again until it succeeds.',
      source:
        'Linux commit 5042db43cc26; Linux 4a955bed882e (v6.1), results of the callback that got lost; Linux v4.14, charges at migration',
      needs: ['inject-oom'],
    },
    {
      id: 'failure.oom-keeps',
      level: 'MUST',
      title: 'Out of memory loses nothing',
      text: 'After an oom the entry still names the frame, in every profile; nothing is poisoned, no count has changed, and a later touch succeeds with the value intact.',
      source: 'Linux v6.1, end of a migration that failed; own reading, spec/RULES.md',
      needs: ['inject-oom', 'oom-result'],
    },
  ],
} as const satisfies Chapter;
