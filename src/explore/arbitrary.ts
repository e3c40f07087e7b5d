import fc from 'fast-check';
import type { Case } from '../../spec/vocabulary/case.ts';
import { CaseSource, type CaseSourceOptions } from './case-source.ts';

export interface CaseArbitraryOptions extends CaseSourceOptions {
  /**
   * Makes a failing case shorter without letting it slip to another failure; undefined when it cannot. Without it a
   * failing case is reported as it was found.
   */
  readonly shorten?: (failing: Case) => Case | undefined;
}

/**
 * Cases as a fast-check arbitrary, for anybody's own properties. It generates with the guidance of the model, and
 * shrinks with the suite's reducer in one go: fast-check's own search would drop elements without knowing what a
 * command is, and accept any failure for the one it began with.
 */
export class CaseArbitrary extends fc.Arbitrary<Case> {
  readonly #source: CaseSource;
  readonly #shorten: ((failing: Case) => Case | undefined) | undefined;

  constructor(options: CaseArbitraryOptions) {
    super();
    this.#source = new CaseSource(options);
    this.#shorten = options.shorten;
  }

  override generate(random: fc.Random): fc.Value<Case> {
    return new fc.Value(this.#source.draw(random), undefined);
  }

  override canShrinkWithoutContext(_value: unknown): _value is Case {
    return false;
  }

  /** At most one smaller case: the reducer has tried all others. Its context says that it is not to be tried again. */
  override shrink(value: Case, context: unknown): fc.Stream<fc.Value<Case>> {
    const smaller = context === SHORTENED ? undefined : this.#shorten?.(value);
    return smaller === undefined ? fc.Stream.nil() : fc.Stream.of(new fc.Value(smaller, SHORTENED));
  }
}

const SHORTENED = Symbol('shortened');
