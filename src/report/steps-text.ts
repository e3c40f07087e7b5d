import { Admission, type Refusal } from '../../spec/vocabulary/admission.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import type { Observation } from '../../spec/vocabulary/observation.ts';
import { eventInWords, resultInWords } from '../../spec/vocabulary/words.ts';
import { commandInWords } from './command-text.ts';
import type { Paint } from './paint.ts';

/** What is known of the steps of a case. */
export interface Steps {
  readonly case: Case;
  /** Undefined where the target gave no answer to the case as a whole. */
  readonly observations: readonly (Observation | undefined)[] | undefined;
  /** What the target offers; undefined where that is not known. */
  readonly capabilities: ReadonlySet<Capability> | undefined;
  /** The step at which it broke. */
  readonly broken: number | undefined;
}

/** The steps of a case, numbered from 1 as people count, each with what happened at it. */
export function stepLines(steps: Steps, paint: Paint): readonly string[] {
  const { commands, scope, profile } = steps.case;
  const admission = new Admission(scope, profile, steps.capabilities);
  const rows = commands.map((command, step) => ({
    step,
    command,
    happened: outcome(steps, step, admission.admit(command)),
  }));
  return numberedLines(rows, steps.broken, paint);
}

/** A step in words. */
export interface StepRow {
  readonly step: number;
  readonly command: Command;
  readonly happened: string;
}

/** Steps in columns, numbered from 1 as people count, with a mark at the one that broke. */
export function numberedLines(
  rows: readonly StepRow[],
  broken: number | undefined,
  paint: Paint,
): readonly string[] {
  const words = rows.map(({ command }) => commandInWords(command));
  const width = Math.max(0, ...words.map((command) => command.length));
  const digits = String((rows.at(-1)?.step ?? 0) + 1).length;
  return rows.map(({ step, happened }, at) => {
    const isBroken = step === broken;
    const number = String(step + 1).padStart(digits);
    const line = `${isBroken ? '>' : ' '} ${number}  ${(words[at] ?? '').padEnd(width)}  ${happened}`;
    return isBroken ? paint.bold(line.trimEnd()) : line.trimEnd();
  });
}

/** What happened at a step that was sent or not. */
export const happenedInWords = (
  observation: Observation | undefined,
  refusal: Refusal | undefined,
): string => {
  if (refusal !== undefined) return `not sent: ${refusal}`;
  return observation === undefined
    ? 'no answer'
    : [resultInWords(observation.result), ...observation.events.map(eventInWords)].join(' · ');
};

function outcome({ observations, broken }: Steps, step: number, refusal: Refusal | undefined): string {
  const observation = observations?.[step];
  const isKnown = refusal !== undefined || observation !== undefined;
  if (isKnown || broken === undefined || observations !== undefined)
    return happenedInWords(observation, refusal);
  // The case as a whole was not answered: what came before the step at which it ended went unseen.
  return step < broken ? '' : step === broken ? 'no answer' : 'not reached';
}
