import { PROPERTIES } from '../../properties/properties.ts';
import type { Property } from '../../properties/property.ts';
import { Judge } from '../../spec/judge/judge.ts';
import { Tally, type TallyCounts } from '../../spec/judge/tally.ts';
import { CONFORMS, fingerprintOf, type Verdict, type Violation } from '../../spec/judge/verdict.ts';
import { type JudgingOptions, judgingOptionsFor } from '../../spec/model/judging-options.ts';
import { type ProfileName, PROFILES } from '../../spec/profiles/profile.ts';
import { isShould, type RequirementId, ruleIndex } from '../../spec/requirements/catalogue.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { type Scope, scopeKey } from '../../spec/vocabulary/scope.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import { type Run, siteOf, type Target, type TargetFailure } from '../targets/target.ts';

const SURVIVES = ruleIndex('robust.no-crash');
const ANSWERS = ruleIndex('robust.terminates');
const FRESH_WORLD = ruleIndex('robust.fresh-world');

/** A property that fails on a trace. */
export interface PropertyBreach {
  readonly property: string;
  readonly step: number;
  readonly message: string;
}

/** The result of one case: a trace with its verdict, or a failure of the target. */
export type Examined =
  | {
      readonly kind: 'judged';
      readonly trace: Trace;
      readonly verdict: Verdict;
      /** Whether a SHOULD was not followed. A strict examiner reports this as a violation. */
      readonly notFollowed?: boolean;
      /** Properties that fail; empty if the judge found a violation. */
      readonly broken: readonly PropertyBreach[];
    }
  | { readonly kind: 'failed'; readonly failure: TargetFailure };

/** How often the preconditions of requirements and of properties were met; the latter in the order of
 * `propertiesFor`. */
export interface Coverage {
  readonly tally: TallyCounts;
  readonly properties: readonly number[];
}

/** Follows judged cases, step by step. */
export interface CaseWatcher {
  begin(scope: Scope): void;
  /** Called after each step that conforms, with the judge that has the possible states of the target. */
  step(command: Command, judge: Judge): void;
}

/** Runs cases of one profile on one target and judges them: first against the model, then with the properties. */
export class Examiner {
  readonly tally = new Tally();
  readonly #target: Target;
  readonly #judging: JudgingOptions;
  readonly #strict: boolean;
  readonly #watcher: CaseWatcher | undefined;
  /** One judge for each world size. */
  readonly #judges = new Map<number, Judge>();
  readonly #properties: readonly { readonly property: Property; covered: number }[];
  /** Whether another case came before the one that is examined. */
  #hasEarlier: boolean;

  /**
   * @param strict whether a SHOULD that is not followed is a violation as well
   * @param hasEarlier whether cases come before the first one that is examined
   * @param watcher follows the cases
   */
  constructor(
    target: Target,
    profile: ProfileName,
    {
      strict = false,
      hasEarlier = false,
      watcher,
    }: {
      readonly strict?: boolean;
      readonly hasEarlier?: boolean;
      readonly watcher?: CaseWatcher | undefined;
    } = {},
  ) {
    this.#strict = strict;
    this.#watcher = watcher;
    this.#hasEarlier = hasEarlier;
    const { capabilities } = target.hello;
    this.#target = target;
    this.#judging = judgingOptionsFor(PROFILES[profile], capabilities);
    this.#properties = propertiesFor(profile, capabilities).map((property) => ({ property, covered: 0 }));
  }

  /** Returns the counts of requirements and properties since the last call, and starts again from 0. */
  takeCoverage(): Coverage {
    const properties = this.#properties.map((entry) => {
      const { covered } = entry;
      entry.covered = 0;
      return covered;
    });
    return { tally: this.tally.take(), properties };
  }

  async examine(testCase: Case): Promise<Examined> {
    return this.examineRun(await this.#target.run(testCase));
  }

  /** As `examine`, but if no MUST is violated, a SHOULD that is not followed is the violation. */
  async examineWithShoulds(testCase: Case): Promise<Examined> {
    const examined = await this.examine(testCase);
    if (examined.kind === 'failed' || examined.notFollowed !== true) return examined;
    if (examined.verdict.kind !== 'conforms' || examined.broken.length > 0) return examined;
    return examinedStrictly(this.#target, examined.trace) ?? examined;
  }

  /** Judges the result of a case, from any instance of the target. */
  examineRun(run: Run): Examined {
    if (run.kind === 'failure') return { kind: 'failed', failure: run.failure };
    const { trace } = run;
    const { notFollowedShoulds } = this.tally;
    if (this.#hasEarlier) this.tally.cover(FRESH_WORLD);
    this.#hasEarlier = true;
    const verdict = this.judge(trace);
    const notFollowed = this.tally.notFollowedShoulds > notFollowedShoulds;
    this.tally.cover(SURVIVES);
    this.tally.cover(ANSWERS);
    const broken = verdict.kind === 'violates' ? [] : this.#broken(trace);
    return { kind: 'judged', trace, verdict, notFollowed, broken };
  }

  /** The judge's verdict on a trace. */
  judge(trace: Trace): Verdict {
    const { commands, scope } = trace.case;
    const judge = this.#judgeFor(scope);
    const watcher = this.#watcher;
    judge.begin();
    watcher?.begin(scope);
    for (let step = 0; step < commands.length; step++) {
      const command = commands[step];
      if (command === undefined) break;
      const observation = trace.observations[step];
      const verdict = judge.judge(step, command, observation);
      if (verdict.kind !== 'conforms') return verdict;
      if (observation !== undefined) watcher?.step(command, judge);
    }
    return CONFORMS;
  }

  #judgeFor(scope: Scope): Judge {
    const key = scopeKey(scope);
    const known = this.#judges.get(key);
    if (known !== undefined) return known;
    const judge = new Judge(scope, this.#judging, this.tally, { strict: this.#strict });
    this.#judges.set(key, judge);
    return judge;
  }

  #broken(trace: Trace): readonly PropertyBreach[] {
    let breaches: PropertyBreach[] | undefined;
    for (const entry of this.#properties) {
      const { covered, broken } = entry.property.examine(trace);
      entry.covered += covered;
      if (broken !== undefined) (breaches ??= []).push({ property: entry.property.id, ...broken });
    }
    return breaches ?? [];
  }
}

/** The properties that are checked on a target with these capabilities. */
export const propertiesFor = (
  profile: ProfileName,
  capabilities: ReadonlySet<Capability>,
): readonly Property[] =>
  PROPERTIES.filter(
    ({ needs, profiles }) =>
      needs.every((need) => capabilities.has(need)) && (profiles === undefined || profiles.includes(profile)),
  );

/** Judges a trace strictly; undefined if every SHOULD is followed. */
export function examinedStrictly(target: Target, trace: Trace): Examined | undefined {
  const verdict = new Examiner(target, trace.case.profile, { strict: true }).judge(trace);
  return verdict.kind === 'violates' && isShould(verdict.violation.requirement)
    ? { kind: 'judged', trace, verdict, broken: [] }
    : undefined;
}

/** A crash or a hang as a violation at the failing step, or at the last command if the step is unknown. */
export function violationOf(testCase: Case, failure: TargetFailure): Violation {
  const step = Math.min(failure.step ?? testCase.commands.length - 1, testCase.commands.length - 1);
  const hang = failure.kind === 'hang';
  return {
    step,
    op: testCase.commands[step]?.op ?? 'inspect',
    requirement: hang ? 'robust.terminates' : 'robust.no-crash',
    clause: 'result',
    expected: ['an answer'],
    observed: failure.message,
    breaches: [],
    site: siteOf(failure),
  };
}

/** The fingerprint of a crash or a hang has no command, because the failing step may be unknown. */
function failureFingerprint(failure: TargetFailure): string {
  const site = siteOf(failure);
  const requirement = failure.kind === 'hang' ? 'robust.terminates' : 'robust.no-crash';
  return site === undefined ? requirement : `${requirement} ${site}`;
}

/** The fingerprint of a failing case; undefined for a case that passes. */
export function fingerprintOfExamined(examined: Examined): string | undefined {
  if (examined.kind === 'judged') {
    return examined.verdict.kind === 'violates' ? fingerprintOf(examined.verdict.violation) : undefined;
  }
  return isFinding(examined.failure) ? failureFingerprint(examined.failure) : undefined;
}

/** The first requirement that a case violates; undefined for a case that passes. */
export function requirementOfExamined(testCase: Case, examined: Examined): RequirementId | undefined {
  if (examined.kind === 'failed') return violationOf(testCase, examined.failure).requirement;
  return examined.verdict.kind === 'violates' ? examined.verdict.violation.requirement : undefined;
}

/**
 * Whether a failure violates a requirement once it is confirmed. All other failures are failures of the connection
 * between target and suite.
 */
export const isFinding = ({ kind }: TargetFailure): boolean => kind === 'crash' || kind === 'hang';
