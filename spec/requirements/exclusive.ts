import { profilesFrom } from '../profiles/profile.ts';
import type { Chapter } from './requirement.ts';

/** Exclusive access by a device to a page in system memory. */
export const exclusiveChapter = {
  name: 'exclusive',
  title: 'Exclusive access',
  requirements: [
    {
      id: 'exclusive.taken',
      level: 'MUST',
      title: 'make-exclusive creates an exclusive entry',
      text: 'After make-exclusive the entry is exclusive and the page is in system memory, with its value, rss and charge unchanged.',
      source: 'Linux b756a3b5e7ea (v5.14), exclusive entries',
      profiles: profilesFrom('linux-5.18'),
      needs: ['exclusive', 'entries'],
    },
    {
      id: 'exclusive.returns-first',
      level: 'MUST',
      title: 'A page on a device migrates to system memory before it becomes exclusive',
      text: 'The migration calls page_fault once, as a store would; if it fails, the result is EFAULT or ENOMEM and nothing changes.',
      source: 'Linux b756a3b5e7ea (v5.14), exclusive entries; Linux v5.14, pins fault first',
      profiles: profilesFrom('linux-5.18'),
      needs: ['exclusive'],
    },
    {
      id: 'exclusive.permission',
      level: 'MUST',
      title: 'Exclusive access requires a writable mapping and a working device',
      text: 'Without a writable mapping or a working device, make-exclusive and device-exchange return ENODEV, EFAULT or EPERM, and nothing changes.',
      source: 'Linux hmm self-tests, exclusive access',
      profiles: profilesFrom('linux-5.18'),
      needs: ['exclusive'],
    },
    {
      id: 'exclusive.exchange',
      level: 'MUST',
      title: 'device-exchange is atomic',
      text: 'device-exchange returns the previous value and stores its own, which the CPU reads from then on. Without exclusive access it returns EINVAL and changes nothing.',
      source: 'Linux hmm self-tests, exclusive access; own rule, spec/RULES.md',
      profiles: profilesFrom('linux-5.18'),
      needs: ['exclusive'],
    },
    {
      id: 'exclusive.revoked',
      level: 'MUST',
      title: 'A CPU access revokes exclusive access',
      text: 'A load, store, kernel access, pin, populate or lock turns the exclusive entry to present without a callback and sees the current value.',
      source:
        'Linux b756a3b5e7ea (v5.14), exclusive entries; Linux 7c7b962938dd (v6.3), references at removal',
      profiles: profilesFrom('linux-5.18'),
      needs: ['exclusive'],
    },
    {
      id: 'exclusive.fork',
      level: 'MUST',
      title: 'Fork revokes exclusive access',
      text: 'After a fork neither parent nor child has an exclusive entry, and the page is shared like any other.',
      source: 'Linux b756a3b5e7ea (v5.14), exclusive entries; Linux hmm self-tests, exclusive copy-on-write',
      profiles: profilesFrom('linux-5.18'),
      needs: ['exclusive', 'fork'],
    },
  ],
} as const satisfies Chapter;
