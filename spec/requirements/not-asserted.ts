/** A known rule that no requirement states, and the reason. */
export interface NotAsserted {
  readonly rule: string;
  readonly why: string;
}

/**
 * Rules of private memory that are deliberately not asserted: no observation of a target could refute them, sources
 * contradict each other, or they concern something outside this vocabulary.
 */
export const NOT_ASSERTED: readonly NotAsserted[] = [
  {
    rule: 'With the feature configured off no entry is special, and a fault routed to its stub ends in SIGBUS.',
    why: 'A case cannot change the configuration, and on a target without the feature there is nothing to judge.',
  },
  {
    rule: 'Special entries encode and decode without loss, and are never confused with entries of another type.',
    why: 'Encodings are internal; the effects of a wrong one violate the requirements on entries, counts and swap areas.',
  },
  {
    rule: 'Functions of the swap cache ignore device entries.',
    why: 'Only the implementation calls them; a wrong number of swap areas violates types.swap-limit.',
  },
  {
    rule: 'The address range is recorded with a descriptor of its own.',
    why: 'The table of descriptors is internal. Their purpose is that no other memory uses the range: types.add-memory.',
  },
  {
    rule: 'The feature needs certain configurations of the kernel.',
    why: 'A case cannot change the configuration.',
  },
  {
    rule: 'There is no linear mapping of private memory.',
    why: 'Its only observable effect is that the CPU never reads the memory directly: fault.never-direct.',
  },
  {
    rule: 'A device page is on no list of the memory manager, and its driver has a field of its own in the page structure.',
    why: 'The effects of a violation are observable: reclaimed pages, stale values, crashes.',
  },
  {
    rule: 'Freeing host memory does not execute the code that frees private memory.',
    why: 'The code path is internal. Its observable effect is that no callback is called: types.host-no-callbacks.',
  },
  {
    rule: 'No code can take a reference to an idle device page.',
    why: 'Only code of the implementation could take one; a free frame with a wrong count violates count.idle.',
  },
  {
    rule: 'A driver never refuses a migration to system memory because of a memory limit.',
    why: 'The reasons of a driver are internal; a page that does not migrate at a limit violates account.limit-spares-return.',
  },
  {
    rule: 'Threads that access one page concurrently all resume with one value, and one migration commits.',
    why: 'A race has two commands, so three or more are not judged. For two: race.one-order.',
  },
  {
    rule: 'A fault is dropped if its entry has changed in the meantime, and an unmap during a migration loses nothing.',
    why: 'The steps within a command are not observable; the result of a race of two is race.one-order.',
  },
  {
    rule: 'The callback is not run under the lock of one mapping alone.',
    why: 'Locks are internal; a wrong one can cause a hang, which violates robust.terminates.',
  },
  {
    rule: 'A page migrates to system memory with the write permission of its entry, so that a store needs no second fault.',
    why: 'No capability shows the number of CPU faults on pages in system memory; only page_fault is shown.',
  },
  {
    rule: 'Soft-dirty at fork and at a change of protection.',
    why: 'Versions and page sizes differ in this. Neither makes a clean page dirty: track.clear.',
  },
  {
    rule: 'Removing only the shared pages of a range leaves private device entries in place.',
    why: 'Truncation and hole punching concern files, whose pages never migrate; for private copies: types.file-copy.',
  },
  {
    rule: 'The page map shows the frame number.',
    why: 'It does so only for privileged readers, and the encoding depends on the version. Frames are compared in the snapshot.',
  },
  {
    rule: 'A migration with wrong arguments is refused as a whole.',
    why: 'A range may contain several mappings and unmapped pages, because each page is migrated by itself; unmapped pages are skipped.',
  },
  {
    rule: 'While a page is being migrated its content is stable, and the count of pages that will move is exact.',
    why: 'The steps within a command are not observable; the result for each page is migrate.result-per-page.',
  },
  {
    rule: 'Dirty data survives a failed migration, so that swap does not lose it.',
    why: 'A page that was swapped out is shown as system memory; a lost value violates migrate.transparent.',
  },
  {
    rule: 'Resident pages are counted by kind: anonymous, file, shared.',
    why: 'Only anonymous pages can be on a device, so no command of a case changes the other counters for a page on a device.',
  },
  {
    rule: 'The page table of a device is invalidated before a page is reused; snapshots are retried.',
    why: 'The page table of a device is internal; the values that a device reads are judged by device.load-value and, in a race, by race.one-order.',
  },
  {
    rule: 'Snapshots by a device distinguish unpopulated pages, pages of zeros and gaps.',
    why: 'No command takes a snapshot by a device; a device load returns the value and populates nothing.',
  },
  {
    rule: 'A device that has failed permanently gives SIGBUS.',
    why: 'In a case this is the injection sigbus until-healed: failure.sigbus.',
  },
  {
    rule: 'Merging of equal pages, collapsing in the background and handling of broken memory ignore device pages.',
    why: 'A case cannot determine when the first two run; the third is marked as unfinished in the kernel. A collapse by command is judged: folio.collapse-refused.',
  },
  {
    rule: 'Moving a page by userfaultfd fails at a device entry.',
    why: 'The vocabulary has no command that moves a page by userfaultfd.',
  },
  {
    rule: 'The end of a process by the out-of-memory killer releases all its device pages.',
    why: 'A case cannot determine which process is killed. Every exit releases them: unmap.releases.',
  },
  {
    rule: 'From Linux 6.19 folio_free is called once for a folio, after its mapping is cleared and its charge returned, and before the references to the page map are dropped.',
    why: 'The order of steps within a command is not observable; the counts in the callback are count.free-unmapped, the charge after the command is account.charge.',
  },
  {
    rule: 'From Linux 6.19 a driver initializes every page of a folio again when it allocates the folio.',
    why: 'Initialization is internal to the driver; wrong counts and owners are observable: count.references, devices.owner-called.',
  },
  {
    rule: 'From Linux 6.15 exclusive access is given to one anonymous page at a time.',
    why: 'The command names one page and is not sent for other memory; that the mapping must be writable is exclusive.permission.',
  },
  {
    rule: 'From Linux 6.15 an exclusive entry counts as a mapping, and memory management can migrate its page.',
    why: 'The snapshot shows map counts of frames only, and an exclusive page is in system memory. migrate_vma skips the page in every version; the rules also allow its migration.',
  },
  {
    rule: 'From Linux 7.3 a device access can wait for the page of a userfaultfd watch, without the lock of the address space.',
    why: 'A case has no monitor that ends such a wait; an access to a watched page is trapped or fails: watch.traps-missing.',
  },
  {
    rule: 'From Linux 7.3 userfaultfd has a mode in which loads are trapped as well as stores.',
    why: 'The vocabulary has watches for missing pages and for stores only.',
  },
  {
    rule: 'Large folios with locks, advice, userfaultfd, exclusive access, inherit, control groups or surprise removal.',
    why: 'These commands are not sent in worlds with blocks (24.18).',
  },
];
