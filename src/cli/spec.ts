import { type Command, Option } from 'commander';
import { CATALOGUE, type CatalogueEntry } from '../../spec/requirements/catalogue.ts';
import { NOT_ASSERTED } from '../../spec/requirements/not-asserted.ts';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { chapterOf } from '../report/write-json-report.ts';
import { amount } from '../report/figures.ts';
import { wrap } from '../report/wrap.ts';
import { UserError, type Io, paintFor, widthOf } from './io.ts';
import { jsonOf, showMatrix } from './spec-matrix.ts';
import { findRequirements, noRequirement } from './requirement-option.ts';
import { coverageOf, requirementList, requirementText } from './requirement-text.ts';

const EXAMPLES = `
Examples:
  zdc spec                     every requirement, by chapter
  zdc spec fork                the requirements of one chapter
  zdc spec fork.isolation      one in full: text, source, needed capabilities, properties and planted bugs
  zdc spec --matrix            trace each requirement from the origin commit to the planted bugs
  zdc spec --not-asserted      known facts that are deliberately not requirements, with reasons
  zdc spec --json              as JSON

--matrix measures which commands cover a requirement; this takes some seconds. reports/traceability.md has the same
content.`;

interface SpecFlags {
  readonly json?: boolean;
  readonly matrix?: boolean;
  readonly notAsserted?: boolean;
}

/** Defines the verb that lists and explains requirements. */
export function defineSpec(verb: Command, io: Io, done: (code: ExitCode) => void): void {
  verb
    .description(
      'Lists the requirements, or shows one: text, source, needed capabilities, properties and planted bugs.',
    )
    .argument('[id]', 'an id, a chapter, or the beginning of ids')
    .option('--matrix', 'trace each requirement to its source and its tests')
    .addOption(
      new Option('--not-asserted', 'list facts that are deliberately not requirements').conflicts('matrix'),
    )
    .option('--json', 'as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (id: string | undefined, flags: SpecFlags) => {
      if (flags.notAsserted === true) {
        if (id !== undefined) throw new UserError(EXIT.usage, `--not-asserted lists all; leave out "${id}".`);
        io.stdout.write(flags.json === true ? jsonOf({ notAsserted: NOT_ASSERTED }) : notAssertedText(io));
        done(EXIT.conforms);
        return;
      }
      const wanted = id === undefined ? CATALOGUE : findRequirements(id);
      if (wanted.length === 0) throw new UserError(EXIT.usage, noRequirement(id ?? ''));
      if (flags.matrix === true) {
        done(await showMatrix(wanted, flags.json === true, io));
        return;
      }
      io.stdout.write(flags.json === true ? asJson(wanted) : asText(wanted, io));
      done(EXIT.conforms);
    });
}

function notAssertedText(io: Io): string {
  const paint = paintFor(io);
  const width = Math.min(widthOf(io.stdout), 100);
  return NOT_ASSERTED.map(({ rule, why }) =>
    [...wrap(rule, '', width).map((line) => paint.bold(line)), ...wrap(`  ${why}`, '  ', width), ''].join(
      '\n',
    ),
  ).join('\n');
}

function asText(wanted: readonly CatalogueEntry[], io: Io): string {
  const paint = paintFor(io);
  const [only, ...others] = wanted;
  if (only !== undefined && others.length === 0) return `${requirementText(only, paint)}\n`;
  return `${requirementList(wanted, widthOf(io.stdout), paint)}\n${amount(wanted.length, 'requirement')}; "zdc spec ID" shows one.\n`;
}

const ids = (items: readonly { readonly id: string }[]): string[] => items.map(({ id }) => id);

function asJson(wanted: readonly CatalogueEntry[]): string {
  const requirements = wanted.map((requirement) => {
    const { properties, mutants } = coverageOf(requirement);
    const { id, level, title, text, source, profiles, needs, needsOneOf } = requirement;
    return {
      id,
      chapter: chapterOf(id),
      level,
      title,
      text,
      source,
      profiles: profiles ?? null,
      needs,
      ...(needsOneOf === undefined ? {} : { needsOneOf }),
      properties: ids(properties),
      mutants: ids(mutants),
    };
  });
  return jsonOf({ requirements });
}
