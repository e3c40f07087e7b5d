import type { Command } from 'commander';
import { CATALOGUE, type CatalogueEntry } from '../../spec/requirements/catalogue.ts';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { chapterOf } from '../report/chapter-of.ts';
import { amount } from '../report/figures.ts';
import { Complaint } from './complaint.ts';
import { type Io, paintFor, widthOf } from './io.ts';
import { findRequirements, noRequirement } from './requirement-option.ts';
import { coverageOf, requirementList, requirementText } from './requirement-text.ts';

const EXAMPLES = `
Examples:
  zdc spec                     every requirement, by chapter
  zdc spec fork                those of one chapter
  zdc spec fork.isolation      one in full: text, source, what it needs, what covers it
  zdc spec --json              all of it for a program`;

/** Adds the verb that lists and explains requirements. */
export function addSpec(program: Command, io: Io, done: (code: ExitCode) => void): void {
  program
    .command('spec')
    .summary('list the requirements, or explain one')
    .description(
      'Lists the requirements, or explains one: its text and source, what it needs, what covers it.',
    )
    .argument('[id]', 'an id, a chapter, or the beginning of some ids')
    .option('--json', 'as JSON')
    .addHelpText('after', EXAMPLES)
    .action((id: string | undefined, { json }: { readonly json?: boolean }) => {
      const wanted = id === undefined ? CATALOGUE : findRequirements(id);
      if (wanted.length === 0) throw new Complaint(EXIT.usage, noRequirement(id ?? ''));
      io.stdout.write(json === true ? asJson(wanted) : asText(wanted, io));
      done(EXIT.conforms);
    });
}

function asText(wanted: readonly CatalogueEntry[], io: Io): string {
  const paint = paintFor(io);
  const [only, ...others] = wanted;
  if (only !== undefined && others.length === 0) return `${requirementText(only, paint)}\n`;
  return `${requirementList(wanted, widthOf(io.stdout), paint)}\n${amount(wanted.length, 'requirement')}; "zdc spec ID" explains one.\n`;
}

const ids = (items: readonly { readonly id: string }[]): string[] => items.map(({ id }) => id);

function asJson(wanted: readonly CatalogueEntry[]): string {
  const requirements = wanted.map((requirement) => {
    const { properties, mutants, seenBy } = coverageOf(requirement);
    const { id, level, title, text, source, profiles, needs } = requirement;
    return {
      id,
      chapter: chapterOf(id),
      level,
      title,
      text,
      source,
      profiles: profiles ?? null,
      needs,
      properties: ids(properties),
      mutants: ids(mutants),
      mutantsSeenEarlier: ids(seenBy),
    };
  });
  return `${JSON.stringify({ requirements }, null, 2)}\n`;
}
