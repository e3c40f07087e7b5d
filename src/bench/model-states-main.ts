import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ReachedStates, searchRegion } from '../../spec/model/reachable.ts';
import { standIns } from '../../spec/model/families.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { devicesIn, type Scope } from '../../spec/vocabulary/scope.ts';
import { profileRange } from '../report/status-text.ts';
import { type SliceChapter, SLICE_CHAPTERS, type ModelSlice } from './model-states-slices.ts';

// Writes reports/model-states.md: the number of states of the model in each slice of the vocabulary, with a check of
// the state invariants. Takes minutes: node dist/src/bench/model-states-main.js [CHAPTERS]

const MAX = 1_000_000;

interface Row extends ReachedStates {
  readonly slice: ModelSlice;
  readonly profiles: readonly ProfileName[];
}

const chapters = SLICE_CHAPTERS.slice(0, Number(process.argv[2] ?? SLICE_CHAPTERS.length));
const started = performance.now();

function rowsOf({ title, slices, newest }: SliceChapter): readonly Row[] {
  const began = performance.now();
  const rows = slices.flatMap((slice) =>
    standIns(slice)
      .slice(newest === true ? -1 : 0)
      .map((profiles): Row => {
        const [profile = 'origin'] = profiles;
        return { ...searchRegion({ ...slice, profile }, MAX), slice, profiles };
      }),
  );
  console.log(`${title}: ${rows.length} rows, ${Math.round((performance.now() - began) / 1000)} s`);
  return rows;
}

const scopeInWords = (scope: Scope): string => {
  const { processes, pages, frames, slots } = scope;
  const devices = devicesIn(scope) > 1 ? ` × ${devicesIn(scope)} devices` : '';
  return `${processes} × ${pages} × ${frames} × ${slots}${devices}`;
};

const statesInWords = ({ states, finished }: Row): string =>
  finished ? states.toLocaleString('en') : `not finished at ${MAX.toLocaleString('en')}`;

const holds = ({ broken, finished }: Row): string =>
  broken === undefined ? (finished ? 'yes' : 'as far as it went') : `**no: ${broken}**`;

function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(
    (row) =>
      `| ${row.slice.families.join(', ')} | ${scopeInWords(row.slice.scope)} | ${profileRange(row.profiles)} | ` +
      `${statesInWords(row)} | ${holds(row)} |`,
  );
  return [
    '| families | scope | profiles | states | invariants hold |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

const found = chapters.map((chapter) => ({ title: chapter.title, rows: rowsOf(chapter) }));
const all = found.flatMap(({ rows }) => rows);
const minutes = Math.round((performance.now() - started) / 60_000);
const total = all.reduce((sum, { states }) => sum + states, 0);
const unfinished = all.filter(({ finished, broken }) => !finished && broken === undefined).length;
const broken = all.filter((row) => row.broken !== undefined).length;

const text = `# Every state of the model

Written by \`node dist/src/bench/model-states-main.js\`, in ${minutes} minutes. In each slice, every state was gone to that its
commands reach from the beginning of a case, by every way that the model allows, looked at after each command. In each
state it was checked that it is whole (\`spec/model/invariants.ts\`): objects, entries, pins, frames and charges add up, a
WRITE entry has a sole mapper and is not watched, nothing pinned or exclusive is on a device, counts are those of the
profile; and that everything on a device comes back once the device is healed (\`way-back.ts\`). At each step it was checked
that it changed the content of no page that the command has no business with, in no process (\`invariants.ts\`), and charged
no group beyond its limit.

States count as one that differ only in the names of frames and values, or in what no command of the slice can tell:
that a page was stored to, may be dropped, or is charged to a group. A scope is processes × pages × frames × slots; values
1 and 2 are stored; families are those of \`spec/model/families.ts\`. Profiles in which a slice has the same rules share a row.

- ${all.length} rows, ${total.toLocaleString('en')} states.
- ${broken === 0 ? 'Everything holds in every row.' : `${broken} rows have something that does not hold.`}
- ${unfinished} rows were given up at a million states.

${found.map(({ title, rows }) => `## ${title}\n\n${tableOf(rows)}\n`).join('\n')}`;
writeFileSync(fileURLToPath(new URL('../../../reports/model-states.md', import.meta.url)), text);
console.log(
  `${all.length} rows, ${total} states, ${unfinished} not finished, ${broken} broken, ${minutes} min`,
);
if (broken > 0) process.exitCode = 1;
