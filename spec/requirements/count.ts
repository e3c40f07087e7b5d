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
      source: 'seed: page_free() comments; semantics REF-1',
      profiles: ['origin'],
      needs: ['entries', 'frames', 'least-count'],
    },
    {
      id: 'count.idle',
      level: 'MUST',
      title: 'A frame that holds nothing has the idle count',
      text: 'A frame that holds no object counts exactly the idle count of its profile and is named by no entry: 1 in origin, 0 in linux-6.1.',
      source: "seed: page_free() is called when the count reaches 1; semantics REF-1, REF-1'",
      needs: ['entries', 'frames'],
    },
    {
      id: 'count.references',
      level: 'MUST',
      title: 'A frame in use counts its entries above the idle count',
      text: 'The reference count of a frame that holds an object is the idle count plus one for every entry that names it. Nothing else holds a reference at rest.',
      source: 'semantics REF-1, REF-3, GUP-2',
      needs: ['entries', 'frames'],
    },
    {
      id: 'count.mappings',
      level: 'MUST',
      title: "A frame's map count is the number of entries that name it",
      text: "Every entry in every process counts once in the frame's map count, from the step that makes the entry to the step that removes it.",
      source: 'semantics FRK-1, ZAP-1, MIG-6',
      needs: ['entries', 'frames'],
    },
    {
      id: 'count.free-once',
      level: 'MUST',
      title: 'page_free is called exactly once for every release',
      text: 'When a frame has lost its last entry, or was taken and not used after all, page_free is called for it once, in that step; and it is called for nothing else.',
      source: 'seed: page_free() is called whenever the count reaches 1; semantics REF-1, REF-3',
      needs: ['callbacks'],
    },
    {
      id: 'count.free-unmapped',
      level: 'MUST',
      title: 'page_free is never called for a frame that is still mapped or held',
      text: "Inside page_free the frame's map count is zero and its reference count the idle count: the driver may hand the frame out again at once.",
      source: 'semantics REF-1, REF-2',
      needs: ['callbacks'],
    },
    {
      id: 'count.one-object',
      level: 'MUST',
      title: 'A frame holds one object at a time',
      text: 'No two objects live on one frame, and the driver takes no frame that is in use.',
      source: 'seed: the driver manages its memory through page_free(); semantics REF-2',
      needs: ['entries'],
    },
  ],
} as const satisfies Chapter;
