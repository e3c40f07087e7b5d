import { profilesBefore } from '../profiles/profile.ts';
import type { Chapter } from './requirement.ts';

/** What reference and map counts are, and when a frame is free. */
export const count = {
  name: 'count',
  title: 'Counts and free',
  requirements: [
    {
      id: 'count.never-zero',
      level: 'MUST',
      title: "A frame's reference count never reaches zero",
      text: 'A frame keeps the reference of its idle state for as long as the device is there: neither at rest nor for a moment inside any operation does its count fall to zero.',
      source: 'Linux commit 5042db43cc26; Linux v4.14, how device pages are put',
      profiles: profilesBefore('linux-5.18'),
      needs: ['entries', 'frames', 'least-count'],
    },
    {
      id: 'count.idle',
      level: 'MUST',
      title: 'A frame that holds nothing has the idle count',
      text: 'A frame that holds no object counts exactly the idle count of its profile and is named by no entry: 1 before Linux 6.1, 0 from then on.',
      source:
        'Linux commit 5042db43cc26; Linux v4.14, how device pages are put; Linux v6.1 (ef233450898f), idle pages count zero',
      needs: ['entries', 'frames'],
    },
    {
      id: 'count.references',
      level: 'MUST',
      title: 'A frame in use counts its entries above the idle count',
      text: 'The reference count of a frame that holds an object is the idle count plus one for every entry that names it (in Linux 5.18 the first entry takes the idle reference over). Nothing else holds a reference at rest.',
      source:
        'Linux v4.14, how device pages are put; Linux hmm documentation, what is left after exit; Linux v4.14, nothing pins a device page',
      needs: ['entries', 'frames'],
    },
    {
      id: 'count.mappings',
      level: 'MUST',
      title: "A frame's map count is the number of entries that name it",
      text: "Every entry in every process counts once in the frame's map count, from the step that makes the entry to the step that removes it.",
      source:
        'Linux v4.14, fork over special entries; Linux v4.14, removal of special entries; Linux 8763cb45ab96 (v4.14), permissions at the end',
      needs: ['entries', 'frames'],
    },
    {
      id: 'count.free-once',
      level: 'MUST',
      title: 'page_free is called exactly once for every release',
      text: 'When a frame has lost its last entry, or was taken and not used after all, page_free is called for it once, in that step; and it is called for nothing else.',
      source:
        'Linux commit 5042db43cc26; Linux v4.14, how device pages are put; Linux hmm documentation, what is left after exit',
      needs: ['callbacks'],
    },
    {
      id: 'count.free-unmapped',
      level: 'MUST',
      title: 'page_free is never called for a frame that is still mapped or held',
      text: "Inside page_free the frame's map count is zero and its reference count the idle count: the driver may hand the frame out again at once.",
      source:
        'Linux v4.14, how device pages are put; Linux 7ab0ad0e74f8 (v5.3), state cleared before a page is reused',
      needs: ['callbacks'],
      evidence: ['free-counts'],
    },
    {
      id: 'count.one-object',
      level: 'MUST',
      title: 'A frame holds one object at a time',
      text: 'No two objects live on one frame, and the driver takes no frame that is in use.',
      source: 'Linux commit 5042db43cc26; Linux 7ab0ad0e74f8 (v5.3), state cleared before a page is reused',
      needs: ['entries'],
    },
  ],
} as const satisfies Chapter;
