import { PROPERTIES } from '../../properties/properties.ts';
import { type CatalogueEntry, CHAPTERS } from '../../spec/requirements/catalogue.ts';
import { MUTANTS } from '../mutants/mutants.ts';
import type { Paint } from '../report/paint.ts';
import { profileRange } from '../report/profile-marks.ts';
import { columns, cut } from '../report/table.ts';
import { wrap } from '../report/wrap.ts';

/** The properties and planted bugs of a requirement. */
export interface Coverage {
  readonly properties: readonly { readonly id: string; readonly title: string }[];
  /** Planted bugs that violate it. */
  readonly mutants: readonly { readonly id: string; readonly title: string }[];
}

export const coverageOf = ({ id }: CatalogueEntry): Coverage => ({
  properties: PROPERTIES.filter(({ requirements }) => requirements.includes(id)),
  mutants: MUTANTS.filter(({ requirement: primary }) => primary === id),
});

const list = (items: Coverage['mutants']): string =>
  items.length === 0 ? 'none' : items.map((item) => `${item.id}: ${item.title}`).join('\n            ');

/** A requirement in full: text, source, needed capabilities, properties and planted bugs. */
export function requirementText(requirement: CatalogueEntry, paint: Paint): string {
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
export function requirementList(wanted: readonly CatalogueEntry[], width: number, paint: Paint): string {
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
