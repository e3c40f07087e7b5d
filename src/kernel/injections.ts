import type { InjectionKind, Remaining, Victim } from '../../spec/vocabulary/command.ts';

const KINDS: { readonly [K in InjectionKind]: number } = { sigbus: 0, oom: 1, 'no-frame': 2, 'no-copy': 3 };
const KIND_COUNT = 4;

export interface Injection {
  readonly victim: Victim;
  /** How many strikes are left; 0 for one that is over. */
  remaining: number;
}

/** `remaining` of an injection that only healing ends. */
const UNTIL_HEALED = -1;

/** The failures that the device was told to have: one of each kind at most. */
export class Injections {
  readonly #current: (Injection | undefined)[] = [];

  inject(kind: InjectionKind, victim: Victim, remaining: Remaining): void {
    this.#current[KINDS[kind]] = {
      victim,
      remaining: remaining === 'until-healed' ? UNTIL_HEALED : remaining,
    };
  }

  heal(): void {
    this.#current.length = 0;
  }

  /** The injection of that kind, while it lasts. */
  of(kind: InjectionKind): Injection | undefined {
    const injection = this.#current[KINDS[kind]];
    return injection === undefined || injection.remaining === 0 ? undefined : injection;
  }

  /** One strike less. */
  use(injection: Injection): void {
    if (injection.remaining !== UNTIL_HEALED) injection.remaining--;
  }

  copyFrom(other: Injections): void {
    for (const [at, injection] of other.#current.entries()) {
      if (injection !== undefined) this.#current[at] = { ...injection };
    }
  }

  /** Appends what tells these injections from others. */
  digest(into: number[]): void {
    for (let at = 0; at < KIND_COUNT; at++) {
      const injection = this.#current[at];
      const remaining = injection?.remaining ?? 0;
      into.push(remaining);
      if (injection === undefined || remaining === 0) continue;
      const { victim } = injection;
      if (victim === 'any') into.push(0);
      else into.push(1, victim.process, victim.page);
    }
  }
}
