import type { ProfileName } from '../spec/profiles/profile.ts';
import type { RequirementId } from '../spec/requirements/catalogue.ts';
import type { Capability } from '../spec/vocabulary/capability.ts';
import type { Trace } from '../spec/vocabulary/trace.ts';
import { type AnnotatedTrace, readingOf } from './annotated-trace.ts';
import type { TraceStep } from './step.ts';
import { resultInWords } from '../spec/vocabulary/words.ts';
import type { Read } from './step-lists.ts';

/** The result of a property for one trace. */
interface Examination {
  /** The number of times that its antecedent was met: a property that was never covered has not passed. */
  readonly covered: number;
  /** The first step at which it does not hold. */
  readonly broken: { readonly step: number; readonly message: string } | undefined;
}

/**
 * An oracle without a model: a statement that must hold of every trace. It knows the vocabulary and never the reference
 * model, so a disagreement of the two about a trace means that one of them is wrong, and the suite reports it.
 */
export interface Property {
  /** Short and unique, `chapter/words-of-it`. */
  readonly id: string;
  readonly title: string;
  readonly requirements: readonly RequirementId[];
  /** The profiles in which it holds; undefined for all. */
  readonly profiles?: readonly ProfileName[];
  /** The capabilities that a target must have for it. */
  readonly needs: readonly Capability[];
  /**
   * One pass over a trace: counts how often the antecedent was met, and finds the first step that breaks the property.
   */
  examine(trace: Trace): Examination;
}

/**
 * The result of a check at one step: the number of times the antecedent was met and the property held, or a message
 * that says how the property is broken.
 */
export type PropertyResult = number | string;

/** A property whose id is known as a type, for lookups. */
export interface NamedProperty<Id extends string> extends Property {
  readonly id: Id;
}

interface Naming<Id extends string> {
  readonly id: Id;
  readonly title: string;
  readonly requirements: readonly RequirementId[];
  readonly profiles?: readonly ProfileName[];
  readonly needs: readonly Capability[];
  /** The capabilities of modes in which a different rule applies. */
  readonly unless?: readonly Capability[];
  /**
   * The worlds in which it holds: those of base pages, which is the default, those with blocks, or all. Most properties are
   * about single pages, and a large folio joins several.
   */
  readonly worlds?: 'base pages' | 'blocks' | 'all';
}

interface Definition<Id extends string, S extends TraceStep> extends Naming<Id> {
  /** The steps that the property examines. */
  readonly steps: (reading: AnnotatedTrace) => readonly S[];
  readonly check: (step: S, reading: AnnotatedTrace) => PropertyResult;
}

interface RunningDefinition<Id extends string, S extends TraceStep> extends Naming<Id> {
  readonly steps: (reading: AnnotatedTrace) => readonly S[];
  /** The check of one trace, which keeps state from one step to the next. */
  readonly begin: (reading: AnnotatedTrace) => (step: S) => PropertyResult;
}

const NOTHING_SEEN: Examination = Object.freeze({ covered: 0, broken: undefined });

/** Makes a property from a check that examines each step by itself. */
export function define<const Id extends string, S extends TraceStep>(
  definition: Definition<Id, S>,
): NamedProperty<Id> {
  const { steps, check } = definition;
  return named(definition, (reading) => examine(steps(reading), check, reading));
}

/** Makes a property from a check that keeps state. */
export function defineRunning<const Id extends string, S extends TraceStep>(
  definition: RunningDefinition<Id, S>,
): NamedProperty<Id> {
  const { steps, begin } = definition;
  return named(definition, (reading) => {
    const concerned = steps(reading);
    return concerned.length === 0 ? NOTHING_SEEN : examine(concerned, begin(reading), reading);
  });
}

function named<Id extends string>(
  { id, title, requirements, profiles, needs, unless = [], worlds = 'base pages' }: Naming<Id>,
  examineReading: (reading: AnnotatedTrace) => Examination,
): NamedProperty<Id> {
  // The traces of one run have the same capabilities, so the comparison with `needs` is cached.
  let capabilities: ReadonlySet<Capability> | undefined;
  let isShown = false;
  return {
    id,
    title,
    requirements,
    ...(profiles === undefined ? {} : { profiles }),
    needs,
    examine(trace: Trace): Examination {
      if (trace.capabilities !== capabilities) {
        ({ capabilities } = trace);
        isShown =
          needs.every((needed) => trace.capabilities.has(needed)) &&
          !unless.some((mode) => trace.capabilities.has(mode));
      }
      if (!isShown) return NOTHING_SEEN;
      if (worlds !== 'all' && (worlds === 'blocks') !== (trace.case.scope.block !== undefined))
        return NOTHING_SEEN;
      if (profiles !== undefined && !profiles.includes(trace.case.profile)) return NOTHING_SEEN;
      return examineReading(readingOf(trace));
    },
  };
}

function examine<S extends TraceStep>(
  steps: readonly S[],
  check: (step: S, reading: AnnotatedTrace) => PropertyResult,
  reading: AnnotatedTrace,
): Examination {
  let covered = 0;
  for (const step of steps) {
    const finding = check(step, reading);
    if (typeof finding === 'string') {
      return { covered: covered + 1, broken: { step: step.index, message: finding } };
    }
    covered += finding;
  }
  return covered === 0 ? NOTHING_SEEN : { covered, broken: undefined };
}

/** Whether a read returned the value that flat memory holds. */
function agrees(step: TraceStep<Read>): PropertyResult {
  if (step.result === step.value) return 1;
  return `${step.command.op} returned ${resultInWords(step.result)} where flat memory holds ${step.value}`;
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
    worlds: 'all',
    steps: (reading) => reading.reads,
    check: (step: TraceStep<Read>) => (concerns(step) ? agrees(step) : 0),
  });
}
