import { profilesWith } from '../profiles/profile.ts';
import type { Chapter } from './requirement.ts';

/** Values of reference and map counts, and calls of page_free. */
export const countChapter = {
  name: 'count',
  title: 'Reference counts and page_free',
  requirements: [
    {
      id: 'count.never-zero',
      level: 'MUST',
      title: 'The reference count of a frame is never zero',
      text: 'A frame keeps its idle reference while the device is attached: its count is at least one at rest and at every moment within a command.',
      source: 'Linux commit 5042db43cc26; Linux v4.14, how device pages are put',
      profiles: profilesWith(
        ({ idleCount, entryAllocatesIdleReference }) => idleCount === 1 && !entryAllocatesIdleReference,
      ),
      needs: ['entries', 'frames', 'least-count'],
    },
    {
      id: 'count.idle',
      level: 'MUST',
      title: 'A free frame has the idle reference count',
      text: 'A frame that holds no object has exactly the idle count as its reference count, and no entry names it. The idle count is 1 before Linux 6.1 and 0 from then on.',
      source:
        'Linux commit 5042db43cc26; Linux v4.14, how device pages are put; Linux v6.1 (ef233450898f), idle pages count zero',
      needs: ['entries', 'frames'],
    },
    {
      id: 'count.references',
      level: 'MUST',
      title: 'The reference count of a frame is the idle count plus the number of entries that name it',
      text: 'The reference count of a frame that holds an object is the idle count plus one for every entry that names it; in Linux 5.18 the first entry takes over the idle reference. At rest nothing else holds a reference.',
      source:
        'Linux v4.14, how device pages are put; Linux hmm documentation, pages left after exit; Linux v4.14, nothing pins a device page',
      needs: ['entries', 'frames'],
    },
    {
      id: 'count.mappings',
      level: 'MUST',
      title: "A frame's map count is the number of entries that name it",
      text: "Every entry in every process counts once in the frame's map count, from the step that creates the entry to the step that removes it.",
      source:
        'Linux v4.14, fork over special entries; Linux v4.14, removal of special entries; Linux 8763cb45ab96 (v4.14), permissions at the end',
      needs: ['entries', 'frames'],
    },
    {
      id: 'count.free-once',
      level: 'MUST',
      title: 'page_free is called exactly once for each frame that becomes free',
      text: 'page_free is called once, in the same step, for a frame that loses its last entry or that was allocated and never mapped; it is called for no other frame.',
      source:
        'Linux commit 5042db43cc26; Linux v4.14, how device pages are put; Linux hmm documentation, pages left after exit',
      needs: ['callbacks'],
    },
    {
      id: 'count.free-unmapped',
      level: 'MUST',
      title: 'page_free is never called for a frame that is mapped or referenced',
      text: 'Inside page_free the map count of the frame is 0 and its reference count is 1 before Linux 5.18 and 0 from then on, so that the driver may reuse the frame immediately.',
      source:
        'Linux v4.14, how device pages are put; Linux 7ab0ad0e74f8 (v5.3), state cleared before a page is reused',
      needs: ['callbacks'],
      evidence: ['free-counts'],
    },
    {
      id: 'count.one-object',
      level: 'MUST',
      title: 'A frame holds one object at a time',
      text: 'No two objects are on one frame, and the driver allocates only free frames.',
      source: 'Linux commit 5042db43cc26; Linux 7ab0ad0e74f8 (v5.3), state cleared before a page is reused',
      needs: ['entries'],
    },
  ],
} as const satisfies Chapter;
