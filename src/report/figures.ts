import type { ProfileOutcome } from '../run/outcome.ts';

const THOUSANDS = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** An integer with thousands separators: 12,345. */
export const figure = (count: number): string => THOUSANDS.format(count);

/** A number with its noun: "1 case", "12,345 cases". */
export const amount = (count: number, thing: string, things: string = `${thing}s`): string =>
  `${figure(count)} ${count === 1 ? thing : things}`;

/** A share in whole percent. 0 % and 100 % are exact: other shares are rounded to 1 % or 99 % at the ends. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return '–';
  const share = Math.round((100 * part) / whole);
  if (share === 0 && part > 0) return '<1%';
  if (share === 100 && part < whole) return '>99%';
  return `${share}%`;
}

/** A duration with its unit: "450 ms", "3.2 s", "2 min 5 s". */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The number of points of its own code that a target reported; undefined for a target that reports none. */
export function targetCoverageInWords({ targetCoverage }: ProfileOutcome): string | undefined {
  if (targetCoverage === undefined) return undefined;
  const { points, directed } = targetCoverage;
  const share = directed === undefined ? '' : `, ${figure(directed)} of them by the directed suite`;
  return `${amount(points.length, 'point')} of its own code${share}`;
}

/** The numbers of directed cases, random cases and commands of a profile. */
export function casesInWords({ cases, commands, directed }: ProfileOutcome): string {
  const random = cases - (directed?.cases ?? 0);
  return (
    `${directed === undefined ? '' : `${amount(directed.cases, 'directed case')} and `}` +
    `${amount(random, directed === undefined ? 'case' : 'random case')}, ${amount(commands, 'command')}`
  );
}
