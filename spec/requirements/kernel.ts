import type { Chapter } from './requirement.ts';

/** Accesses by the kernel at a user address. */
export const kernelChapter = {
  name: 'kernel',
  title: 'Kernel access',
  requirements: [
    {
      id: 'kernel.access-returns',
      level: 'MUST',
      title: 'A kernel access migrates a device page to system memory',
      text: 'A kernel-load or kernel-store migrates a page on the device by page_fault, like a load or store by the CPU, and sees the current value.',
      source: 'Linux v4.14, pins and kernel access fault first; Linux hmm documentation',
      needs: ['kernel-access'],
    },
    {
      id: 'kernel.store-visible',
      level: 'MUST',
      title: 'A kernel store is visible to its process and to no other',
      text: 'After a kernel store that returned ok, the process reads the value by CPU and by device; processes that shared the page before do not.',
      source: 'generic: a kernel access is an access of the process; Linux v4.14 copy-on-write',
      needs: ['kernel-access'],
    },
    {
      id: 'kernel.access-errors',
      level: 'MUST',
      title: 'A failed kernel access returns an error, not a signal',
      text: 'The result is EFAULT where a CPU access gets SIGSEGV or SIGBUS, and ENOMEM where it gets oom; state that a CPU access would leave unchanged stays unchanged.',
      source: 'generic: faults of the kernel at user addresses are errors; own reading, spec/RULES.md',
      needs: ['kernel-access'],
    },
    {
      id: 'kernel.nofault-does-not-migrate',
      level: 'MUST',
      title: 'A no-fault load migrates nothing',
      text: 'A no-fault load of a page on the device returns EFAULT, calls no callback and leaves the page in place.',
      source: 'Linux v4.14, lookups that do not fault; generic: accesses with faults disabled',
      needs: ['peek'],
    },
    {
      id: 'kernel.nofault-value',
      level: 'MUST',
      title: 'A no-fault load returns the current value',
      text: 'A no-fault load that returns a value returns the value that a load would return.',
      source: 'generic: accesses with faults disabled',
      needs: ['peek'],
    },
  ],
} as const satisfies Chapter;
