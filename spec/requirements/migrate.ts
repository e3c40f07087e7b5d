import type { Chapter } from './requirement.ts';

/** How pages move by request: to the device, to system memory, by eviction and by detach. */
export const migrate = {
  name: 'migrate',
  title: 'Migrate',
  requirements: [
    {
      id: 'migrate.transparent',
      level: 'MUST',
      title: 'Migration changes no content',
      text: 'Whatever moves wherever, every process reads afterwards what it would have read before.',
      source:
        'Linux commit 5042db43cc26; Linux 8763cb45ab96 (v4.14), content stable while moving; Linux 8763cb45ab96 (v4.14), restoring what did not move',
      needs: [],
    },
    {
      id: 'migrate.vector',
      level: 'MUST',
      title: 'The answer tells the truth for each page',
      text: 'One moved or skipped for every page of the range, in order: moved where the page is elsewhere now, skipped where it is not.',
      source: 'Linux 8763cb45ab96 (v4.14), migration contract; Linux 44af0b45d58d (v6.1), exact page counts',
      needs: ['entries'],
    },
    {
      id: 'migrate.moves-all',
      level: 'MUST',
      title: 'All entries of a page move together',
      text: 'When a page moves, every entry in every process names its new place, also those without permission.',
      source: 'own reading, spec/RULES.md; Linux e778406b40db (v6.1), eviction by page',
      needs: ['fork', 'entries'],
    },
    {
      id: 'migrate.write-sole',
      level: 'MUST',
      title: 'A WRITE entry belongs to a sole mapper in a writable mapping',
      text: 'After a migration to the device an entry is WRITE only if no other process shares the page and the mapping is writable.',
      source:
        'Linux 8763cb45ab96 (v4.14), permissions at the end; Linux v4.14 copy-on-write; a violation fixed in 2026 on record; own reading, spec/RULES.md',
      needs: ['entries'],
    },
    {
      id: 'migrate.keeps-write',
      level: 'SHOULD',
      title: 'A writable page keeps its WRITE flavour',
      text: 'A page that its process could store to without a fault gets a WRITE entry when it moves to the device.',
      source:
        'Linux 3d88705c1067 (v5.16), write permission kept; Linux 8763cb45ab96 (v4.14), permissions at the end; own reading, spec/RULES.md',
      needs: ['entries'],
    },
    {
      id: 'migrate.hole-is-zero',
      level: 'MUST',
      title: 'A hole that moves becomes a cleared page on the device',
      text: 'Migrating a hole makes a page of zeros on a frame of its own, never what the frame held before.',
      source: 'Linux 8315ada7f095 (v4.14), holes',
      needs: [],
    },
    {
      id: 'migrate.must-skip',
      level: 'MUST',
      title: 'What cannot move is skipped',
      text: 'Unmapped and poisoned pages, pages already there, and every page when the device is detached or full are skipped by a migration.',
      source: 'Linux 8763cb45ab96 (v4.14), best effort by page',
      needs: [],
    },
    {
      id: 'migrate.skip-restores',
      level: 'MUST',
      title: 'A skipped page is left exactly as it was',
      text: 'A page that was skipped keeps its entries, their flavours, its counts, its value.',
      source: 'Linux 8763cb45ab96 (v4.14), restoring what did not move',
      needs: ['entries'],
    },
    {
      id: 'migrate.failure-restores',
      level: 'MUST',
      title: 'A page whose move fails stays where it was',
      text: 'When no frame can be had, or the copy fails, in either direction, the page is skipped; its entries, counts and value are as before, and a frame taken in vain is freed.',
      source:
        'Linux 8763cb45ab96 (v4.14), restoring what did not move; Linux 8763cb45ab96 (v4.14), end of a migration; Linux v6.1, end of a migration that failed',
      needs: [],
      needsOneOf: ['inject-no-copy', 'inject-no-frame', 'inject-sigbus', 'inject-oom'],
    },
    {
      id: 'migrate.independent',
      level: 'MUST',
      title: 'The fate of one page of a range is not that of another',
      text: 'Holes, skipped and failing pages in any position leave the others of the range unaffected.',
      source: 'Linux 8763cb45ab96 (v4.14), best effort by page; an off-by-one fixed before v4.14',
      needs: [],
    },
    {
      id: 'migrate.quiet',
      level: 'MUST',
      title: 'Migration by request calls no page_fault',
      text: 'migrate-to-device, migrate-to-system, evict and detach never call page_fault.',
      source: 'Linux e778406b40db (v6.1), eviction by page',
      needs: ['callbacks'],
    },
    {
      id: 'migrate.frees-source',
      level: 'MUST',
      title: 'The frame that a page has left is freed',
      text: 'When a page moves to system memory its frame is freed once, in that step; a page that moves to the device takes one frame.',
      source:
        'Linux 8763cb45ab96 (v4.14), end of a migration; Linux hmm documentation, what is left after exit',
      needs: ['callbacks'],
    },
    {
      id: 'migrate.progress',
      level: 'SHOULD',
      title: 'A page that nothing holds back moves',
      text: 'A migration or an eviction skips nothing without a reason.',
      source: 'Linux commit 5042db43cc26; Linux 8763cb45ab96 (v4.14), best effort by page',
      needs: [],
    },
    {
      id: 'migrate.detach',
      level: 'MUST',
      title: 'Detach brings every page back, or the device stays',
      text: 'After a detach that answers ok nothing lives on the device; where a page could not be brought back the answer is EBUSY and the device stays. A healthy device detaches.',
      source:
        'Linux 0dc45ca1ce18 (v6.1), pages hold their page map; Linux 249881232e14 (v6.1), eviction at release',
      needs: ['attach'],
    },
    {
      id: 'migrate.evict-all',
      level: 'MUST',
      title: 'Evict-all brings back what can come',
      text: 'Every page on the device comes back unless it fails, from every process that maps it, and the answer says how many did.',
      source: 'Linux e778406b40db (v6.1), eviction by page; Linux hmm self-tests, release',
      needs: ['evict-all'],
    },
  ],
} as const satisfies Chapter;
