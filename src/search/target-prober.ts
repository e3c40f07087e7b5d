import type { Command, Single } from '../../spec/vocabulary/command.ts';
import { namesOf } from '../../spec/vocabulary/names.ts';
import { partsOf } from '../../spec/vocabulary/parts.ts';
import { Judge } from '../../spec/judge/judge.ts';
import { Tally } from '../../spec/judge/tally.ts';
import { stateKey } from '../../spec/model/canonical.ts';
import { judgingOptionsFor } from '../../spec/model/judging-options.ts';
import { type ProfileName, PROFILES } from '../../spec/profiles/profile.ts';
import { Admission } from '../../spec/vocabulary/admission.ts';
import type { Observe } from '../../spec/vocabulary/case.ts';
import { commandsIn, type Slice } from '../../spec/vocabulary/commands-in.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import type { Target } from '../targets/target.ts';
import type { Child, Prober } from './breadth-first.ts';
import { FailureGoal } from './embedded-prober.ts';

/** The names that a command uses, by sort. */
interface Names {
  readonly processes: readonly number[];
  readonly pages: readonly number[];
  readonly values: readonly number[];
  readonly slots: readonly number[];
}

/** Cached, because a search uses the same commands repeatedly. */
const known = new WeakMap<Single, Names>();

function namesIn(command: Single): Names {
  const before = known.get(command);
  if (before !== undefined) return before;
  const names = {
    processes: namesOf(command, 'process'),
    pages: namesOf(command, 'page'),
    // Fresh memory reads 0; the first value that is stored is 1.
    values: namesOf(command, 'value').map((value) => value - 1),
    slots: namesOf(command, 'slot'),
  };
  known.set(command, names);
  return names;
}

/** Whether each name has been used, or is the next unused one (0 first, then 1, and so on). */
function inOrder(used: readonly number[], now: readonly number[], first = 0): boolean {
  let next = used.reduce((most, name) => Math.max(most, name + 1), first);
  for (const name of now) {
    if (name > next) return false;
    if (name === next) next++;
  }
  return true;
}

/**
 * Whether a command after a path uses names in the order of first use. Of all cases that differ only in the names of
 * processes, pages, values and slots, exactly one does so throughout. Process 0 exists from the start and keeps its
 * name.
 */
export function isCanonicalNaming(path: readonly Command[], command: Command, pagesAlike: boolean): boolean {
  const before = path.flatMap(partsOf).map(namesIn);
  const now = partsOf(command).map(namesIn);
  // Neither side of a race is the first to use a name.
  return [now, now.toReversed()].some((uses) => isNextOf(before, uses, pagesAlike));
}

function isNextOf(before: readonly Names[], now: readonly Names[], pagesAlike: boolean): boolean {
  const isInOrder = (sort: keyof Names, first = 0): boolean =>
    inOrder(
      before.flatMap((used) => used[sort]),
      now.flatMap((uses) => uses[sort]),
      first,
    );
  return (
    isInOrder('processes', 1) &&
    isInOrder('values') &&
    isInOrder('slots') &&
    (!pagesAlike || isInOrder('pages'))
  );
}

export interface TargetProberOptions {
  readonly target: Target;
  readonly profile: ProfileName;
  readonly scope: Scope;
  readonly observe: Observe;
  readonly slice: Slice;
  readonly fingerprint: string;
  /**
   * Assumption about the target. `open`: it remembers no more than it shows, so that paths to one state of the model
   * count as equal, and it is symmetric. `symmetric`: it treats processes, values and (unless a range distinguishes
   * them) pages alike, so that of cases that differ only in names, one is tried. `nothing`: no assumption.
   */
  readonly assume: 'open' | 'symmetric' | 'nothing';
  /** Whether the target is restarted after each failure, because a failure leaves state in it. */
  readonly restarts: boolean;
}

/**
 * Runs any target through its interface alone: every path is a case.
 *
 * Commands that commute in the model are tried in both orders, because a bug may consist in the order. A normal form
 * would add an assumption and save one case in five at best.
 */
export class TargetProber implements Prober {
  asked = 0;
  readonly #options: TargetProberOptions;
  readonly #commands: readonly Command[];
  /** The commands at which the failure goal can occur. */
  readonly #lasts: readonly Command[];
  readonly #judge: Judge;
  readonly #goal: FailureGoal;
  readonly #pagesAlike: boolean;

  constructor(options: TargetProberOptions) {
    const { profile, scope, slice, target } = options;
    this.#options = options;
    this.#goal = new FailureGoal(options.fingerprint);
    this.#commands = commandsIn(scope, slice);
    this.#lasts = this.#commands.filter(({ op }) => this.#goal.mayEndIn(op));
    this.#judge = new Judge(
      scope,
      judgingOptionsFor(PROFILES[profile], target.hello.capabilities),
      new Tally(),
      {
        strict: this.#goal.isOfShould,
      },
    );
    // A range tells pages apart, and so does a file, which holds something else on each.
    this.#pagesAlike = !this.#commands.some(
      (command) =>
        ('count' in command && command.count > 1) || (command.op === 'map' && command.kind === 'file'),
    );
  }

  async probe(path: readonly Command[], isLast: boolean): Promise<readonly Child[]> {
    const { assume, profile, restarts, scope, target } = this.#options;
    const admission = new Admission(scope, profile, target.hello.capabilities);
    for (const command of path) admission.admit(command);
    const children: Child[] = [];
    const commands = isLast ? this.#lasts : this.#commands;
    for (const command of commands) {
      if (!admission.wouldAdmit(command)) continue;
      if (assume !== 'nothing' && !isCanonicalNaming(path, command, this.#pagesAlike)) continue;
      const child = await this.#child(path, command);
      children.push(child);
      if (restarts && child.kind !== 'goes on') await target.restart?.();
      if (child.kind === 'found') break;
    }
    return children;
  }

  async #child(path: readonly Command[], command: Command): Promise<Child> {
    const { assume, observe, profile, scope, target } = this.#options;
    const commands = [...path, command];
    this.asked += commands.length;
    const run = await target.run({ profile, scope, observe, commands });
    if (run.kind === 'failure') {
      return this.#goal.isFailure(run.failure.kind)
        ? { kind: 'found', command }
        : { kind: 'fails otherwise' };
    }
    if (this.#goal.isFall) return { kind: 'goes on', command, key: undefined };
    const judge = this.#judge;
    judge.begin();
    for (const [index, each] of commands.entries()) {
      const verdict = judge.judge(index, each, run.trace.observations[index]);
      if (verdict.kind === 'conforms') continue;
      return this.#goal.isVerdict(verdict) ? { kind: 'found', command } : { kind: 'fails otherwise' };
    }
    const key =
      assume === 'open' ? judge.states.map((state) => stateKey(state, true)).join('\u0001') : undefined;
    return { kind: 'goes on', command, key };
  }
}
