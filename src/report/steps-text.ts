import { Admission, type Refusal } from '../../spec/vocabulary/admission.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { type Command, type CommandOf, type Single, SPECS } from '../../spec/vocabulary/command.ts';
import type { CommandSpec } from '../../spec/vocabulary/commands.ts';
import type { Observation } from '../../spec/vocabulary/observation.ts';
import { devicesIn, type Scope } from '../../spec/vocabulary/scope.ts';
import { type Snapshot, UNMAPPED } from '../../spec/vocabulary/snapshot.ts';
import { eventInWords, resultInWords, entryInWords } from '../../spec/vocabulary/words.ts';
import { areAlike, barAt, largeFolios, wholeEntries } from '../explain/folio-bars.ts';
import type { Paint } from './paint.ts';

/** The commands with one of these names, in the form in which their description can be looked up by it. */
type SingleAmong<O extends Single['op']> = { [N in O]: CommandOf<N> & { readonly op: N } }[O];

function sentenceOf<O extends Single['op']>(command: SingleAmong<O>): string {
  const specs: { readonly [N in O]: Pick<CommandSpec<SingleAmong<N>>, 'sentence'> } = SPECS;
  return specs[command.op].sentence(command);
}

/** A command as a sentence. */
export const commandInWords = (command: Command): string =>
  command.op === 'race'
    ? `at once: ${sentenceOf(command.left)} | ${sentenceOf(command.right)}`
    : sentenceOf(command);

/** A case with its observations. */
export interface ObservedSteps {
  readonly case: Case;
  /** Undefined if the target returned no observations for the case. */
  readonly observations: readonly (Observation | undefined)[] | undefined;
  /** The declared capabilities of the target; undefined if unknown. */
  readonly capabilities: ReadonlySet<Capability> | undefined;
  /** The failing step. */
  readonly broken: number | undefined;
}

/** The steps of a case, numbered from 1, each with its result and callbacks. */
export function stepLines(steps: ObservedSteps, paint: Paint): readonly string[] {
  const { commands, scope, profile } = steps.case;
  const admission = new Admission(scope, profile, steps.capabilities);
  const rows = commands.map((command, step) => ({
    step,
    command,
    happened: outcome(steps, step, admission.admit(command)),
  }));
  return numberedLines(rows, steps.broken, paint);
}

/** A step with its result in words. */
export interface StepRow {
  readonly step: number;
  readonly command: Command;
  readonly happened: string;
}

/** Steps in columns, numbered from 1, with a mark at the failing one. */
export function numberedLines(
  rows: readonly StepRow[],
  broken: number | undefined,
  paint: Paint,
): readonly string[] {
  const words = rows.map(({ command }) => commandInWords(command));
  const width = Math.max(0, ...words.map((command) => command.length));
  const digits = String((rows.at(-1)?.step ?? 0) + 1).length;
  return rows.map(({ step, happened }, at) => {
    const isFailing = step === broken;
    const number = String(step + 1).padStart(digits);
    const line = `${isFailing ? '>' : ' '} ${number}  ${(words[at] ?? '').padEnd(width)}  ${happened}`;
    return isFailing ? paint.bold(line.trimEnd()) : line.trimEnd();
  });
}

/** The result and callbacks of a step, or the reason why it was not sent. */
export const happenedInWords = (
  observation: Observation | undefined,
  refusal: Refusal | undefined,
): string => {
  if (refusal !== undefined) return `not sent: ${refusal}`;
  return observation === undefined
    ? 'no result'
    : [resultInWords(observation.result), ...observation.events.map(eventInWords)].join(' · ');
};

function outcome(
  { observations, broken }: ObservedSteps,
  step: number,
  refusal: Refusal | undefined,
): string {
  const observation = observations?.[step];
  const isKnown = refusal !== undefined || observation !== undefined;
  if (isKnown || broken === undefined || observations !== undefined)
    return happenedInWords(observation, refusal);
  // The target returned no observations for the case: the results of the steps before the failing one are unknown.
  return step < broken ? '' : step === broken ? 'no result' : 'not reached';
}

/** A snapshot in words: a line per process, and a line per group of frames with equal counts. */
export function stateLines(state: Snapshot, scope: Scope): readonly string[] {
  return [...entryLines(state, scope), ...frameLines(state, scope), ...accountLines(state)];
}

function entryLines(state: Snapshot, scope: Scope): string[] {
  const { entries } = state;
  const { processes, pages } = scope;
  if (entries === undefined) return [];
  return Array.from({ length: processes }, (_, process) => {
    const row = process * pages;
    const bars = wholeEntries(state, scope, process);
    const mapped = entries.slice(row, row + pages).flatMap((code, page) => {
      if (code === UNMAPPED) return [];
      const bar = barAt(bars, page);
      if (bar === undefined) return [`page ${page} ${entryInWords(code)}`];
      const { first, last } = bar;
      if (!areAlike(state, row + first, last - first + 1))
        return [`page ${page} ${entryInWords(code)}, part of a whole entry`];
      return page === first
        ? [`pages ${first} to ${last} one whole entry, ${entryInWords(code, last - first)}`]
        : [];
    });
    return `process ${process}: ${mapped.length === 0 ? 'nothing mapped' : mapped.join(' · ')}`;
  });
}

/** Frames with equal counts share a line, because most frames are free. */
function frameLines(state: Snapshot, scope: Scope): string[] {
  const { refs, maps, least } = state;
  if (refs === undefined) return [];
  const alike = new Map<string, number[]>();
  for (const [frame, count] of refs.entries()) {
    const low = least?.[frame];
    const counts = [
      `references ${count}`,
      ...(maps === undefined ? [] : [`mappings ${maps[frame] ?? 0}`]),
      ...(low === undefined || low === count ? [] : [`minimum references since the last snapshot: ${low}`]),
    ].join(', ');
    alike.set(counts, [...(alike.get(counts) ?? []), frame]);
  }
  const folios = Array.from({ length: devicesIn(scope) }, (_, device) =>
    largeFolios(state, scope, device),
  ).flat();
  return [
    ...[...alike].map(
      ([counts, frames]) => `frame${frames.length === 1 ? '' : 's'} ${frames.join(', ')}: ${counts}`,
    ),
    ...folios.map(({ first, last }) => `frames ${first} to ${last}: a large folio`),
  ];
}

function accountLines({ rss, charged }: Snapshot): string[] {
  return [
    ...(rss === undefined
      ? []
      : [`resident: ${rss.map((pages, process) => `process ${process} ${pages}`).join(' · ')}`]),
    ...(charged === undefined ? [] : [`charged: ${charged}`]),
  ];
}
