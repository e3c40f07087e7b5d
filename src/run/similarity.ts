import type { Breach, Clause } from '../../spec/judge/clause.ts';
import type { Violation } from '../../spec/judge/verdict.ts';

/** A violated requirement and the clause that shows it. */
type Broken = Pick<Breach, 'requirement' | 'clause'>;

const brokenIn = ({ requirement, clause }: Broken): string => `${requirement} ${clause}`;

/** Wrong counts are a consequence of most bugs. Unless they are the first mismatch, they are not characteristic. */
const follows = ({ clause }: Broken): boolean => clause === 'counts' || clause === 'accounting';

/**
 * Features by which the first divergences of two failures are compared. Two failures are attributed to one bug if they
 *
 * - violate the same requirement in the same clause, or
 * - differ from the specification in the same words, for any requirement, or
 * - return the same error from the same command, for any allowed result, or
 * - one violates first a requirement that the other violates at the same step.
 *
 * Words are compared without numbers. The words for a wrong value, a moved page or a race are the same for most bugs;
 * there the requirement decides.
 */
export class Similarity {
  readonly #signs = new Set<string>();
  readonly #first = new Set<string>();
  readonly #broken = new Set<string>();

  add(violation: Violation): void {
    for (const sign of signsOf(violation)) this.#signs.add(sign);
    this.#first.add(brokenIn(violation));
    for (const breach of violation.breaches) this.#broken.add(brokenIn(breach));
  }

  /** Whether a failure with this first divergence resembles the group. */
  has(violation: Violation): boolean {
    const { breaches } = violation;
    return (
      signsOf(violation).some((sign) => this.#signs.has(sign)) ||
      (!follows(violation) && this.#broken.has(brokenIn(violation))) ||
      breaches.some((breach) => !follows(breach) && this.#first.has(brokenIn(breach)))
    );
  }
}

function signsOf({ requirement, op, clause, expected, observed }: Violation): readonly string[] {
  const broken = `${requirement} ${clause}`;
  const [wanted = ''] = expected.map((one) => withoutNumbers(one, clause)).toSorted();
  const words = `${clause}: ${wanted}, not ${withoutNumbers(observed, clause)}`;
  switch (clause) {
    case 'value':
      return [broken];
    case 'result':
      if (op === 'race' || isVague(wanted)) return [broken];
      return isError(observed) ? [broken, words, `${op} returns ${observed}`] : [broken, words];
    case 'callbacks':
    case 'entries':
    case 'counts':
      return op === 'race' ? [broken] : [broken, `${op} ${words}`];
    case 'accounting':
      return op === 'race' ? [broken] : [broken, words];
  }
}

/** Whether the observed result is an error. */
const isError = (observed: string): boolean =>
  /^[A-Z]+$/.test(observed) || observed === 'oom' || observed === 'trapped';

/** Words about moved or skipped pages and about values are the same for most bugs. */
const isVague = (words: string): boolean => words.startsWith('page ') || words.startsWith('the value');

/** The words without numbers of processes, pages, frames and values; for callbacks, the set of their names. */
export function withoutNumbers(words: string, clause: Clause): string {
  if (clause !== 'callbacks') return words.replaceAll(/\d+/g, '#');
  const calls = words.replaceAll(/\([^)]*\)| once| \d+ times/g, '').replaceAll(/\d+/g, '#');
  return [...new Set(calls.split(', '))].toSorted().join(', ');
}
