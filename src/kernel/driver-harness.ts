import type { InjectionKind, Remaining, Victim } from '../../spec/vocabulary/command.ts';
import type { DriverEvent } from '../../spec/vocabulary/event.ts';
import { NO_EVENTS } from '../../spec/vocabulary/observation.ts';

const KINDS: { readonly [K in InjectionKind]: number } = {
  sigbus: 0,
  oom: 1,
  'no-frame': 2,
  'no-copy': 3,
  'no-large-frame': 4,
  'no-large-page': 5,
  'no-split': 6,
};
const KIND_COUNT = 7;

export interface Injection {
  readonly victim: Victim;
  /** The number of failures left; 0 for an injection that has ended. */
  remaining: number;
}

/** `remaining` of an injection without a limit. */
const UNTIL_HEALED = -1;

/** The injected failures: at most one of each kind. */
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

  /** The active injection of this kind. */
  of(kind: InjectionKind): Injection | undefined {
    const injection = this.#current[KINDS[kind]];
    return injection === undefined || injection.remaining === 0 ? undefined : injection;
  }

  /** Counts one failure. */
  use(injection: Injection): void {
    if (injection.remaining !== UNTIL_HEALED) injection.remaining--;
  }

  /** Whether an injection refuses the split of a folio, which the victim must map; counts one failure. */
  refusesSplit(isMapped: (place: Exclude<Victim, 'any'>) => boolean): boolean {
    const injection = this.of('no-split');
    if (injection === undefined) return false;
    if (injection.victim !== 'any' && !isMapped(injection.victim)) return false;
    this.use(injection);
    return true;
  }

  copyFrom(other: Injections): void {
    this.#current.length = 0;
    for (const [at, injection] of other.#current.entries()) {
      if (injection !== undefined) this.#current[at] = { ...injection };
    }
  }

  /** Appends the numbers that distinguish these injections from others. */
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

/** The surroundings of the drivers of a world: injected failures, and the record of callbacks and allocations. */
export class DriverHarness {
  readonly injections: Injections = new Injections();
  #events: DriverEvent[] | undefined = undefined;

  /** Returns the events since the last call. */
  takeEvents(): readonly DriverEvent[] {
    const events = this.#events;
    if (events === undefined) return NO_EVENTS;
    this.#events = undefined;
    return events;
  }

  note(event: DriverEvent): void {
    if (this.#events === undefined) this.#events = [event];
    else this.#events.push(event);
  }
}
