import { InvalidArgumentError } from 'commander';
import { randomInt } from 'node:crypto';

/** A parser for integers within bounds. It rejects "12x" and "1e3", and does not round large numbers. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };

/** Seeds have 32 bits. Larger numbers would be truncated and give the cases of another seed. */
const MAX_SEED = 4_294_967_295;

export const parseSeed = wholeNumber(0, MAX_SEED);

/** The seed of a run without `--seed`. */
export const randomSeed = (): number => randomInt(MAX_SEED + 1);

const UNITS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** In milliseconds. Timers of Node are limited to 24 days; a day is enough for a run. */
const MAX_DURATION_MS = 24 * 3_600_000;

/** Parses a duration such as "500ms", "30s", "2m" or "1h" to milliseconds. */
export function parseDuration(text: string): number {
  const [, number, unit] = /^([0-9]{1,9}(?:\.[0-9]{1,3})?)(ms|s|m|h)$/.exec(text) ?? [];
  const milliseconds = Number(number) * (UNITS.get(unit ?? '') ?? Number.NaN);
  if (milliseconds >= 1 && milliseconds <= MAX_DURATION_MS) return Math.round(milliseconds);
  throw new InvalidArgumentError(
    'Expected a number with its unit (ms, s, m or h), such as 500ms, 30s or 2m, up to 24h.',
  );
}
