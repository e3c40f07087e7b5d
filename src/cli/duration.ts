import { InvalidArgumentError } from 'commander';

const UNITS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** No timer of Node's runs for longer than 24 days; no run of ours should. */
const LONGEST = 24 * 3_600_000;

/** Reads a span of time, "500ms", "30s", "2m" or "1h", and gives it in milliseconds. */
export function parseDuration(text: string): number {
  const [, number, unit] = /^([0-9]{1,9}(?:\.[0-9]{1,3})?)(ms|s|m|h)$/.exec(text) ?? [];
  const milliseconds = Number(number) * (UNITS.get(unit ?? '') ?? Number.NaN);
  if (milliseconds >= 1 && milliseconds <= LONGEST) return Math.round(milliseconds);
  throw new InvalidArgumentError(
    'Expected a number with its unit (ms, s, m or h), such as 500ms, 30s or 2m, up to 24h.',
  );
}
