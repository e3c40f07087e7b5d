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
      source: 'seed: page_fault() must migrate the page back; semantics FLT-1, FLT-7',
      needs: [],
    },
    {
      id: 'fault.calls-once',
      level: 'MUST',
      title: 'page_fault is called once, for the page that was touched',
      text: "The owner's page_fault is called for the process and the page that were touched and for the frame behind it, once per attempt: once when it succeeds at once.",
      source: 'seed: page_fault() happens on CPU access; semantics FLT-1, FLT-2',
      needs: ['callbacks'],
    },
    {
      id: 'fault.never-direct',
      level: 'MUST',
      title: 'The CPU never reads or writes private memory directly',
      text: 'No CPU access reaches a device frame: it goes through page_fault, and afterwards the page is in system memory.',
      source: 'seed: the CPU can neither read nor write private memory; semantics MAP-1',
      needs: ['callbacks'],
    },
    {
      id: 'fault.no-needless-call',
      level: 'MUST',
      title: 'page_fault is called for nothing but CPU touches of device pages',
      text: 'Touching system memory, a hole, or host memory calls no page_fault.',
      source: 'seed: page_fault() is for addresses backed by a device page; semantics CFG-1, FLT-1',
      needs: ['callbacks'],
    },
    {
      id: 'fault.last-value',
      level: 'MUST',
      title: 'The touch sees the last value that was written',
      text: 'After the page came back the CPU sees whatever CPU or device wrote to it last, whole.',
      source: 'semantics FLT-1; hmm.txt section 3',
      needs: [],
    },
    {
      id: 'fault.permission-first',
      level: 'MUST',
      title: 'A touch that the mapping does not permit is refused before anything happens',
      text: 'No access through protection none, no store to a read-only mapping: SIGSEGV, no page_fault, and the page stays where it is.',
      source: 'semantics FLT-3',
      needs: [],
    },
    {
      id: 'fault.moves-all',
      level: 'MUST',
      title: 'All entries of the page change together',
      text: 'When a page comes back, every entry in every process that named its frame names the page in system memory afterwards.',
      source: 'semantics FLT-1, FRK-1; rmap walk of migration',
      needs: ['entries'],
    },
    {
      id: 'fault.extras-optional',
      level: 'MUST',
      title: 'What else comes back is whole, and cannot hurt the touch',
      text: 'The driver may bring back more pages of the process in one chunk, the touched one first. Those move wholly or not at all, and a failure among them does not fail the touch.',
      source: 'seed: multiple pages in one chunk, the faulting address first; semantics FLT-5',
      needs: ['inject-sigbus'],
    },
  ],
} as const satisfies Chapter;
