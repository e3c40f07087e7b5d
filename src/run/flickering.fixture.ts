import type { Case } from '../../spec/vocabulary/case.ts';
import type { Mutant } from '../planted-bugs/planted-bug.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import type { Hello, Run, Target } from '../targets/target.ts';

/** A target whose bug occurs in some of the cases that it runs, independent of their commands. */
export class Flickering implements Target {
  readonly hello: Hello;
  readonly #wrong: Target;
  readonly #right = new EmbeddedTarget();
  readonly #shows: (nth: number) => boolean;
  asked = 0;

  /** @param shows whether the bug occurs in the nth case, counted from 0 */
  constructor(mutant: Mutant, shows: (nth: number) => boolean) {
    this.#wrong = new EmbeddedTarget({ mutation: mutant.mutation });
    this.#shows = shows;
    this.hello = this.#right.hello;
  }

  run(testCase: Case): Promise<Run> {
    const nth = this.asked++;
    return (this.#shows(nth) ? this.#wrong : this.#right).run(testCase);
  }

  async close(): Promise<void> {
    // This target runs in the process of the test and has nothing to stop.
  }
}
