import type { Chapter } from './requirement.ts';

/** What a change of protection does to device entries. */
export const protect = {
  name: 'protect',
  title: 'Protect',
  requirements: [
    {
      id: 'protect.downgrades',
      level: 'MUST',
      title: 'A real change of protection turns WRITE entries to READ',
      text: 'Whatever the new protection is, a WRITE entry is READ after a change of protection.',
      source: 'Linux v4.14, protection changes of special entries; own reading, spec/RULES.md',
      needs: ['protect', 'entries'],
    },
    {
      id: 'protect.never-upgrades',
      level: 'MUST',
      title: 'No READ entry becomes WRITE where it stands',
      text: 'Protect turns no READ entry to WRITE, not even when the new protection permits writing; nor does anything else while the page stays on its frame.',
      source: 'Linux v4.14, protection changes of special entries; Linux v4.14, encoding of special entries',
      needs: ['protect', 'entries'],
    },
    {
      id: 'protect.quiet',
      level: 'MUST',
      title: 'Protect moves nothing and calls nothing',
      text: 'A page on the device stays there through a change of protection; no callback, no count changes; but a locked page that becomes writable may be populated.',
      source: 'Linux v4.14, protection changes of special entries',
      needs: ['protect'],
    },
    {
      id: 'protect.enforced',
      level: 'MUST',
      title: 'The new protection holds for every access from then on',
      text: 'After the change, CPU and device may do what the new protection permits, and no more; data is as it was.',
      source: 'Linux v4.14, protection changes of special entries; generic: protection holds for all',
      needs: ['protect'],
    },
  ],
} as const satisfies Chapter;
