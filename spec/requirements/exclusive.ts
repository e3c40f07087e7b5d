import { profilesFrom } from '../profiles/profile.ts';
import type { Chapter } from './requirement.ts';

/** What a device may do with a page that it has to itself. */
export const exclusive = {
  name: 'exclusive',
  title: 'Exclusive access',
  requirements: [
    {
      id: 'exclusive.taken',
      level: 'MUST',
      title: 'The device gets the page to itself',
      text: 'After make-exclusive the entry is exclusive; the page is in system memory, with its value, its counts in rss and charge unchanged.',
      source: 'Linux b756a3b5e7ea (v5.14), exclusive entries',
      profiles: profilesFrom('linux-5.18'),
      needs: ['exclusive', 'entries'],
    },
    {
      id: 'exclusive.returns-first',
      level: 'MUST',
      title: 'A page on a device comes back before it is exclusive',
      text: 'One page_fault, as at a store; where the page cannot come, EFAULT or ENOMEM and nothing changes.',
      source: 'Linux b756a3b5e7ea (v5.14), exclusive entries; Linux v5.14, pins fault first',
      profiles: profilesFrom('linux-5.18'),
      needs: ['exclusive'],
    },
    {
      id: 'exclusive.permission',
      level: 'MUST',
      title: 'Exclusive access needs a writable mapping and a device',
      text: 'ENODEV, EFAULT or EPERM where a device store would not be permitted; nothing changes.',
      source: 'Linux hmm self-tests, exclusive access',
      profiles: profilesFrom('linux-5.18'),
      needs: ['exclusive'],
    },
    {
      id: 'exclusive.exchange',
      level: 'MUST',
      title: 'An exchange is whole',
      text: 'It answers the value that was there and leaves its own, which the CPU sees from then on; without exclusive access it answers EINVAL and changes nothing.',
      source: 'Linux hmm self-tests, exclusive access; own rule, spec/RULES.md',
      profiles: profilesFrom('linux-5.18'),
      needs: ['exclusive'],
    },
    {
      id: 'exclusive.revoked',
      level: 'MUST',
      title: 'A touch by the CPU takes the page back',
      text: 'Load, store, pin, kernel access and populate end exclusive access, without a callback, and see the last value.',
      source:
        'Linux b756a3b5e7ea (v5.14), exclusive entries; Linux 7c7b962938dd (v6.3), references at removal',
      profiles: profilesFrom('linux-5.18'),
      needs: ['exclusive'],
    },
    {
      id: 'exclusive.fork',
      level: 'MUST',
      title: 'Fork takes the page back',
      text: 'After a fork neither side has an exclusive entry, and the page is shared like any other.',
      source: 'Linux b756a3b5e7ea (v5.14), exclusive entries; Linux hmm self-tests, exclusive copy-on-write',
      profiles: profilesFrom('linux-5.18'),
      needs: ['exclusive', 'fork'],
    },
  ],
} as const satisfies Chapter;
