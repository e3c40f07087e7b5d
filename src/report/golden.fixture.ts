import { readFileSync, writeFileSync } from 'node:fs';
import { SUITE } from '../corpus/suite.ts';

/** The produced text and the content of the golden file, which should be equal. */
interface Pair {
  readonly made: string;
  readonly kept: string;
}

/** Reads a golden file of this directory or of another test's. ZDC_UPDATE_GOLDEN=1 first overwrites it with the text. */
export function golden(name: string, text: string, beside: string = import.meta.url): Pair {
  const file = new URL(`golden/${name}`, beside);
  // The version is replaced: a release must not change every file.
  const made = text.replaceAll(SUITE.version, 'VERSION');
  if (process.env['ZDC_UPDATE_GOLDEN'] === '1') writeFileSync(file, made);
  return { made, kept: readFileSync(file, 'utf8') };
}
