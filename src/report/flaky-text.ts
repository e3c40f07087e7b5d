import type { Flaky } from '../judge/flaky.ts';
import type { Rate } from '../judge/repetition.ts';
import { printable } from '../corpus/printable.ts';
import { amount } from './figures.ts';
import type { Paint } from './paint.ts';

const FLAKY = 'Flaky';

/** The failure rate of a flaky counterexample. */
export const rateInWords = ({ failed, of }: Rate): string =>
  `${FLAKY}: these steps failed in ${failed} of ${amount(of, 'run')}`;

/** The failure rate, and the first difference between a failing and a passing run. */
export function flakyLines({ differed, ...rate }: Flaky, paint: Paint): readonly string[] {
  const often = `  ${rateInWords(rate).replace(FLAKY, paint.yellow(FLAKY))}.`;
  if (differed === undefined) return [often, '  The observations of failing and passing runs do not differ.'];
  return [
    `${often} A failing and a passing run first differ at step ${differed.step + 1}:`,
    ...differed.fields.flatMap(({ field, failing, passing }) => [
      `    ${field}, failing run: ${printable(failing)}`,
      `    ${field}, passing run: ${printable(passing)}`,
    ]),
  ];
}
