import { LEVELS, type Observability, type CaughtAt } from '../mutation/observability.ts';
import { amount, figure } from './figures.ts';

const COMMAND = 'node dist/src/bench/observability-main.js';

/** The parameters of the measurement. */
export const OBSERVABILITY_RUN = { seed: 1, maxCommands: 20_000 } as const;

/** The Markdown page that lists the planted bugs caught at each level of observability. */
export function observabilityPage(all: readonly Observability[]): string {
  const { seed, maxCommands } = OBSERVABILITY_RUN;
  const caught = LEVELS.map(({ name }, level) => `| ${name} | ${caughtAt(all, level)} of ${all.length} |`);
  return `# Bugs caught, by how much state a target shows

Written by \`${COMMAND}\`; a test checks samples of it. The suite was run four
times on every planted bug, in the oldest profile in which it is a bug: with a target that shows only its results; with
one that also shows the callbacks of its driver and the frames that it allocates; with one that also shows its page-table
entries after every step; and with one that also shows the counts of its frames and the accounting. Each run had up to
${figure(maxCommands)} commands of seed ${seed}.

| shown | caught |
| --- | --- |
${caught.join('\n')}

A cell names the requirement that was violated first, and the number of commands until then. "–" lists the capabilities
that the requirement of the bug needs and this target does not declare: the suite reports the requirement as not
observable, never as passed. "missed" is a bug whose requirement could be judged, and that was not caught within the
limit.

| mutant | profile | violates | ${LEVELS.map(({ name }) => name).join(' | ')} |
| --- | --- | --- | ${LEVELS.map(() => '---').join(' | ')} |
${all.map(observabilityRow).join('\n')}
`;
}

/** The number of bugs caught at a level. */
const caughtAt = (all: readonly Observability[], level: number): number =>
  all.filter(({ sightings }) => sightings[level]?.kind === 'caught').length;

/** The row of one bug. */
export const observabilityRow = ({ mutant, profile, sightings }: Observability): string =>
  `| ${[mutant.id, profile, mutant.requirement, ...sightings.map(sightingInWords)].join(' | ')} |`;

/** The result for a bug at one level, short enough for a cell. */
export function sightingInWords(sighting: CaughtAt): string {
  switch (sighting.kind) {
    case 'caught':
      return `${sighting.by}, ${figure(sighting.commands)}`;
    case 'missed':
      return 'missed';
    case 'not-observable':
      return `– ${sighting.missing.join(', ')}`;
  }
}

/** The totals in one sentence, for the end of a list. */
export const caughtInWords = (all: readonly Observability[]): string =>
  LEVELS.map(({ name }, level) => `${name}: ${caughtAt(all, level)} of ${amount(all.length, 'mutant')}`).join(
    '; ',
  );
