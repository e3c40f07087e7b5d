import { z } from 'zod';
import { LARGEST_VALUE } from './scope.ts';

/** What a page-wise migration did to one page of its range. */
export const PageOutcome = z.enum(['moved', 'skipped']);
export type PageOutcome = z.infer<typeof PageOutcome>;

/** What a query answers: whether a page was stored to, and what a page table says of it. */
export const Report = z.enum(['clean', 'dirty', 'absent', 'present', 'special', 'special-sole']);
export type Report = z.infer<typeof Report>;

/** Error numbers that a command may answer with. */
export const ErrorName = z.enum(['EFAULT', 'EPERM', 'EBUSY', 'EINVAL', 'ENOMEM', 'ENODEV', 'EEXIST']);
export type ErrorName = z.infer<typeof ErrorName>;

/**
 * What a target answers to one command that is not a race.
 *
 * - a number: the value that a load, a device load or an unpin saw; for `swap-on`, how many areas were accepted; for
 *   `evict-all`, `residency`, `smaps` and `charge`, how many pages
 * - `torn`: the cells of the page hold different values: half a page was copied
 * - `stale`: the page holds the filler of a free frame, or memory that belongs to nobody
 * - `ok`: done, and there is nothing to tell
 * - a signal, `oom`, `trapped` (the touch waits for whoever watches the page, and is taken back), or an error number
 * - `clean` or `dirty`; `absent`, `present`, `special` or `special-sole`: what a query found
 * - a vector: one `moved` or `skipped` for each page of a migration's range, in order
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
    ...Report.options,
  ]),
  z.array(PageOutcome),
]);
export type Answer = number | Exclude<z.infer<typeof Answer>, number | unknown[]> | readonly PageOutcome[];

/** What a target answers to a race: what each of the two commands would have answered by itself. */
export const BothAnswers = z.object({ left: Answer, right: Answer });
export interface BothAnswers {
  readonly left: Answer;
  readonly right: Answer;
}

/** What a target answers to one command. */
export const Result = z.union([...Answer.options, BothAnswers]);
export type Result = Answer | BothAnswers;

/** Whether it is the answer to a migration. */
export const isVector = (result: Result | undefined): result is readonly PageOutcome[] =>
  Array.isArray(result);
/** Whether it is the answer to a race. */
export const isBoth = (result: Result): result is BothAnswers =>
  typeof result === 'object' && 'left' in result;
