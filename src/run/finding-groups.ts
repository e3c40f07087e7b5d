import { fingerprintOf, isOfShould, type Violation } from '../../spec/judge/verdict.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { isSimpler } from '../shrink/passes/delete.ts';
import {
  type CaseNumber,
  type Counterexample,
  type Finding,
  type OtherSymptom,
  type SameAs,
  unshrunkCounterexample,
} from '../shrink/finding.ts';
import type { Examined } from '../examine/examiner.ts';
import type { Diverging } from '../shrink/first-divergence.ts';
import { Similarity, hasSameCause } from './same-cause.ts';

/** Failures attributed to one bug, their comparable features, and the finding with the shortest case. */
interface Group {
  finding: Finding;
  readonly likeness: Similarity;
  /** Whether its case fails in this profile, but no case of the run in this profile was attributed to it yet. */
  isOnlyRecalled?: boolean;
}

/** Runs and judges a case in the profile of the groups. */
export type Examine = (testCase: Case) => Promise<Examined>;

/** Groups created in this run, in all of its profiles. */
export type MadeGroups = Group[];

/** The case of a run that showed a finding, and its position. */
export type FoundHere = Pick<Finding, 'index' | 'directed' | 'after' | 'found' | 'isIncidental'>;

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

  constructor(profile: ProfileName, made: MadeGroups) {
    this.#profile = profile;
    this.#made = made;
    this.#untried = [...made];
  }

  get findings(): readonly Finding[] {
    return this.#shown.map(({ finding }) => finding);
  }

  get size(): number {
    return this.#shown.length;
  }

  get #shown(): readonly Group[] {
    return this.#groups.filter(({ isOnlyRecalled }) => isOnlyRecalled !== true);
  }

  /** Whether a group contains this fingerprint. */
  has(fingerprint: string): boolean {
    return this.#shown.some((group) => showedItself(group, fingerprint));
  }

  /** Counts one more case of a finding. */
  count(known: Finding): void {
    const group = this.#groups.find(({ finding }) => finding === known);
    if (group !== undefined) group.finding = { ...known, times: known.times + 1 };
  }

  /** Counts a case with a known fingerprint; returns whether it is known. */
  countKnown(violation: Violation, here: FoundHere): boolean {
    const group = this.#groups.find((one) => showedItself(one, fingerprintOf(violation)));
    if (group !== undefined) countIn(group, outcomeOf(violation, here), here);
    return group !== undefined;
  }

  /** Counts a case in the group that it resembles, by its first divergence; returns whether there is one. */
  async countAlike(first: Diverging, here: FoundHere, examine: Examine): Promise<boolean> {
    const { violation } = first;
    const group = await this.#alike(first, examine);
    if (group === undefined) return false;
    countIn(group, outcomeOf(violation, here), here);
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
   * Runs the shortest cases of the groups of earlier profiles in this profile, each once. A group whose case fails in the same
   * way is known in this profile, too, and not shrunk again. Groups of another kind of failure are not run yet.
   */
  async recall(like: Pick<Counterexample, 'violation' | 'failure'>, examine: Examine): Promise<void> {
    const isDue = ({ finding: { counterexample, fingerprint } }: Group): boolean =>
      isOfShould(fingerprint) === isOfShould(fingerprintOf(like.violation)) &&
      counterexample.failure?.kind === like.failure?.kind &&
      counterexample.earlier === undefined;
    const due = this.#untried.filter(isDue);
    this.#untried = this.#untried.filter((group) => !isDue(group));
    for (const group of due) {
      const { finding } = group;
      const { certificate, asked, flaky, ...of } = finding.counterexample;
      const testCase = { ...of.case, profile: this.#profile };
      const shown = unshrunkCounterexample(testCase, await examine(testCase));
      if (shown === undefined || !isAlike(group, shown.violation)) continue;
      const counterexample = { ...shown, certificate, asked, flaky };
      this.#groups.push({
        finding: {
          ...finding,
          fingerprint: fingerprintOf(shown.violation),
          counterexample,
          times: 0,
          otherSymptoms: [],
          sameAs: sameAs(finding.counterexample),
        },
        likeness: likenessOf(counterexample, undefined),
        isOnlyRecalled: true,
      });
    }
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
    const { counterexample } = finding;
    const { violation, earlier } = counterexample;
    const known =
      earlier === undefined
        ? await this.#alike(counterexample, examine)
        : this.#groups.find(
            (group) => showedItself(group, finding.fingerprint) || hasSameEarlier(group.finding, finding),
          );
    if (known === undefined) {
      const kept = { ...finding, file: await save(finding) };
      const group = { finding: kept, likeness: likenessOf(counterexample, first) };
      this.#groups.push(group);
      this.#made.push(group);
      return { kept, isNew: true };
    }
    if (earlier === undefined) known.likeness.add(violation);
    const before = known.finding;
    const isBetter = before.sameAs === undefined && isShorter(counterexample, before.counterexample);
    if (isBetter) known.finding = standingFor({ ...finding, file: await save(finding) }, before);
    else countIn(known, outcomeOf(violation, finding), finding);
    return { kept: known.finding, isNew: isBetter };
  }
}

const showedItself = ({ finding }: Group, fingerprint: string): boolean =>
  finding.fingerprint === fingerprint ||
  finding.otherSymptoms.some((symptom) => fingerprintOf(symptom) === fingerprint);

/** Whether two failures depend on the same earlier cases. The state that these leave behind is one bug. */
const hasSameEarlier = (one: Finding, other: Finding): boolean =>
  one.counterexample.earlier !== undefined &&
  JSON.stringify(one.counterexample.earlier) === JSON.stringify(other.counterexample.earlier);

/** Crashes and hangs are compared by fingerprint alone. */
const isAlike = (group: Group, violation: Violation): boolean =>
  showedItself(group, fingerprintOf(violation)) ||
  (group.finding.counterexample.failure === undefined && group.likeness.has(violation));

/**
 * Shrinking may end at another failure than the one found; both belong to the group. A failure that depends on earlier
 * cases may resemble any bug and is not compared.
 */
function likenessOf({ violation, earlier }: Counterexample, first: Violation | undefined): Similarity {
  const likeness = new Similarity();
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

const outcomeOf = (
  { requirement, op, clause, site }: Violation,
  { index, directed }: CaseNumber,
): OtherSymptom => ({
  index,
  directed,
  requirement,
  op,
  clause,
  site,
  times: 1,
});

const sameAs = ({
  case: { profile },
  violation: { requirement, op, clause, site },
}: Counterexample): SameAs => ({
  profile,
  requirement,
  op,
  clause,
  site,
});

/** Counts one more case in a group. */
function countIn(
  group: Group,
  symptom: OtherSymptom,
  { index, directed, after, found, isIncidental }: FoundHere,
): void {
  if (group.isOnlyRecalled === true) {
    group.isOnlyRecalled = false;
    group.finding = { ...group.finding, index, directed, after, found, isIncidental };
  }
  group.finding = withSymptom(group.finding, symptom);
}

/** The finding with the shorter case, with all counts of the finding that represented its group before. */
function standingFor(finding: Finding, before: Finding): Finding {
  const symptoms = [
    ...before.otherSymptoms,
    { ...outcomeOf(before.counterexample.violation, before), times: before.times },
  ];
  return symptoms.reduce(withSymptom, finding);
}

/** A finding with one more fingerprint, or with a higher count for a known one. */
function withSymptom(finding: Finding, symptom: OtherSymptom): Finding {
  const fingerprint = fingerprintOf(symptom);
  const { times, otherSymptoms } = finding;
  if (finding.fingerprint === fingerprint) return { ...finding, times: times + symptom.times };
  const at = otherSymptoms.findIndex((one) => fingerprintOf(one) === fingerprint);
  const known = otherSymptoms[at];
  const symptoms =
    known === undefined
      ? [...otherSymptoms, symptom]
      : otherSymptoms.with(at, { ...known, times: known.times + symptom.times });
  return { ...finding, otherSymptoms: symptoms };
}
