import type { Chapter } from './requirement.ts';

/** Device entries at a change of protection. */
export const protectChapter = {
  name: 'protect',
  title: 'Protection',
  requirements: [
    {
      id: 'protect.downgrades',
      level: 'MUST',
      title: 'A change of protection turns WRITE entries to READ',
      text: 'If the new protection differs from the old one, a WRITE entry becomes READ.',
      source: 'Linux v4.14, protection changes of special entries; own reading, spec/RULES.md',
      needs: ['protect', 'entries'],
    },
    {
      id: 'protect.never-upgrades',
      level: 'MUST',
      title: 'A READ entry does not become WRITE while its page stays on the frame',
      text: 'Protect does not turn a READ entry to WRITE, even if the new protection permits writing. Neither does any other command while the page stays on its frame.',
      source: 'Linux v4.14, protection changes of special entries; Linux v4.14, encoding of special entries',
      needs: ['protect', 'entries'],
    },
    {
      id: 'protect.no-callbacks',
      level: 'MUST',
      title: 'Protect moves nothing and calls no callback',
      text: 'A page on the device stays there, no callback is called and no count changes. As an exception, a locked page that becomes writable may be populated.',
      source: 'Linux v4.14, protection changes of special entries',
      needs: ['protect'],
    },
    {
      id: 'protect.enforced',
      level: 'MUST',
      title: 'The new protection applies to every later access',
      text: 'After the change, CPU and device may make exactly the accesses that the new protection permits; the content is unchanged.',
      source: 'Linux v4.14, protection changes of special entries; generic: protection holds for all',
      needs: ['protect'],
    },
  ],
} as const satisfies Chapter;
