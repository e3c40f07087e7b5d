import type { Case } from '../../spec/vocabulary/case.ts';
import type { CasePlan } from './case-plan.ts';

/** The number of the latest cases that are kept, because they may be asked for again. */
const MAX_KEPT = 256;

/** Cases that are planned one after the other. */
export class StreamedCases implements CasePlan {
  readonly #next: () => Case | undefined;
  readonly #kept = new Map<number, Case>();
  #count = 0;

  /** @param next plans the next case; undefined if there is none at present */
  constructor(next: () => Case | undefined) {
    this.#next = next;
  }

  /** The number of cases planned. */
  get count(): number {
    return this.#count;
  }

  has(index: number): boolean {
    return this.#find(index) !== undefined;
  }

  at(index: number): Case {
    const found = this.#find(index);
    if (found === undefined) throw new RangeError(`There is no case ${index}, or it is no longer kept.`);
    return found;
  }

  #find(index: number): Case | undefined {
    while (this.#count <= index) {
      const planned = this.#next();
      if (planned === undefined) return undefined;
      this.#kept.set(this.#count, planned);
      this.#kept.delete(this.#count - MAX_KEPT);
      this.#count++;
    }
    return this.#kept.get(index);
  }
}
