import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Case } from '../../spec/vocabulary/case.ts';
import { Command } from '../../spec/vocabulary/command.ts';
import type { StoppedSearch } from '../search/certify.ts';
import { CERTIFICATES } from '../search/certificate.ts';
import { writeWhole } from './write-whole.ts';
import { readText } from './read-text.ts';

/** With more states than this, saving a search takes longer than repeating it. */
const MAX_STATES = 1_000_000;

const Path = z.array(Command);

/** The state of an interrupted search for a shorter case, saved beside the counterexample. */
const SearchFile = z.object({
  format: z.literal('zdc-search'),
  version: z.literal(1),
  /** A hash of the case and of the search options: a search is continued only for the same ones. */
  of: z.string(),
  certificate: z.enum(CERTIFICATES),
  length: z.int().min(1),
  level: z.array(Path),
  next: z.array(Path),
  seen: z.array(z.string()),
});

const pathFor = (counterexample: string): string => counterexample.replace(/(\.json)?$/, '.search');

const identityOf = (testCase: Case, target: string, allCommands: boolean): string =>
  createHash('sha256')
    .update(JSON.stringify([testCase, target, allCommands]))
    .digest('hex');

/** Saves the state of an interrupted search; removes the file if the search is complete. */
export async function saveSearch(
  counterexample: string,
  testCase: Case,
  target: string,
  allCommands: boolean,
  search: StoppedSearch | undefined,
): Promise<boolean> {
  const path = pathFor(counterexample);
  if (search === undefined || search.frontier.seen.length > MAX_STATES) {
    await rm(path, { force: true });
    return false;
  }
  const { certificate, frontier } = search;
  const of = identityOf(testCase, target, allCommands);
  const file = { format: 'zdc-search', version: 1, of, certificate, ...frontier };
  await writeWhole(path, JSON.stringify(file), dirname(path));
  return true;
}

/** The saved state of a search for this case; undefined if there is none or its file is unusable. */
export async function loadSearch(
  counterexample: string,
  testCase: Case,
  target: string,
  allCommands: boolean,
): Promise<StoppedSearch | undefined> {
  const text = await readText(pathFor(counterexample)).catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = SearchFile.safeParse(parseJson(text));
  if (!parsed.success || parsed.data.of !== identityOf(testCase, target, allCommands)) return undefined;
  const { certificate, length, level, next, seen } = parsed.data;
  return { certificate, frontier: { length, level, next, seen } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
