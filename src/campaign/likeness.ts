import type { Breach, Clause } from '../../spec/judge/clause.ts';
import type { Violation } from '../../spec/judge/verdict.ts';

/** A requirement that is broken, and the part of an observation in which that shows. */
type Broken = Pick<Breach, 'requirement' | 'clause'>;

const brokenIn = ({ requirement, clause }: Broken): string => `${requirement} ${clause}`;

/** Counts that are off follow from most bugs: where they are not the first that is broken, they say nothing of which. */
const follows = ({ clause }: Broken): boolean => clause === 'counts' || clause === 'accounting';

/**
 * How the failures of a group first diverge. Two failures are taken for one bug if they
 *
 * - break the same requirement in the same clause; or
 * - differ from the specification in the same words, whatever requirement is named for it; or
 * - one first breaks what the other breaks at the same step.
 *
 * Words are compared without their numbers. A wrong value or a page that moved says the same of most bugs, and so do the
 * words of a race: there the requirement decides.
 */
export class Likeness {
  readonly #signs = new Set<string>();
  readonly #first = new Set<string>();
  readonly #broken = new Set<string>();

  add(violation: Violation): void {
    for (const sign of signsOf(violation)) this.#signs.add(sign);
    this.#first.add(brokenIn(violation));
    for (const breach of violation.breaches) this.#broken.add(brokenIn(breach));
  }

  /** Whether a failure that first diverges so is like one of the group. */
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
      return op === 'race' || isVague(wanted) ? [broken] : [broken, words];
    case 'callbacks':
    case 'entries':
    case 'counts':
      return op === 'race' ? [broken] : [broken, `${op} ${words}`];
    case 'accounting':
      return op === 'race' ? [broken] : [broken, words];
  }
}

/** Pages that are skipped or moved, and values: whatever the bug, the words are these. */
const isVague = (words: string): boolean => words.startsWith('page ') || words.startsWith('the value');

/** Words that are the same whichever process, page, frame and value it is about; of callbacks, which ones. */
export function withoutNumbers(words: string, clause: Clause): string {
  if (clause !== 'callbacks') return words.replaceAll(/\d+/g, '#');
  const calls = words.replaceAll(/\([^)]*\)/g, '').replaceAll(/\d+/g, '#');
  return [...new Set(calls.split(', '))].toSorted().join(', ');
}
