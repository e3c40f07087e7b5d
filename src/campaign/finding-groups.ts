import { fingerprintOf, isOfShould, type Violation } from '../../spec/judge/verdict.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { isSimpler } from '../reduce/split-races.ts';
import { asItWasFound } from './as-it-was-found.ts';
import type { CaseNumber } from './case-number.ts';
import type { Examined } from './examiner.ts';
import type { Counterexample, Finding, OtherWay, SameAs } from './finding.ts';
import type { Diverging } from './first-divergence.ts';
import { Likeness } from './likeness.ts';
import { hasSameCause } from './same-cause.ts';

/** Failures attributed to one bug, their comparable features, and the finding with the shortest case. */
interface Group {
  finding: Finding;
  readonly likeness: Likeness;
}

/** Runs and judges a case in the profile of the groups. */
export type Examine = (testCase: Case) => Promise<Examined>;

/** Groups created in this run, each with its profile. */
export type MadeGroups = Group[];

/** A finding of an earlier profile that also fails in this profile. */
interface Recurring {
  readonly group: Group;
  readonly counterexample: Counterexample;
}

/**
 * Groups the failures of one profile by bug, as far as can be determined. A failure that resembles a known group is
 * counted there and not shrunk.
 */
export class FindingGroups {
  readonly #profile: ProfileName;
  readonly #groups: Group[] = [];
  /** The groups of all profiles of the run; new groups are appended. */
  readonly #made: MadeGroups;
  /** Groups of earlier profiles whose cases have not been run in this profile yet. */
  #untried: readonly Group[];
  readonly #recurring: Recurring[] = [];

  constructor(profile: ProfileName, made: MadeGroups) {
    this.#profile = profile;
    this.#made = made;
    this.#untried = [...made];
  }

  get findings(): readonly Finding[] {
    return this.#groups.map(({ finding }) => finding);
  }

  get size(): number {
    return this.#groups.length;
  }

  /** Whether a group contains this fingerprint. */
  has(fingerprint: string): boolean {
    return this.#groups.some((group) => showedItself(group, fingerprint));
  }

  /** Counts one more case of a finding. */
  count(known: Finding): void {
    const group = this.#groups.find(({ finding }) => finding === known);
    if (group !== undefined) group.finding = { ...known, times: known.times + 1 };
  }

  /** Counts a case with a known fingerprint; returns whether it is known. */
  countKnown(fingerprint: string): boolean {
    const group = this.#groups.find((one) => showedItself(one, fingerprint));
    if (group === undefined) return false;
    const { finding } = group;
    group.finding =
      finding.fingerprint === fingerprint
        ? { ...finding, times: finding.times + 1 }
        : { ...finding, otherWays: withMore(finding.otherWays, fingerprint, 1) };
    return true;
  }

  /** Counts a case in the group that it resembles, by its first divergence; returns whether there is one. */
  async countAlike(first: Diverging, number: CaseNumber, examine: Examine): Promise<boolean> {
    const { violation } = first;
    if (this.countKnown(fingerprintOf(violation))) return true;
    const group = await this.#alike(first, examine);
    if (group === undefined) return false;
    group.finding = withWay(group.finding, wayOf(violation, number));
    group.likeness.add(violation);
    return true;
  }

  /** The group that a case resembles. */
  async #alike(first: Diverging, examine: Examine): Promise<Group | undefined> {
    const known = this.#groups.find((group) => isAlike(group, first.violation));
    if (known !== undefined) return known;
    for (const group of this.#groups) {
      const { counterexample } = group.finding;
      if (counterexample.earlier !== undefined) continue;
      if (await hasSameCause(counterexample, first, examine)) return group;
    }
    return undefined;
  }

  /**
   * Creates a finding without shrinking, if the case of a similar finding of an earlier profile fails alike in this
   * profile.
   */
  async takeRecurring(
    violation: Violation,
    { isCrash, ...found }: FoundHere,
    examine: Examine,
  ): Promise<Finding | undefined> {
    const isDue = ({ finding: { counterexample, fingerprint } }: Group): boolean =>
      isOfShould(fingerprint) === isOfShould(fingerprintOf(violation)) &&
      (counterexample.failure !== undefined) === isCrash &&
      counterexample.earlier === undefined;
    const due = this.#untried.filter(isDue);
    this.#untried = this.#untried.filter((group) => !isDue(group));
    for (const group of due) {
      const { counterexample } = group.finding;
      const testCase = { ...counterexample.case, profile: this.#profile };
      const shown = asItWasFound(testCase, await examine(testCase));
      if (shown === undefined || !isAlike(group, shown.violation)) continue;
      const { certificate, asked, flaky } = counterexample;
      this.#recurring.push({ group, counterexample: { ...shown, certificate, asked, flaky } });
    }
    const recurring = this.#recurring.find(
      ({ group, counterexample }) =>
        isAlike(group, violation) || fingerprintOf(violation) === fingerprintOf(counterexample.violation),
    );
    if (recurring === undefined) return undefined;
    const { group, counterexample } = recurring;
    const { finding } = group;
    const own: Finding = {
      ...found,
      fingerprint: fingerprintOf(counterexample.violation),
      counterexample,
      times: 1,
      otherWays: [],
      sameAs: sameAs(finding.counterexample),
      file: finding.file,
    };
    const isSame = own.fingerprint === fingerprintOf(violation);
    const named = isSame ? own : { ...own, times: 0, otherWays: [wayOf(violation, found)] };
    const likeness = likenessOf(counterexample, violation);
    this.#groups.push({ finding: named, likeness });
    this.#recurring.splice(this.#recurring.indexOf(recurring), 1);
    return named;
  }

  /**
   * Adds a shrunk finding. If it resembles a known group it joins that group, and represents it if its case is the
   * shortest.
   *
   * @param first the first divergence of the case before shrinking
   * @param save saves a finding that represents its group, and returns its file
   */
  async add(
    finding: Finding,
    first: Violation | undefined,
    examine: Examine,
    save: (finding: Finding) => Promise<string | undefined>,
  ): Promise<{ readonly kept: Finding; readonly isNew: boolean }> {
    const { violation } = finding.counterexample;
    const isOwn = finding.counterexample.earlier !== undefined;
    const known = isOwn
      ? this.#groups.find((group) => showedItself(group, finding.fingerprint))
      : await this.#alike(finding.counterexample, examine);
    if (known === undefined) {
      const kept = { ...finding, file: await save(finding) };
      const group = { finding: kept, likeness: likenessOf(finding.counterexample, first) };
      this.#groups.push(group);
      this.#made.push(group);
      return { kept, isNew: true };
    }
    if (!isOwn) known.likeness.add(violation);
    const before = known.finding;
    const isBetter = before.sameAs === undefined && isShorter(finding.counterexample, before.counterexample);
    known.finding = isBetter
      ? withWay({ ...finding, file: await save(finding), otherWays: before.otherWays }, asWay(before))
      : withWay(before, asWay(finding));
    return { kept: known.finding, isNew: isBetter };
  }
}

/** The parts of a finding that are known before its counterexample. */
type FoundHere = Pick<Finding, 'index' | 'directed' | 'after' | 'found' | 'isByTheWay'> & {
  /** Whether the target crashed or hung. */
  readonly isCrash: boolean;
};

const showedItself = ({ finding }: Group, fingerprint: string): boolean =>
  finding.fingerprint === fingerprint || finding.otherWays.some((way) => fingerprintOf(way) === fingerprint);

/** Crashes and hangs are compared by fingerprint alone. */
const isAlike = (group: Group, violation: Violation): boolean =>
  showedItself(group, fingerprintOf(violation)) ||
  (group.finding.counterexample.failure === undefined && group.likeness.has(violation));

/**
 * Shrinking may end at another failure than the one found; both belong to the group. A failure that depends on earlier
 * cases may resemble any bug and is not compared.
 */
function likenessOf({ violation, earlier }: Counterexample, first: Violation | undefined): Likeness {
  const likeness = new Likeness();
  if (earlier !== undefined) return likeness;
  likeness.add(violation);
  if (first !== undefined) likeness.add(first);
  return likeness;
}

/** Whether a counterexample is simpler than another and fails as reliably. */
function isShorter(one: Counterexample, other: Counterexample): boolean {
  if (one.earlier !== undefined || (one.flaky !== undefined && other.flaky === undefined)) return false;
  return isSimpler(one.case, other.case);
}

const wayOf = ({ requirement, op, clause }: Violation, { index, directed }: CaseNumber): OtherWay => ({
  index,
  directed,
  requirement,
  op,
  clause,
  times: 1,
});

const sameAs = ({ case: { profile }, violation: { requirement, op, clause } }: Counterexample): SameAs => ({
  profile,
  requirement,
  op,
  clause,
});

const asWay = (finding: Finding): OtherWay => ({
  ...wayOf(finding.counterexample.violation, finding),
  times: finding.times,
});

/** A finding with one more fingerprint, or with a higher count for a known one. */
function withWay(finding: Finding, way: OtherWay): Finding {
  const fingerprint = fingerprintOf(way);
  if (finding.fingerprint === fingerprint) return { ...finding, times: finding.times + way.times };
  const { otherWays } = finding;
  return otherWays.some((one) => fingerprintOf(one) === fingerprint)
    ? { ...finding, otherWays: withMore(otherWays, fingerprint, way.times) }
    : { ...finding, otherWays: [...otherWays, way] };
}

const withMore = (ways: readonly OtherWay[], fingerprint: string, times: number): readonly OtherWay[] =>
  ways.map((way) => (fingerprintOf(way) === fingerprint ? { ...way, times: way.times + times } : way));
