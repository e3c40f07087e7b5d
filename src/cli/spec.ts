import { type Command, Option } from 'commander';
import { PROPERTIES } from '../../properties/properties.ts';
import { CATALOGUE, type CatalogueEntry, CHAPTERS } from '../../spec/requirements/catalogue.ts';
import { NOT_ASSERTED } from '../../spec/requirements/not-asserted.ts';
import { MUTANTS } from '../planted-bugs/planted-bugs.ts';
import { coveredBy } from '../mutation-testing/covered-by.ts';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { amount } from '../report/figures.ts';
import {
  traceability,
  type TracedChapter,
  sentenceName,
  traceabilityText,
} from '../report/generated-pages.ts';
import { chapterOf } from '../report/json-report.ts';
import type { Paint } from '../report/paint.ts';
import { profileRange } from '../report/status-text.ts';
import { columns, cut, wrap } from '../report/text-layout.ts';
import { type Io, paintFor, UserError, widthOf } from './io.ts';
import { findRequirements, noRequirement } from './options.ts';

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
      io.stdout.write(flags.json === true ? requirementsJson(wanted) : asText(wanted, io));
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

const idsOf = (items: readonly { readonly id: string }[]): string[] => items.map(({ id }) => id);

function requirementsJson(wanted: readonly CatalogueEntry[]): string {
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
      properties: idsOf(properties),
      mutants: idsOf(mutants),
    };
  });
  return jsonOf({ requirements });
}

const WIDEST = 120;

/** Prints the traceability matrix. */
async function showMatrix(wanted: readonly CatalogueEntry[], asJson: boolean, io: Io): Promise<ExitCode> {
  io.stderr.write('Measuring which commands cover each requirement …\n');
  const covered = await coveredBy(io.signal);
  if (io.signal.aborted) {
    io.stdout.write('Interrupted. (exit 130)\n');
    return EXIT.interrupted;
  }
  const chapters = traceability(covered).map(({ title, requirements }) => ({
    title,
    requirements: requirements.filter(({ requirement }) => wanted.includes(requirement)),
  }));
  const width = Math.min(widthOf(io.stdout), WIDEST);
  io.stdout.write(asJson ? matrixJson(chapters) : `${traceabilityText(chapters, width, paintFor(io))}\n`);
  return EXIT.conforms;
}

const matrixJson = (chapters: readonly TracedChapter[]): string =>
  jsonOf({
    requirements: chapters.flatMap(({ requirements }) =>
      requirements.map(({ requirement, sentences, profiles, ...looksAfter }) => ({
        id: requirement.id,
        level: requirement.level,
        title: requirement.title,
        seed: sentences.map((sentence) => ({ where: sentenceName(sentence), gist: sentence.gist })),
        source: requirement.source,
        ...looksAfter,
        profiles: profiles ?? null,
      })),
    ),
  });

const jsonOf = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The properties and planted bugs of a requirement. */
interface Coverage {
  readonly properties: readonly { readonly id: string; readonly title: string }[];
  /** Planted bugs that violate it. */
  readonly mutants: readonly { readonly id: string; readonly title: string }[];
}

const coverageOf = ({ id }: CatalogueEntry): Coverage => ({
  properties: PROPERTIES.filter(({ requirements }) => requirements.includes(id)),
  mutants: MUTANTS.filter(({ requirement: primary }) => primary === id),
});

const list = (items: Coverage['mutants']): string =>
  items.length === 0 ? 'none' : items.map((item) => `${item.id}: ${item.title}`).join('\n            ');

/** A requirement in full: text, source, needed capabilities, properties and planted bugs. */
function requirementText(requirement: CatalogueEntry, paint: Paint): string {
  const { id, level, title, text, source, profiles, needs, needsOneOf } = requirement;
  const { properties, mutants } = coverageOf(requirement);
  const oneOf = needsOneOf === undefined ? [] : [`one of ${needsOneOf.join(', ')}`];
  const needsInWords = [...needs, ...oneOf].join('; ') || 'the core only';
  return [
    `${paint.bold(id)} (${level})  ${paint.bold(title)}`,
    '',
    ...wrap(`  ${text}`, '  '),
    '',
    `  Source    ${source}`,
    `  Profiles  ${profileRange(profiles)}`,
    `  Needs     ${needsInWords}`,
    `  Properties:`,
    `            ${list(properties)}`,
    `  Planted bugs:`,
    `            ${list(mutants)}`,
  ].join('\n');
}

/** Requirements by chapter, one line each. */
function requirementList(wanted: readonly CatalogueEntry[], width: number, paint: Paint): string {
  const ids = new Set(wanted.map(({ id }) => id));
  const idWidth = Math.max(...wanted.map(({ id }) => id.length));
  const ranges = wanted.map(({ profiles }) => (profiles === undefined ? '' : profileRange(profiles)));
  const room = width - idWidth - Math.max(...ranges.map(({ length }) => length)) - 14;
  const rows = CHAPTERS.flatMap((chapter) => {
    const requirements = chapter.requirements.filter(({ id }) => ids.has(id));
    if (requirements.length === 0) return [];
    const lines = requirements.map(({ id, level, title, profiles }) => [
      `  ${id}`,
      level,
      profiles === undefined ? '' : profileRange(profiles),
      cut(title, room),
    ]);
    return [[[paint.bold(chapter.title)]], lines, [['']]].flat();
  });
  return columns(rows, '').join('\n');
}
