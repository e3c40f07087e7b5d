/** A rule of the field that no requirement states, and why not. */
export interface NotAsserted {
  readonly rule: string;
  readonly why: string;
}

/**
 * What is known of private memory and deliberately not asserted: because no observation of any target could refute
 * it, because sources contradict each other, or because it speaks of something that this vocabulary leaves out.
 */
export const NOT_ASSERTED: readonly NotAsserted[] = [
  {
    rule: 'With the feature configured off no entry is special, and a fault routed to its stub ends in SIGBUS.',
    why: 'A case has no configuration to change: a target without the feature has nothing that could be judged.',
  },
  {
    rule: 'Entries encode and decode without loss, and are never taken for entries of another sort.',
    why: 'Encodings are inside an implementation; what a wrong one does is seen by the rules on entries, counts and swap.',
  },
  {
    rule: 'Functions of the swap cache treat a device entry as nothing to do.',
    why: 'Nothing outside the implementation calls them; that no swap count is touched is seen by the swap limit.',
  },
  {
    rule: 'The address range is recorded with a descriptor of its own.',
    why: 'The descriptor is a number in a table; what it is for, that nothing else is put there, is types.hot-add.',
  },
  {
    rule: 'The feature needs certain configurations of the kernel.',
    why: 'A case has no configuration to change.',
  },
  {
    rule: 'There is no linear mapping of private memory.',
    why: 'Only that the CPU never reads it is seen from outside: fault.never-direct.',
  },
  {
    rule: 'A device page is on no list of the memory manager, and its driver has a word of its own in it.',
    why: 'What comes of it when it is wrong is seen: pages that are reclaimed, values that are stale, crashes.',
  },
  {
    rule: 'Releasing host memory takes no branch that private memory needs.',
    why: 'A branch costs time and changes nothing; that no callback is called is types.host-quiet.',
  },
  {
    rule: 'Nobody can take a reference to an idle device page.',
    why: 'Only code inside an implementation could try; that idle frames keep their count is count.idle.',
  },
  {
    rule: 'A limit on memory is never the reason for a driver to refuse the way back.',
    why: 'The reason is inside the driver; that the page comes back at a limit is account.limit-spares-return.',
  },
  {
    rule: 'Threads that touch one page at once all resume with one value, and one migration commits.',
    why: 'A race is of two commands; of three or more at the same time no requirement speaks. For two: race.one-order.',
  },
  {
    rule: 'A fault is dropped when its entry has changed meanwhile, and an unmap in the middle of a migration loses nothing.',
    why: 'What happens inside one command is not shown; that a race of two loses nothing is race.one-order.',
  },
  {
    rule: 'The callback is not run under the lock of one mapping alone.',
    why: 'Locks are inside an implementation; what comes of a wrong one is a hang, which is robust.answers.',
  },
  {
    rule: 'A page comes back with the right to write that its entry had, so that a store needs no second fault.',
    why: 'How often the CPU faults at a page in system memory is not shown by any capability; only page_fault is.',
  },
  {
    rule: 'Soft-dirty at fork and at a change of protection.',
    why: 'Versions and page sizes differ on purpose; only that neither ever makes a clean page dirty is track.clear.',
  },
  {
    rule: 'Removing shared pages alone spares private device entries.',
    why: 'Truncation and hole punching concern files, whose pages never migrate; private copies are types.file-copy.',
  },
  {
    rule: 'The page map shows the number of the frame.',
    why: 'Only to the privileged and in an encoding of each version; frames are compared by the snapshot of entries.',
  },
  {
    rule: 'A migration whose arguments are wrong is refused as a whole.',
    why: 'A range is the composition of its pages here, so that no target has to merge mappings; gaps are skipped pages.',
  },
  {
    rule: 'While a page is being migrated its content is stable, and the count of pages that will move is exact.',
    why: 'Nothing is seen in the middle of a command; the answer for each page is migrate.vector.',
  },
  {
    rule: 'Dirty data survives a failed migration, so that swap does not lose it.',
    why: 'Swapping out is shown as system memory; that the value is kept is migrate.transparent.',
  },
  {
    rule: 'Resident pages are counted by kind: anonymous, file, shared.',
    why: 'Only anonymous pages can be on a device. The counters of the others are documented and cannot be reached.',
  },
  {
    rule: 'The page table of a device is invalidated before a page is used for something else; snapshots are retried.',
    why: 'Its own page table is inside a device; what a device reads is device.load-value, in a race race.one-order.',
  },
  {
    rule: 'Snapshots tell holes, pages of zeros and gaps apart.',
    why: 'The vocabulary has no snapshot by a device; a device load says what it can read, and populates nothing.',
  },
  {
    rule: 'A failing device that is gone for good gives SIGBUS.',
    why: 'That is an injection that lasts; a driver that leaves without eviction is migrate.detach.',
  },
  {
    rule: 'Merging of equal pages, collapsing to large pages and handling of broken memory pass device pages over.',
    why: 'The first two happen in the background at their own time; the third is marked as unfinished where it was written.',
  },
  {
    rule: 'Moving a page by userfaultfd fails at a device entry.',
    why: 'It came with Linux 7, after the last profile.',
  },
  {
    rule: 'The end of a process by the out-of-memory killer returns all its device pages.',
    why: 'Every exit does: unmap.releases. Who is killed when is nothing that a case could name.',
  },
  {
    rule: 'The rules of large pages.',
    why: 'The vocabulary speaks of base pages.',
  },
];
