import type { Chapter } from './requirement.ts';

/** What happens when the CPU touches a page that lives on the device. */
export const fault = {
  name: 'fault',
  title: 'CPU fault',
  requirements: [
    {
      id: 'fault.brings-back',
      level: 'MUST',
      title: 'A permitted CPU touch of a device page succeeds once page_fault has brought the page back',
      text: 'A load, a store or a pin that the mapping permits, at an entry that names a device frame, calls the driver and is tried again; on a healthy device it succeeds. Nothing may block the way back.',
      source:
        'Linux commit 5042db43cc26; Linux v4.14, faults on device entries; Linux v4.14, no pin on the device',
      needs: [],
    },
    {
      id: 'fault.calls-once',
      level: 'MUST',
      title: 'page_fault is called once, for the page that was touched',
      text: "The owner's page_fault is called for the process and the page that were touched and for the frame behind it, once per attempt: once when it succeeds at once.",
      source:
        'Linux commit 5042db43cc26; Linux v4.14, faults on device entries; Linux v4.14, the callback of the owning page map',
      needs: ['callbacks'],
    },
    {
      id: 'fault.never-direct',
      level: 'MUST',
      title: 'The CPU never reads or writes private memory directly',
      text: 'No CPU access reaches a device frame: it goes through page_fault, and afterwards the page is in system memory.',
      source: 'Linux commit 5042db43cc26; Linux v4.14, no linear mapping',
      needs: ['callbacks'],
    },
    {
      id: 'fault.no-needless-call',
      level: 'MUST',
      title: 'page_fault is called for nothing but CPU touches of device pages',
      text: 'Touching system memory, a hole, or host memory calls no page_fault.',
      source:
        'Linux commit 5042db43cc26; Linux v4.14, page maps of the older kind; Linux v4.14, faults on device entries',
      needs: ['callbacks'],
    },
    {
      id: 'fault.last-value',
      level: 'MUST',
      title: 'The touch sees the last value that was written',
      text: 'After the page came back the CPU sees whatever CPU or device wrote to it last, whole.',
      source: 'Linux v4.14, faults on device entries; Linux hmm documentation',
      needs: [],
    },
    {
      id: 'fault.permission-first',
      level: 'MUST',
      title: 'A touch that the mapping does not permit is refused before anything happens',
      text: 'No access through protection none, no store to a read-only mapping: SIGSEGV, no page_fault, and the page stays where it is.',
      source: 'generic order of a page fault: permission before content',
      needs: [],
    },
    {
      id: 'fault.moves-all',
      level: 'MUST',
      title: 'All entries of the page change together',
      text: 'When a page comes back, every entry in every process that named its frame names the page in system memory afterwards.',
      source:
        'Linux v4.14, faults on device entries; Linux v4.14, fork over special entries; Linux v4.14, reverse mapping at migration',
      needs: ['fork', 'entries'],
    },
    {
      id: 'fault.extras-optional',
      level: 'MUST',
      title: 'What else comes back is whole, and cannot hurt the touch',
      text: 'The driver may bring back more pages of the process in one chunk, the touched one first. Those move wholly or not at all, and a failure among them does not fail the touch.',
      source: 'Linux commit 5042db43cc26; Linux v4.14 hmm.h, faults around',
      needs: ['inject-sigbus'],
    },
    {
      id: 'fault.extras-own',
      level: 'MUST',
      title: 'A touch brings back no page that its process does not map',
      text: 'What page_fault brings back besides the page that was touched is mapped by the same process: a page that only other processes map stays on the device.',
      source:
        'Linux v4.14 hmm.h, faults around one address; nouveau, amdgpu, xe and test_hmm migrate a range of the faulting mapping',
      needs: ['entries'],
    },
  ],
} as const satisfies Chapter;
