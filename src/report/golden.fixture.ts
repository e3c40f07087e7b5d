import { readFileSync, writeFileSync } from 'node:fs';
import { SUITE } from '../corpus/suite.ts';

/** Two texts that should be the same: what was made, and what the golden file of this name holds. */
interface Pair {
  readonly made: string;
  readonly kept: string;
}

/** Reads a golden file, of this room or of that of another test; ZDC_UPDATE_GOLDEN=1 writes what was made to it first. */
export function golden(name: string, text: string, beside: string = import.meta.url): Pair {
  const file = new URL(`golden/${name}`, beside);
  // A release must not change every file.
  const made = text.replaceAll(SUITE.version, 'VERSION');
  if (process.env['ZDC_UPDATE_GOLDEN'] === '1') writeFileSync(file, made);
  return { made, kept: readFileSync(file, 'utf8') };
}
