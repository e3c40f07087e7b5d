import type { ProfileName } from '../../spec/profiles/profile.ts';
import { isExclusive, NO_OBJECT, type State } from '../../spec/model/state.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command, Single } from '../../spec/vocabulary/command.ts';
import type { ArgumentKind } from '../../spec/vocabulary/arguments.ts';
import { argumentKindsOf } from '../../spec/vocabulary/names.ts';
import { ModelRun } from '../generate/model-run.ts';

/** Minimum number of random cases of a profile before it can be quiet. */
const MIN_CASES = 512;
/** A profile is quiet when the average number of new situations in a case is below this. */
const NEW_PER_CASE = 1;
/** Whether arguments of each kind choose a variant of a command, and not one of many equivalent places or amounts. */
const CHOOSES_VARIANT: { readonly [K in ArgumentKind]: boolean } = {
  process: false,
  child: false,
  page: false,
  'target-page': false,
  count: false,
  value: false,
  slot: false,
  device: false,
  frame: false,
  'frame-count': false,
  group: false,
  victim: false,
  remaining: false,
  'swap-areas': false,
  limit: false,
  whole: true,
  compound: true,
  'mapping-kind': true,
  'new-protection': true,
  protection: true,
  'injection-kind': true,
  keep: true,
  advice: true,
  watch: true,
  inheritance: true,
  'pin-access': true,
};

/**
 * Decides when further random cases of a profile are unlikely to show anything new: a run "until quiet" ends once the
 * later half of the cases has covered no further requirement, has failed in no new way, and has met on average less than
 * one new situation per case. A situation is a variant of a command, the state of its page in the model, and the kinds
 * of injections in force. The decision depends on the cases and their results, not on time.
 */
export class Quiet {
  readonly #profile: ProfileName;
  readonly #capabilities: ReadonlySet<Capability>;
  readonly #situations = new Set<string>();
  /** Number of situations met after each number of cases. */
  readonly #metAfter: number[] = [0];
  #results = '';
  /** Number of cases after which the results were last new. */
  #newest = 0;

  constructor(profile: ProfileName, capabilities: ReadonlySet<Capability>) {
    this.#profile = profile;
    this.#capabilities = capabilities;
  }

  /** Number of cases added. */
  get cases(): number {
    return this.#metAfter.length - 1;
  }

  /** Number of different situations met. */
  get situations(): number {
    return this.#situations.size;
  }

  add({ scope, commands }: Case): void {
    const run = new ModelRun(scope, this.#profile, this.#capabilities);
    for (const command of commands) {
      const situation = situationOf(run.state, command);
      if (run.follow(command)) this.#situations.add(situation);
    }
    this.#metAfter.push(this.#situations.size);
  }

  /** Records the results of all cases so far, as text. */
  note(results: string): void {
    if (results === this.#results) return;
    this.#results = results;
    this.#newest = this.cases;
  }

  get isQuiet(): boolean {
    const { cases } = this;
    const half = Math.floor(cases / 2);
    if (cases < MIN_CASES || this.#newest > half) return false;
    const met = this.#situations.size - (this.#metAfter[half] ?? 0);
    return met < NEW_PER_CASE * (cases - half);
  }
}

function situationOf(state: State, command: Command): string {
  const sides = command.op === 'race' ? [command.left, command.right] : [command];
  const injected = state.remaining.map((remaining) => (remaining === 0 ? 0 : 1));
  return [command.op, ...sides.map((side) => sideOf(state, side)), injected.join('')].join(' ');
}

function sideOf(state: State, side: Single): string {
  const given = new Map<string, unknown>(Object.entries(side));
  const variant = argumentKindsOf(side.op).flatMap(([name, kind]) =>
    CHOOSES_VARIANT[kind] ? [given.get(name)] : [],
  );
  const page = 'page' in side && 'process' in side ? pageOf(state, state.at(side.process, side.page)) : '';
  return [side.op, ...variant, page].join(' ');
}

/** The mapping of a page, the place of its object, its sharing and pins, and its tracking. */
function pageOf(state: State, at: number): string {
  const object = state.entry[at] ?? NO_OBJECT;
  const parts = [state.mapping[at], state.track[at]];
  if (object <= NO_OBJECT) return [...parts, object].join();
  const place = state.onDevice(object)
    ? 'device'
    : isExclusive(state.writable[at] ?? 0)
      ? 'exclusive'
      : 'system';
  const sharing = Math.min(2, state.maps[object] ?? 0);
  return [...parts, place, sharing, state.pinned(object) ? 'pinned' : ''].join();
}
