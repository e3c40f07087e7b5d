import { z } from 'zod';
import { LARGEST_VALUE } from './scope.ts';

/**
 * The result of a migration for one page of its range: `moved` as a base page, `skipped`, or `whole`: moved together
 * with the other pages of its large folio.
 */
export const PageOutcome = z.enum(['moved', 'skipped', 'whole']);
export type PageOutcome = z.infer<typeof PageOutcome>;

/** The result of a query: whether a page was stored to, or the state of its page-table entry. */
export const QueryResult = z.enum(['clean', 'dirty', 'absent', 'present', 'special', 'special-sole']);
export type QueryResult = z.infer<typeof QueryResult>;

/** Error numbers that a command may return. */
export const ErrorName = z.enum(['EFAULT', 'EPERM', 'EBUSY', 'EINVAL', 'ENOMEM', 'ENODEV', 'EEXIST']);
export type ErrorName = z.infer<typeof ErrorName>;

/**
 * The result of one command that is not a race.
 *
 * - a number: the value that a load, a device load or an unpin read; for `swap-on`, the number of accepted areas; for
 *   `evict-all`, `residency`, `smaps` and `charge`, the number of pages
 * - `torn`: the cells of the page hold different values: half a page was copied
 * - `stale`: the page holds the filler of a free frame, or memory without an owner
 * - `ok`: done, with no further information
 * - a signal, `oom`, `trapped` (the access waits for the handler of userfaultfd, and is cancelled), or an error number
 * - `clean` or `dirty`; `absent`, `present`, `special` or `special-sole`: the result of a query
 * - a vector: one `moved`, `skipped` or `whole` for each page of a migration's range, in order
 * - `unsupported`: the target does not know this command
 */
export const Answer = z.union([
  z.int().min(0).max(LARGEST_VALUE),
  z.enum([
    'ok',
    'torn',
    'stale',
    'SIGSEGV',
    'SIGBUS',
    'oom',
    'trapped',
    'unsupported',
    ...ErrorName.options,
    ...QueryResult.options,
  ]),
  z.array(PageOutcome),
]);
export type Answer = number | Exclude<z.infer<typeof Answer>, number | unknown[]> | readonly PageOutcome[];

/** The result of a race: the results that each of the two commands returned. */
export const BothAnswers = z.object({ left: Answer, right: Answer });
export interface BothAnswers {
  readonly left: Answer;
  readonly right: Answer;
}

/** The result of one command. */
export const Result = z.union([...Answer.options, BothAnswers]);
export type Result = Answer | BothAnswers;

/** Whether it is the result of a migration. */
export const isVector = (result: Result | undefined): result is readonly PageOutcome[] =>
  Array.isArray(result);
/** Whether it is the result of a race. */
export const isBoth = (result: Result): result is BothAnswers =>
  typeof result === 'object' && 'left' in result;
