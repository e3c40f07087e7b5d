import type { Flaky } from '../campaign/flaky.ts';
import { printable } from '../corpus/printable.ts';
import { amount } from './figures.ts';
import type { Paint } from './paint.ts';

/** How often a failure comes, and what is otherwise when it does not. */
export function flakyLines({ failed, of, differed }: Flaky, paint: Paint): readonly string[] {
  const often = `  ${paint.yellow('Comes and goes')}: these steps failed in ${failed} of ${amount(of, 'run')}.`;
  if (differed === undefined) return [often, '  The runs do not differ in anything that the target shows.'];
  return [
    `${often} A run that failed and one that did not first differ at step ${differed.step + 1}:`,
    ...differed.fields.flatMap(({ field, failing, passing }) => [
      `    ${field}, where it failed:  ${printable(failing)}`,
      `    ${field}, where it did not: ${printable(passing)}`,
    ]),
  ];
}
