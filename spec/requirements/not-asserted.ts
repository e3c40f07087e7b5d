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
    why: 'A case cannot change the configuration; a target without the feature has nothing to judge.',
  },
  {
    rule: 'Special entries encode and decode without loss, and are never confused with entries of another type.',
    why: 'Encodings are internal. The rules on entries, counts and swap detect the effects of a wrong one.',
  },
  {
    rule: 'Functions of the swap cache ignore device entries.',
    why: 'Only the implementation calls them; types.swap-limit detects a swap count that was changed.',
  },
  {
    rule: 'The address range is recorded with a descriptor of its own.',
    why: 'The descriptor is an entry of an internal table; its purpose, that nothing else uses the range, is types.add-memory.',
  },
  {
    rule: 'The feature needs certain configurations of the kernel.',
    why: 'A case cannot change the configuration.',
  },
  {
    rule: 'There is no linear mapping of private memory.',
    why: 'Only its effect is observable, that the CPU never reads the memory: fault.never-direct.',
  },
  {
    rule: 'A device page is on no list of the memory manager, and its driver has a field of its own in the page structure.',
    why: 'The effects of a violation are observable: reclaimed pages, stale values, crashes.',
  },
  {
    rule: 'Releasing host memory takes no branch that private memory needs.',
    why: 'A branch costs time and changes no state; that no callback is called is types.host-no-callbacks.',
  },
  {
    rule: 'No code can take a reference to an idle device page.',
    why: 'Only code inside an implementation could try; that free frames keep their count is count.idle.',
  },
  {
    rule: 'A driver never refuses a migration to system memory because of a memory limit.',
    why: 'The reason is internal to the driver; that the page migrates at a limit is account.limit-spares-return.',
  },
  {
    rule: 'Threads that access one page concurrently all resume with one value, and one migration commits.',
    why: 'A race has two commands; no requirement covers three or more. For two: race.one-order.',
  },
  {
    rule: 'A fault is dropped if its entry has changed in the meantime, and an unmap during a migration loses nothing.',
    why: 'The inside of a command is not observable; that a race of two loses nothing is race.one-order.',
  },
  {
    rule: 'The callback is not run under the lock of one mapping alone.',
    why: 'Locks are internal; a wrong one has the effect of a hang, which is robust.terminates.',
  },
  {
    rule: 'A page migrates to system memory with the write permission of its entry, so that a store needs no second fault.',
    why: 'No capability shows the number of CPU faults on pages in system memory; only page_fault is shown.',
  },
  {
    rule: 'Soft-dirty at fork and at a change of protection.',
    why: 'Versions and page sizes differ on purpose. That neither makes a clean page dirty is track.clear.',
  },
  {
    rule: 'Removing only the shared pages of a range leaves private device entries in place.',
    why: 'Truncation and hole punching concern files, whose pages never migrate; private copies are types.file-copy.',
  },
  {
    rule: 'The page map shows the frame number.',
    why: 'It does so only for privileged readers and in an encoding of each version; the snapshot of entries compares frames.',
  },
  {
    rule: 'A migration with wrong arguments is refused as a whole.',
    why: 'A range here is the composition of its pages, so that no target has to merge mappings; gaps are skipped pages.',
  },
  {
    rule: 'While a page is being migrated its content is stable, and the count of pages that will move is exact.',
    why: 'The inside of a command is not observable; the result for each page is migrate.result-per-page.',
  },
  {
    rule: 'Dirty data survives a failed migration, so that swap does not lose it.',
    why: 'Swapped pages are shown as system memory; that the value is kept is migrate.transparent.',
  },
  {
    rule: 'Resident pages are counted by kind: anonymous, file, shared.',
    why: 'Only anonymous pages can be on a device; the other counters cannot be reached.',
  },
  {
    rule: 'The page table of a device is invalidated before a page is reused; snapshots are retried.',
    why: 'The page table of a device is internal; the values that a device reads are device.load-value, and in a race race.one-order.',
  },
  {
    rule: 'Snapshots by a device distinguish unpopulated pages, pages of zeros and gaps.',
    why: 'The vocabulary has no snapshot by a device; a device load returns the readable value and populates nothing.',
  },
  {
    rule: 'A device that has failed permanently gives SIGBUS.',
    why: 'That is an injection that lasts; a driver that leaves without eviction is migrate.detach.',
  },
  {
    rule: 'Merging of equal pages, collapsing to large pages and handling of broken memory ignore device pages.',
    why: 'The first two run in the background at times of their own; the third is marked as unfinished at its origin.',
  },
  {
    rule: 'Moving a page by userfaultfd fails at a device entry.',
    why: 'The vocabulary has no command that moves a page by userfaultfd.',
  },
  {
    rule: 'The end of a process by the out-of-memory killer releases all its device pages.',
    why: 'Every exit does: unmap.releases. A case cannot name the process that is killed.',
  },
  {
    rule: 'From Linux 6.19 folio_free is called once for a folio, after its mapping is cleared and its charge returned, and before the references to the page map are dropped.',
    why: 'The order within a free is not observable; the counts in the callback are count.free-unmapped, the charge after the step is account.charge.',
  },
  {
    rule: 'From Linux 6.19 a driver initializes every page of a folio again when it allocates the folio.',
    why: 'It is an interface of the driver; stale counts and owners are observable: count.references, devices.owner-called.',
  },
  {
    rule: 'From Linux 6.15 exclusive access is given to one anonymous page at a time.',
    why: 'The command names one page and is not sent for other memory; that the mapping must be writable is exclusive.permission.',
  },
  {
    rule: 'From Linux 6.15 an exclusive entry counts as a mapping, and memory management can migrate its page.',
    why: 'Mappings are shown of frames only, and an exclusive page is in system memory. migrate_vma skips an exclusive entry in every version, and the rules allow both.',
  },
  {
    rule: 'From Linux 7.3 a device access can wait for the page of a userfaultfd watch, without the lock of the address space.',
    why: 'A case has no monitor that ends such a wait; an access to a watched page is trapped or fails: watch.traps-missing.',
  },
  {
    rule: 'From Linux 7.3 userfaultfd has a mode in which loads are trapped as well as stores.',
    why: 'The vocabulary has watches for missing pages and for stores.',
  },
  {
    rule: 'The rules of large pages.',
    why: 'The vocabulary has base pages only.',
  },
];
