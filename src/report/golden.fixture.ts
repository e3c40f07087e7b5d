import { readFileSync, writeFileSync } from 'node:fs';
import { formattedJson } from '../corpus/printable.ts';
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

/** A JSON value as the text of a golden file: a requirement a line. */
export const goldenJson = (name: string, value: unknown): Pair =>
  golden(name, `${formattedJson(value, 200)}\n`);

/**
 * The generated part of a text that is put together from source files: of every four or more lines in a row that are
 * lines of those files, one line stays. The files are not tested by a second copy of them.
 */
export function generatedPart(text: string, sources: readonly string[]): string {
  const known = new Set(['', ...sources.flatMap((source) => source.split('\n'))]);
  const kept: string[] = [];
  let run: string[] = [];
  const endRun = (): void => {
    kept.push(...(run.length < 4 ? run : ['(lines of the sources)']));
    run = [];
  };
  for (const line of text.split('\n')) {
    if (known.has(line)) {
      run.push(line);
      continue;
    }
    endRun();
    kept.push(line);
  }
  endRun();
  return kept.join('\n');
}
