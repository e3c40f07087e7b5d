import { Admission, type Refusal } from '../../spec/vocabulary/admission.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import type { Observation } from '../../spec/vocabulary/observation.ts';
import { eventInWords, resultInWords } from '../../spec/vocabulary/words.ts';
import { commandInWords } from './command-text.ts';
import type { Paint } from './paint.ts';

/** A case with its observations. */
export interface Steps {
  readonly case: Case;
  /** Undefined if the target returned no observations for the case. */
  readonly observations: readonly (Observation | undefined)[] | undefined;
  /** The declared capabilities of the target; undefined if unknown. */
  readonly capabilities: ReadonlySet<Capability> | undefined;
  /** The failing step. */
  readonly broken: number | undefined;
}

/** The steps of a case, numbered from 1, each with its result and callbacks. */
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

function outcome({ observations, broken }: Steps, step: number, refusal: Refusal | undefined): string {
  const observation = observations?.[step];
  const isKnown = refusal !== undefined || observation !== undefined;
  if (isKnown || broken === undefined || observations !== undefined)
    return happenedInWords(observation, refusal);
  // The target returned no observations for the case: the results of the steps before the failing one are unknown.
  return step < broken ? '' : step === broken ? 'no result' : 'not reached';
}
