import type { ProfileOutcome } from '../run/outcome.ts';
import { amount } from './figures.ts';

/** The numbers of directed cases, random cases and commands of a profile. */
export function casesInWords({ cases, commands, directed }: ProfileOutcome): string {
  const random = cases - (directed?.cases ?? 0);
  return (
    `${directed === undefined ? '' : `${amount(directed.cases, 'directed case')} and `}` +
    `${amount(random, directed === undefined ? 'case' : 'random case')}, ${amount(commands, 'command')}`
  );
}
