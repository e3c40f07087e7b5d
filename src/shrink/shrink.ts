import type { Case } from '../../spec/vocabulary/case.ts';
import { lowerLimits, simplifyArguments, substituteWindows } from './passes/simplify-arguments.ts';
import {
  deleteAndChange,
  deleteCommands,
  deletePairs,
  isSimpler,
  splitRaces,
  withoutUnsent,
} from './passes/delete.ts';
import { type Ending, endingOf, mayBeNamedAlike } from './model/ending.ts';
import {
  focusOnPages,
  replaceParentByChild,
  replaceProcessByPages,
  replaceReusedProcess,
} from './passes/pages-and-processes.ts';
import { mergeNames, shrinkBlocks, shrinkScope, widenScope } from './passes/merge-names.ts';
import { type Failure, type Pass, withCommands } from './pass.ts';
import { shorterPaths, shrinkOnModel } from './passes/on-model.ts';

/**
 * Results that are known or follow from known ones. A case that ran past a prefix without the failure shows that the
 * prefix passes. Most candidates of a proof of minimality need not be run because of this.
 */
class KnownResults {
  readonly #failing = new Set<string>();
  /** Number of passing runs of each case. */
  readonly #passing = new Map<string, number>();
  readonly #enough: number;

  /**
   * @param flaky whether the failure is flaky: then a passing case proves nothing about its prefixes, and is run once
   *   more if another pass proposes it
   */
  constructor(flaky: boolean) {
    this.#enough = flaky ? 2 : 1;
  }

  /** Whether a case fails with the failure goal; undefined if unknown. */
  of(testCase: Case): boolean | undefined {
    const key = keyOf(testCase, testCase.commands.length);
    if (this.#failing.has(key)) return true;
    // A case without commands cannot fail.
    return testCase.commands.length === 0 || (this.#passing.get(key) ?? 0) >= this.#enough
      ? false
      : undefined;
  }

  /** @param step the step at which it failed with the failure goal, if it did */
  learn(testCase: Case, step: number | undefined): void {
    const { length } = testCase.commands;
    const passes = step ?? length;
    const shortest = this.#enough > 1 ? length : 1;
    for (let end = shortest; end <= passes; end++) {
      const key = keyOf(testCase, end);
      this.#passing.set(key, (this.#passing.get(key) ?? 0) + 1);
    }
    if (step !== undefined) this.#failing.add(keyOf(testCase, step + 1));
  }
}

const keyOf = ({ profile, scope, observe, commands }: Case, end: number): string =>
  JSON.stringify([profile, scope, observe, commands.slice(0, end)]);

/** The first pass, which may remove most commands with one candidate. */
const FIRST_PASSES: readonly Pass[] = [shrinkOnModel];

/** The passes in their order, repeated until none of them changes the case. */
const PASSES: readonly Pass[] = [
  splitRaces,
  focusOnPages,
  deleteCommands,
  shrinkBlocks,
  mergeNames,
  simplifyArguments,
  replaceParentByChild,
  replaceReusedProcess,
  replaceProcessByPages,
  widenScope,
  substituteWindows,
  deleteAndChange,
  lowerLimits,
];

/** The last passes, which establish 2-minimality in the smallest world. */
const LAST_PASSES: readonly Pass[] = [splitRaces, shrinkScope, deleteCommands, deletePairs];

/** Searches that are tried when no pass makes the case shorter. */
const SEARCHES: readonly Pass[] = [shorterPaths];

export interface ShrinkSettings {
  /** Maximum number of candidates. */
  readonly most: number;
  /** The failing step; later commands are removed first. */
  readonly step: number;
  /** The failure goal, if known. */
  readonly failure?: Failure | undefined;
  /** Whether the failure is flaky, so that a passing case may fail in another run. */
  readonly flaky?: boolean;
  /** Whether only the passes run that establish 2-minimality. */
  readonly onlyLast?: boolean;
  /** Checked before each candidate; true stops shrinking. */
  readonly stopped?: () => boolean;
}

export interface Shrunk {
  readonly case: Case;
  readonly asked: number;
  /** Whether every pass was completed. */
  readonly complete: boolean;
}

/** The step at which a case failed with the failure goal; undefined if it did not. */
export type FailedAt = number | undefined;

/**
 * Shrinks a failing case with all passes, as a coroutine: yields candidates and receives the failing step of each.
 * Candidates whose result follows from earlier ones are not yielded.
 */
function* shrinking(failing: Case, options: ShrinkSettings): Generator<Case, Shrunk, FailedAt> {
  const session = new ShrinkSession(failing, options);
  const [first, passes, searches] =
    options.onlyLast === true ? [[], [], []] : [FIRST_PASSES, PASSES, SEARCHES];
  yield* session.changes(first, false);
  if (!session.believed && !(yield* session.ask(session.current))) session.keep(failing);
  for (let changed = true; changed && !session.spent;) {
    // Two passes that undo each other would not terminate.
    const known = new Set<string>();
    while (yield* session.changes(passes, true)) {
      const now = JSON.stringify(session.current);
      if (known.has(now)) break;
      known.add(now);
    }
    const before = session.current;
    while (yield* session.changes(LAST_PASSES, false));
    yield* session.changes(searches, false);
    changed = isSimpler(session.current, before);
  }
  return {
    case: session.believed ? session.current : failing,
    asked: session.asked,
    complete: !session.spent,
  };
}

/** The smallest failing case so far and all known results. */
class ShrinkSession {
  current: Case;
  /** Whether the current case was run on the target. */
  believed: boolean;
  asked = 0;
  /** Whether the limits were reached with candidates left. */
  spent = false;
  readonly #options: ShrinkSettings;
  readonly #answers: KnownResults;
  #ending: { readonly of: Case; readonly is: Ending | undefined } | undefined;

  constructor(failing: Case, options: ShrinkSettings) {
    const { step } = options;
    this.#options = options;
    this.#answers = new KnownResults(options.flaky ?? false);
    // Commands after the failing step cannot cause the failure. The case without them is run only if no shorter one fails.
    this.current = withoutUnsent(withCommands(failing, failing.commands.slice(0, step + 1)));
    this.believed = this.current.commands.length === failing.commands.length;
  }

  /** Whether a case fails with the failure goal. Known results are not asked again. */
  *ask(proposed: Case): Generator<Case, boolean, FailedAt> {
    const smaller = withoutUnsent(proposed);
    const known = this.#answers.of(smaller);
    if (known !== undefined) {
      if (known) this.#accept(smaller);
      return known;
    }
    if (this.asked >= this.#options.most || this.#options.stopped?.() === true) this.spent = true;
    if (this.spent) return false;
    this.asked++;
    const step = yield smaller;
    this.#answers.learn(smaller, step);
    if (step === undefined) return false;
    this.#accept(withCommands(smaller, smaller.commands.slice(0, step + 1)));
    return true;
  }

  /** Goes on with the whole case: without the commands after the step that was named, it does not fail. */
  keep(failing: Case): void {
    if (!this.spent) this.#accept(failing);
  }

  #accept(smaller: Case): void {
    this.current = smaller;
    this.believed = true;
  }

  /** Whether the last command of a case can have the same fingerprint as that of the current case, by the model. */
  #isLikely(proposed: Case): boolean {
    const { failure } = this.#options;
    if (this.#ending?.of !== this.current) {
      this.#ending = { of: this.current, is: endingOf(this.current, failure) };
    }
    const { is } = this.#ending;
    const ending = endingOf(proposed, failure);
    return is !== undefined && ending !== undefined && mayBeNamedAlike(ending, is, failure);
  }

  /**
   * Runs the passes once; returns whether any of them changed the case.
   *
   * @param likely whether only candidates that are likely to fail by the model are run on the target
   */
  *changes(passes: readonly Pass[], likely: boolean): Generator<Case, boolean, FailedAt> {
    const before = this.current;
    for (const pass of passes) {
      const proposals = pass(this.current, this.#options.failure);
      for (let next = proposals.next(); next.done !== true && !this.spent;) {
        const worth = !likely || this.#isLikely(next.value);
        next = proposals.next(worth && (yield* this.ask(next.value)));
      }
    }
    return this.current !== before && !this.spent;
  }
}

/** Shrinks against a synchronous target. */
export function shrinkNow(
  failing: Case,
  options: ShrinkSettings,
  failsAt: (smaller: Case) => FailedAt,
): Shrunk {
  const proposals = shrinking(failing, options);
  let next = proposals.next();
  while (next.done !== true) next = proposals.next(failsAt(next.value));
  return next.value;
}

/** Shrinks against an asynchronous target. */
export async function shrink(
  failing: Case,
  options: ShrinkSettings,
  failsAt: (smaller: Case) => Promise<FailedAt>,
): Promise<Shrunk> {
  const proposals = shrinking(failing, options);
  let next = proposals.next();
  while (next.done !== true) next = proposals.next(await failsAt(next.value));
  return next.value;
}
