import type { Chapter } from './requirement.ts';

/** What the kernel itself meets when it uses a user address. */
export const kernel = {
  name: 'kernel',
  title: 'Kernel access',
  requirements: [
    {
      id: 'kernel.access-returns',
      level: 'MUST',
      title: 'A kernel access to a device page brings it back',
      text: 'Reading or writing another process, or direct input and output, faults the page back like the CPU and sees the value that was written last.',
      source: 'Linux v4.14, pins and kernel access fault first; Linux hmm documentation',
      needs: ['kernel-access'],
    },
    {
      id: 'kernel.access-lands',
      level: 'MUST',
      title: 'A kernel store is seen by its process, and by no other',
      text: 'After a kernel store that answered ok the process reads the value, by CPU and by device; whoever shared the page before does not.',
      source: 'generic: a kernel access is an access of the process; Linux v4.14 copy-on-write',
      needs: ['kernel-access'],
    },
    {
      id: 'kernel.access-errors',
      level: 'MUST',
      title: 'A kernel access that cannot be is an error, not a signal',
      text: 'EFAULT where a touch would get SIGSEGV or SIGBUS, ENOMEM where it would get oom; what a touch would leave alone is left alone.',
      source: 'generic: faults of the kernel at user addresses are errors; own reading, spec/RULES.md',
      needs: ['kernel-access'],
    },
    {
      id: 'kernel.peek-stays',
      level: 'MUST',
      title: 'An access that must not fault moves nothing',
      text: 'Where faults are not allowed a page on the device is answered EFAULT: no callback, and the page stays.',
      source: 'Linux v4.14, lookups that do not fault; generic: accesses with faults disabled',
      needs: ['peek'],
    },
    {
      id: 'kernel.peek-value',
      level: 'MUST',
      title: 'What such an access reads is right',
      text: 'A peek that gives a value gives the one that a load would give.',
      source: 'generic: accesses with faults disabled',
      needs: ['peek'],
    },
  ],
} as const satisfies Chapter;
