import fc from 'fast-check';
import { Judge } from '../../spec/judge/judge.ts';
import { Tally } from '../../spec/judge/tally.ts';
import { fingerprintOf } from '../../spec/judge/verdict.ts';
import { judgingOptionsFor } from '../../spec/model/judging-options.ts';
import { PROFILES } from '../../spec/profiles/profile.ts';
import { Admission } from '../../spec/vocabulary/admission.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import type { KernelMutation } from '../kernel/world.ts';
import { openWorld } from '../targets/embedded.ts';

/** The result of fast-check's shrinker of command sequences for a failing case. */
export interface FcShrunk {
  /** Number of commands that the target ran, over all sequences tried. */
  readonly commands: number;
  readonly length: number;
  /** Whether the shrunk case fails like the original case. */
  readonly sameFailure: boolean;
}

const EVERYTHING: ReadonlySet<Capability> = new Set(USUAL_CAPABILITIES);

/** A judged world, in the form that fast-check's model runner requires. */
class Real {
  readonly #world;
  readonly #admission: Admission;
  readonly #judge: Judge;
  #index = 0;

  constructor({ profile, scope }: Case, mutation: KernelMutation | undefined) {
    this.#world = openWorld(profile, scope, mutation);
    this.#admission = new Admission(scope, profile);
    this.#judge = new Judge(scope, judgingOptionsFor(PROFILES[profile], EVERYTHING), new Tally());
  }

  /** Runs one command. Returns the failure if the result is not allowed. */
  do(command: Command): string | undefined {
    if (this.#admission.admit(command) !== undefined) return undefined;
    const verdict = this.#judge.judge(this.#index++, command, this.#world.execute(command, true));
    return verdict.kind === 'violates' ? fingerprintOf(verdict.violation) : undefined;
  }
}

class Step implements fc.Command<object, Real> {
  readonly #command: Command;
  readonly #onRun: () => void;

  constructor(command: Command, onRun: () => void) {
    this.#command = command;
    this.#onRun = onRun;
  }

  check(): boolean {
    return true;
  }

  run(_: object, real: Real): void {
    this.#onRun();
    const failure = real.do(this.#command);
    if (failure !== undefined) throw new Error(failure);
  }

  toString(): string {
    return this.#command.op;
  }
}

/** Generates the commands of a case one after the other, and does not shrink their arguments. */
class OneAfterTheOther extends fc.Arbitrary<Step> {
  next = 0;
  readonly #steps: readonly Step[];

  constructor(steps: readonly Step[]) {
    super();
    this.#steps = steps;
  }

  override generate(): fc.Value<Step> {
    const step = this.#steps[this.next++ % this.#steps.length];
    if (step === undefined) throw new Error('an empty case cannot fail');
    return new fc.Value(step, undefined);
  }

  override canShrinkWithoutContext(_value: unknown): _value is Step {
    return false;
  }

  override shrink(): fc.Stream<fc.Value<Step>> {
    return fc.Stream.nil();
  }
}

type Steps = Iterable<fc.Command<object, Real>>;

/** Restarts the case for each sequence. */
class FromTheStart extends fc.Arbitrary<Steps> {
  readonly #source: OneAfterTheOther;
  readonly #sequences: fc.Arbitrary<Steps>;

  constructor(steps: readonly Step[]) {
    super();
    this.#source = new OneAfterTheOther(steps);
    this.#sequences = fc.commands([this.#source], { maxCommands: steps.length, size: 'max' });
  }

  override generate(random: fc.Random, bias: number | undefined): fc.Value<Steps> {
    this.#source.next = 0;
    return this.#sequences.generate(random, bias);
  }

  override canShrinkWithoutContext(value: unknown): value is Steps {
    return this.#sequences.canShrinkWithoutContext(value);
  }

  override shrink(value: Steps, context: unknown): fc.Stream<fc.Value<Steps>> {
    return this.#sequences.shrink(value, context);
  }
}

/**
 * Lets `fc.commands` shrink a failing case. It chooses lengths itself, so seeds are tried until it chooses the length
 * of the case and generates the whole case. Undefined where none of the seeds does.
 */
export function shrinkWithFcCommands(
  testCase: Case,
  fingerprint: string,
  mutation: KernelMutation | undefined,
): FcShrunk | undefined {
  let commands = 0;
  const steps = testCase.commands.map(
    (command) =>
      new Step(command, () => {
        commands++;
      }),
  );
  const sequences = new FromTheStart(steps);
  for (let seed = 1; seed <= 4000; seed++) {
    const [drawn] = fc.sample(sequences, { seed, numRuns: 1 });
    if (drawn === undefined || [...drawn].length !== steps.length) continue;
    commands = 0;
    let last = '';
    let length = steps.length;
    const details = fc.check(
      fc.property(sequences, (sequence) => {
        const before = commands;
        try {
          fc.modelRun(() => ({ model: {}, real: new Real(testCase, mutation) }), sequence);
        } catch (error) {
          last = error instanceof Error ? error.message : String(error);
          length = commands - before;
          throw error;
        }
      }),
      { seed, numRuns: 1 },
    );
    if (!details.failed) return undefined;
    return { commands, length, sameFailure: last === fingerprint };
  }
  return undefined;
}
