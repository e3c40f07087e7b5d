import type { Flaky } from '../judge/flaky.ts';
import type { Rate } from '../judge/repetition.ts';
import { printable } from '../corpus/printable.ts';
import { amount } from './figures.ts';
import type { Paint } from './paint.ts';

const COMES = 'Comes and goes';

/** How often these steps failed, where that was not each time. */
export const rateInWords = ({ failed, of }: Rate): string =>
  `${COMES}: these steps failed in ${failed} of ${amount(of, 'run')}`;

/** How often a failure comes, and what is otherwise when it does not. */
export function flakyLines({ differed, ...rate }: Flaky, paint: Paint): readonly string[] {
  const often = `  ${rateInWords(rate).replace(COMES, paint.yellow(COMES))}.`;
  if (differed === undefined) return [often, '  The runs do not differ in anything that the target shows.'];
  return [
    `${often} A run that failed and one that did not first differ at step ${differed.step + 1}:`,
    ...differed.fields.flatMap(({ field, failing, passing }) => [
      `    ${field}, where it failed:  ${printable(failing)}`,
      `    ${field}, where it did not: ${printable(passing)}`,
    ]),
  ];
}
