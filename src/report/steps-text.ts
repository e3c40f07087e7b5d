import { Admission, type Refusal } from '../../spec/vocabulary/admission.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
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
  const { commands, scope } = steps.case;
  const admission = new Admission(scope, steps.capabilities);
  const words = commands.map(commandInWords);
  const width = Math.max(0, ...words.map((command) => command.length));
  const digits = String(commands.length).length;
  return commands.map((command, step) => {
    const refusal = admission.admit(command);
    const happened = outcome(steps, step, refusal);
    const isBroken = step === steps.broken;
    const number = String(step + 1).padStart(digits);
    const line = `${isBroken ? '>' : ' '} ${number}  ${(words[step] ?? '').padEnd(width)}  ${happened}`;
    return isBroken ? paint.bold(line.trimEnd()) : line.trimEnd();
  });
}

function outcome({ observations, broken }: Steps, step: number, refusal: Refusal | undefined): string {
  if (refusal !== undefined) return `not sent: ${refusal}`;
  const observation = observations?.[step];
  if (observation !== undefined) {
    return [resultInWords(observation.result), ...observation.events.map(eventInWords)].join(' · ');
  }
  if (broken === undefined || observations !== undefined) return 'no answer';
  // The case as a whole was not answered: what came before the step at which it ended went unseen.
  return step < broken ? '' : step === broken ? 'no answer' : 'not reached';
}
