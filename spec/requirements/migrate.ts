import type { Chapter } from './requirement.ts';

/** Migration by command: to the device, to system memory, by eviction and by detach. */
export const migrateChapter = {
  name: 'migrate',
  title: 'Migration',
  requirements: [
    {
      id: 'migrate.transparent',
      level: 'MUST',
      title: 'Migration changes no content',
      text: 'After any migration every process reads the value that it would have read without the migration.',
      source:
        'Linux commit 5042db43cc26; Linux 8763cb45ab96 (v4.14), content stable while moving; Linux 8763cb45ab96 (v4.14), restoring pages that did not move',
      needs: [],
    },
    {
      id: 'migrate.result-per-page',
      level: 'MUST',
      title: 'Migration returns one correct result per page',
      text: 'The result has one moved or skipped for each page of the range, in order: moved if the page has changed its location, skipped if not.',
      source: 'Linux 8763cb45ab96 (v4.14), migration contract; Linux 44af0b45d58d (v6.1), exact page counts',
      needs: ['entries'],
    },
    {
      id: 'migrate.moves-all',
      level: 'MUST',
      title: 'All entries of a page move together',
      text: 'When a page moves, every entry in every process refers to the new location, under every protection.',
      source: 'own reading, spec/RULES.md; Linux e778406b40db (v6.1), eviction by page',
      needs: ['fork', 'entries'],
    },
    {
      id: 'migrate.write-sole',
      level: 'MUST',
      title: 'A WRITE entry requires an unshared page and a writable mapping',
      text: 'After a migration to the device an entry is WRITE only if no other entry shares the page and the mapping is writable.',
      source:
        'Linux 8763cb45ab96 (v4.14), permissions at the end; Linux v4.14 copy-on-write; a violation fixed in 2026 on record; own reading, spec/RULES.md',
      needs: ['entries'],
    },
    {
      id: 'migrate.keeps-write',
      level: 'SHOULD',
      title: 'A writable page keeps its write permission',
      text: 'A page that its process could store to without a fault gets a WRITE entry when it migrates to the device.',
      source:
        'Linux 3d88705c1067 (v5.16), write permission kept; Linux 8763cb45ab96 (v4.14), permissions at the end; own reading, spec/RULES.md',
      needs: ['entries'],
    },
    {
      id: 'migrate.unpopulated-is-zero',
      level: 'MUST',
      title: 'An unpopulated page that migrates becomes a page of zeros',
      text: 'An unpopulated page that migrates becomes an object with value 0 on a frame of its own; earlier content of the frame is never visible.',
      source: 'Linux 8315ada7f095 (v4.14), holes',
      needs: [],
    },
    {
      id: 'migrate.must-skip',
      level: 'MUST',
      title: 'Migration skips pages that cannot move',
      text: 'A migration skips unmapped and poisoned pages, pages already at the destination, and every page if the device is detached, closed or full.',
      source: 'Linux 8763cb45ab96 (v4.14), best effort by page',
      needs: [],
    },
    {
      id: 'migrate.skip-restores',
      level: 'MUST',
      title: 'A skipped page is unchanged',
      text: 'A skipped page keeps its entries, their permissions, its counts and its value.',
      source: 'Linux 8763cb45ab96 (v4.14), restoring pages that did not move',
      needs: ['entries'],
    },
    {
      id: 'migrate.failure-restores',
      level: 'MUST',
      title: 'A page whose migration fails stays in place',
      text: 'If no frame can be allocated or the copy fails, in either direction, the page is skipped. Its entries, counts and value are as before, and an allocated frame is freed.',
      source:
        'Linux 8763cb45ab96 (v4.14), restoring pages that did not move; Linux 8763cb45ab96 (v4.14), end of a migration; Linux v6.1, end of a migration that failed',
      needs: [],
      needsOneOf: ['inject-no-copy', 'inject-no-frame', 'inject-sigbus', 'inject-oom'],
    },
    {
      id: 'migrate.independent',
      level: 'MUST',
      title: 'Each page of a range migrates independently of the others',
      text: 'An unpopulated or skipped page, or one whose migration fails, does not affect the other pages of the range, at any position.',
      source: 'Linux 8763cb45ab96 (v4.14), best effort by page; an off-by-one fixed before v4.14',
      needs: [],
    },
    {
      id: 'migrate.no-callbacks',
      level: 'MUST',
      title: 'Migration commands do not call page_fault',
      text: 'migrate-to-device, migrate-to-system, evict and detach never call page_fault.',
      source: 'Linux e778406b40db (v6.1), eviction by page',
      needs: ['callbacks'],
    },
    {
      id: 'migrate.frees-source',
      level: 'MUST',
      title: 'Migration to system memory frees the source frame',
      text: 'When a page migrates to system memory its frame is freed once, in that step; a page that migrates to the device allocates one frame.',
      source:
        'Linux 8763cb45ab96 (v4.14), end of a migration; Linux hmm documentation, pages left after exit',
      needs: ['callbacks'],
    },
    {
      id: 'migrate.progress',
      level: 'SHOULD',
      title: 'A page migrates unless there is a reason to skip it',
      text: 'A migration or an eviction skips no page without a reason.',
      source: 'Linux commit 5042db43cc26; Linux 8763cb45ab96 (v4.14), best effort by page',
      needs: [],
    },
    {
      id: 'migrate.detach',
      level: 'MUST',
      title: 'Detach migrates every page to system memory or fails',
      text: 'After a detach that returns ok no page is on the device. If an injection strikes a page and it stays, the result is EBUSY and the device stays attached. Without an injection detach returns ok.',
      source:
        'Linux 0dc45ca1ce18 (v6.1), pages hold their page map; Linux 249881232e14 (v6.1), eviction at release',
      needs: ['attach'],
    },
    {
      id: 'migrate.evict-all',
      level: 'MUST',
      title: 'evict-all migrates every page whose migration does not fail',
      text: 'Every page on the device migrates to system memory, in all processes, except those that an injection strikes. The result is the number of pages that migrated.',
      source: 'Linux e778406b40db (v6.1), eviction by page; Linux hmm self-tests, release',
      needs: ['evict-all'],
    },
  ],
} as const satisfies Chapter;
