import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { Stretch, Stretches, StretchRequest } from './stretch.ts';

/** A block of cases of one profile; the last place is not included. */
export interface Block {
  readonly profile: ProfileName;
  readonly from: number;
  readonly to: number;
}

/** Runs a block elsewhere and returns its results. */
export type RunBlock = (block: Block) => Promise<readonly Stretch[]>;

/** Deals blocks of cases to be run elsewhere, and returns their results in the order of the cases. */
export class DealtStretches implements Stretches {
  readonly #request: StretchRequest;
  readonly #run: RunBlock;
  readonly #ahead: number;
  readonly #dealt: Promise<readonly Stretch[]>[] = [];
  #ready: Stretch[] = [];
  #next: number;

  /** @param ahead number of blocks that are dealt before their results are taken */
  constructor(request: StretchRequest, ahead: number, run: RunBlock) {
    this.#request = request;
    this.#run = run;
    this.#ahead = ahead;
    this.#next = request.cases.nextOf(request.shard, request.from);
  }

  async next(): Promise<Stretch | undefined> {
    this.#deal();
    while (this.#ready.length === 0) {
      const first = this.#dealt.shift();
      if (first === undefined) return undefined;
      this.#ready = [...(await first)];
      this.#deal();
    }
    return this.#ready.shift();
  }

  async end(): Promise<void> {
    await Promise.allSettled(this.#dealt);
  }

  #deal(): void {
    const { profile, cases, shard, isWanted } = this.#request;
    while (this.#dealt.length < this.#ahead && isWanted(this.#next)) {
      const from = this.#next;
      const end = cases.blockEnd(from);
      let to = from + 1;
      while (to < end && isWanted(to)) to++;
      this.#next = cases.nextOf(shard, to);
      const block = this.#run({ profile, from, to });
      // `next` reports a rejection to its caller; the result of a block that is no longer needed is ignored.
      block.catch(() => undefined);
      this.#dealt.push(block);
    }
  }
}
