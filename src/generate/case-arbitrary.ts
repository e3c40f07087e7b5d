import fc from 'fast-check';
import type { Case } from '../../spec/vocabulary/case.ts';
import { CaseSource, type CaseSourceOptions } from './case-source.ts';

export interface ArbitraryOptions extends CaseSourceOptions {
  /**
   * Shrinks a failing case without changing its failure; undefined if it cannot be shrunk. Without this option a
   * failing case is reported as found.
   */
  readonly shorten?: (failing: Case) => Case | undefined;
}

/**
 * Cases as an `fc.Arbitrary` for properties of your own. Generation is guided by the model; shrinking runs the shrink
 * passes of this suite once. The shrinker of fast-check removes elements without knowledge of commands and accepts any
 * other failure.
 */
export class CaseArbitrary extends fc.Arbitrary<Case> {
  readonly #source: CaseSource;
  readonly #shorten: ((failing: Case) => Case | undefined) | undefined;

  constructor(options: ArbitraryOptions) {
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

  /** At most one smaller case, because the shrink passes have tried all others. The context marks it as shrunk. */
  override shrink(value: Case, context: unknown): fc.Stream<fc.Value<Case>> {
    const smaller = context === SHORTENED ? undefined : this.#shorten?.(value);
    return smaller === undefined ? fc.Stream.nil() : fc.Stream.of(new fc.Value(smaller, SHORTENED));
  }
}

const SHORTENED = Symbol('shortened');
