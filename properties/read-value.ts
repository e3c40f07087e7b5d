import type { ProfileName } from '../spec/profiles/profile.ts';
import type { RequirementId } from '../spec/requirements/catalogue.ts';
import type { Capability } from '../spec/vocabulary/capability.ts';
import { resultInWords } from '../spec/vocabulary/words.ts';
import { define, type PropertyResult, type NamedProperty } from './define.ts';
import type { TraceStep } from './step.ts';
import type { Read } from './step-lists.ts';

/** Whether a read returned the value that flat memory holds. */
function agrees(step: TraceStep<Read>): PropertyResult {
  if (step.result === step.value) return 1;
  return `${step.command.op} gave ${resultInWords(step.result)} where flat memory holds ${step.value}`;
}

/** The parts in which one property about values differs from the others. */
interface ReadProperty<Id extends string> {
  readonly id: Id;
  readonly title: string;
  readonly requirements: readonly RequirementId[];
  readonly profiles?: readonly ProfileName[];
  readonly needs: readonly Capability[];
  /** Selects the reads that the property is about. */
  readonly concerns: (step: TraceStep<Read>) => boolean;
}

/**
 * Makes a property of the kind "reads of this sort return the value that flat memory holds". All of them compare with
 * the same memory; they differ in the reads that they count, so that each reports its own coverage.
 */
export function defineRead<const Id extends string>(property: ReadProperty<Id>): NamedProperty<Id> {
  const { concerns, id, title, requirements, profiles, needs } = property;
  return define({
    id,
    title,
    requirements,
    ...(profiles === undefined ? {} : { profiles }),
    needs,
    steps: (reading) => reading.reads,
    check: (step: TraceStep<Read>) => (concerns(step) ? agrees(step) : 0),
  });
}
