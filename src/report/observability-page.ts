import { LEVELS, type Observability, type CaughtAt } from '../mutation/observability.ts';
import { amount, figure } from './figures.ts';

const COMMAND = 'node dist/src/bench/observability-main.js';

/** What the page is made with. */
export const OBSERVABILITY_RUN = { seed: 1, maxCommands: 20_000 } as const;

/** Which planted bugs are caught at each level of what a target shows, as a page of Markdown. */
export function observabilityPage(all: readonly Observability[]): string {
  const { seed, maxCommands } = OBSERVABILITY_RUN;
  const caught = LEVELS.map(({ name }, level) => `| ${name} | ${caughtAt(all, level)} of ${all.length} |`);
  return `# What is seen of a bug, by how much a target shows

Written by \`${COMMAND}\`; a test holds samples of it. Every planted bug, in the
oldest profile in which it is one, was shown to the suite four times: by a target that shows nothing but its answers; by
one that also shows the callbacks of its driver, and the frames that it takes; by one that also shows its page-table
entries after every step; and by one that also shows the counts of its frames and the accounting. Up to
${figure(maxCommands)} commands each time, of seed ${seed}.

| shown | caught |
| --- | --- |
${caught.join('\n')}

A cell names the requirement that broke first, and after how many commands. "–" says what the requirement of the bug
needs to be judged, where that is not shown: the suite reports the requirement as not observable, never as passed.
"missed" is a bug whose requirement could be judged, and of which nothing was seen within so many commands.

| mutant | profile | breaks | ${LEVELS.map(({ name }) => name).join(' | ')} |
| --- | --- | --- | ${LEVELS.map(() => '---').join(' | ')} |
${all.map(observabilityRow).join('\n')}
`;
}

/** How many are caught at a level. */
const caughtAt = (all: readonly Observability[], level: number): number =>
  all.filter(({ sightings }) => sightings[level]?.kind === 'caught').length;

/** One bug as a row of the page. */
export const observabilityRow = ({ mutant, profile, sightings }: Observability): string =>
  `| ${[mutant.id, profile, mutant.requirement, ...sightings.map(sightingInWords)].join(' | ')} |`;

/** What came of a bug at one level, short enough for a cell. */
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

/** The same in a sentence, for the end of a list. */
export const caughtInWords = (all: readonly Observability[]): string =>
  LEVELS.map(({ name }, level) => `${name}: ${caughtAt(all, level)} of ${amount(all.length, 'mutant')}`).join(
    '; ',
  );
