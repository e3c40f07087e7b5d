import type { Chapter } from './requirement.ts';

/** CPU accesses to pages on the device. */
export const faultChapter = {
  name: 'fault',
  title: 'CPU fault',
  requirements: [
    {
      id: 'fault.migrates-back',
      level: 'MUST',
      title: 'page_fault migrates the accessed page to system memory, and the access succeeds',
      text: 'A permitted load, store or pin at an entry that names a device frame calls page_fault and is retried; on a working device it succeeds. Nothing may block this migration.',
      source:
        'Linux commit 5042db43cc26; Linux v4.14, faults on device entries; Linux v4.14, no pin on the device',
      needs: [],
    },
    {
      id: 'fault.calls-once',
      level: 'MUST',
      title: 'page_fault is called once, for the accessed page',
      text: 'page_fault is called for the process, the page and the frame of the access, once per attempt: exactly once if the first attempt succeeds.',
      source:
        'Linux commit 5042db43cc26; Linux v4.14, faults on device entries; Linux v4.14, the callback of the owning page map',
      needs: ['callbacks'],
    },
    {
      id: 'fault.never-direct',
      level: 'MUST',
      title: 'The CPU never reads or writes private memory directly',
      text: 'A CPU access to a page on the device calls page_fault, and is made in system memory afterwards.',
      source: 'Linux commit 5042db43cc26; Linux v4.14, no linear mapping',
      needs: ['callbacks'],
    },
    {
      id: 'fault.no-needless-call',
      level: 'MUST',
      title: 'An access to a page that is not on a device does not call page_fault',
      text: 'An access to an object in system memory, an unpopulated page, or host or shared memory does not call page_fault.',
      source:
        'Linux commit 5042db43cc26; Linux v4.14, page maps of the older kind; Linux v4.14, faults on device entries',
      needs: ['callbacks'],
    },
    {
      id: 'fault.last-value',
      level: 'MUST',
      title: 'An access after a fault sees the current value',
      text: 'After the migration to system memory the access sees the value that the CPU or a device stored last, complete.',
      source: 'Linux v4.14, faults on device entries; Linux hmm documentation',
      needs: [],
    },
    {
      id: 'fault.permission-first',
      level: 'MUST',
      title: 'An access that the mapping does not permit is refused before any other effect',
      text: 'Any access under protection none, and a store to a read-only mapping, return SIGSEGV; page_fault is not called, and nothing changes.',
      source: 'generic order of a page fault: permission before content',
      needs: [],
    },
    {
      id: 'fault.moves-all',
      level: 'MUST',
      title: 'A fault changes all entries of the page together',
      text: 'When a page migrates to system memory, every entry in every process that named its frame refers to the page in system memory afterwards.',
      source:
        'Linux v4.14, faults on device entries; Linux v4.14, fork over special entries; Linux v4.14, reverse mapping at migration',
      needs: ['fork', 'entries'],
    },
    {
      id: 'fault.extras-optional',
      level: 'MUST',
      title: 'Further pages migrate completely or not at all, and never make the access fail',
      text: 'The driver may migrate further pages of the process in the same page_fault, after the accessed page. Each of them moves completely or not at all, and a failure among them does not make the access fail.',
      source: 'Linux commit 5042db43cc26; Linux v4.14 hmm.h, faults around',
      needs: ['inject-sigbus'],
    },
    {
      id: 'fault.extras-own',
      level: 'MUST',
      title: 'page_fault migrates only pages that the accessing process maps',
      text: 'The further pages that page_fault migrates are mapped by the process of the access; a page that it does not map stays on the device.',
      source:
        'Linux v4.14 hmm.h, faults around one address; nouveau, amdgpu, xe and test_hmm migrate a range of the faulting mapping',
      needs: ['entries'],
    },
  ],
} as const satisfies Chapter;
