import type { Chapter } from './requirement.ts';

/** Nothing pins a page on the device. */
export const pin = {
  name: 'pin',
  title: 'Pin',
  requirements: [
    {
      id: 'pin.brings-back',
      level: 'MUST',
      title: 'A pin of a device page brings it back first',
      text: 'Pinning faults the page back like a CPU store and pins it in system memory; it never takes hold of a device frame.',
      source:
        'Linux commit 5042db43cc26; Linux v4.14, pins fault first; Linux v4.14, nothing pins a device page',
      needs: ['pin'],
    },
    {
      id: 'pin.stays-put',
      level: 'MUST',
      title: 'A pinned page is not migrated',
      text: 'Every migration skips a pinned page, and the others of the range are unaffected.',
      source: 'Linux v4.14, pinned pages do not migrate',
      needs: ['pin'],
    },
    {
      id: 'pin.sees-stores',
      level: 'MUST',
      title: 'A pin sees what is stored to the page that it holds',
      text: 'Unpin gives the last value that was written to the pinned page, through pin or process, after unmap and exit of the process too.',
      source: 'Linux v4.14, pins fault first; own reading, spec/RULES.md',
      needs: ['pin'],
    },
    {
      id: 'pin.permission',
      level: 'MUST',
      title: 'A pin for writing needs a writable mapping',
      text: 'At a mapping that is not writable, or gone, a pin answers EFAULT without a callback and nothing changes.',
      source: 'own reading, spec/RULES.md',
      needs: ['pin'],
    },
    {
      id: 'pin.failure',
      level: 'MUST',
      title: 'A pin whose page cannot come back fails as an error',
      text: 'EFAULT where a touch would get SIGBUS, ENOMEM where it would get oom; the slot stays empty.',
      source: 'generic: faults of pins are errors',
      needs: ['pin', 'inject-sigbus'],
    },
    {
      id: 'pin.slot',
      level: 'MUST',
      title: 'A slot holds one pin',
      text: 'Pinning into a busy slot answers EBUSY, unpin of an empty one EINVAL; nothing changes.',
      source: 'own rule, spec/RULES.md',
      needs: ['pin'],
    },
  ],
} as const satisfies Chapter;
