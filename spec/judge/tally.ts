import { CATALOGUE, type RequirementId, ruleIndex } from '../requirements/catalogue.ts';
import { EVIDENCE, type Evidence, evidenceFor } from '../requirements/requirement.ts';

/** The parts of an observation as bits. */
const BITS: { readonly [E in Evidence]: number } = {
  entries: 1,
  counts: 2,
  'least-counts': 4,
  rss: 8,
  charged: 16,
  'free-counts': 32,
  'fault-device': 64,
};

export const SHOWN_ENTRIES = BITS.entries;
export const SHOWN_COUNTS = BITS.counts;
export const SHOWN_LEAST_COUNTS = BITS['least-counts'];
export const SHOWN_RSS = BITS.rss;
export const SHOWN_CHARGED = BITS.charged;
export const SHOWN_FREE_COUNTS = BITS['free-counts'];
export const SHOWN_FAULT_DEVICE = BITS['fault-device'];

/**
 * Parts of a snapshot. A condition after a step is still visible in the next snapshot; an event is visible only at
 * once.
 */
const IN_SNAPSHOT = SHOWN_ENTRIES | SHOWN_COUNTS | SHOWN_LEAST_COUNTS | SHOWN_RSS | SHOWN_CHARGED;

/** By catalogue index, the parts of an observation that the requirement is judged on. */
const EVIDENCE_OF: readonly number[] = CATALOGUE.map((requirement) =>
  evidenceFor(requirement).reduce((bits, part) => bits | BITS[part], 0),
);

/** Requirements that every snapshot with these parts covers: counted by snapshot, and added up on demand. */
const BY_SNAPSHOT: ReadonlyMap<RequirementId, number> = new Map<RequirementId, number>([
  ['robust.at-rest', SHOWN_ENTRIES],
  ['count.one-object', SHOWN_ENTRIES],
  ['count.idle', SHOWN_COUNTS],
  ['count.references', SHOWN_COUNTS],
  ['count.mappings', SHOWN_COUNTS],
  ['count.never-zero', SHOWN_LEAST_COUNTS],
  ['account.rss', SHOWN_RSS],
  ['account.charge', SHOWN_CHARGED],
]);

/** Counts of a tally as data, without those that are 0: by catalogue index, and by the parts of a snapshot. */
export interface TallyCounts {
  readonly covered: readonly Counted[];
  readonly notFollowed: readonly Counted[];
  readonly unjudged: readonly Counted[];
  readonly snapshots: readonly Counted[];
  readonly shown: number;
  readonly judged: number;
  readonly notFollowedShoulds: number;
}

/** An index, and the count there. */
type Counted = readonly [index: number, count: number];

/** Number of times that each requirement was covered, and number of times that a SHOULD was not followed. */
export class Tally {
  readonly #covered = new Float64Array(CATALOGUE.length);
  readonly #notFollowed = new Float64Array(CATALOGUE.length);
  /** Number of times that the precondition was met and no evidence for the requirement was shown. */
  readonly #unjudged = new Float64Array(CATALOGUE.length);
  /**
   * Preconditions that were met since the last snapshot of this case and await the next one, where they are more than
   * 0.
   */
  readonly #waiting = new Float64Array(CATALOGUE.length);
  readonly #waitingRules: number[] = [];
  /** Number of snapshots, by the parts that they showed. */
  readonly #snapshots = new Float64Array(32);
  /** All parts of an observation that were ever shown. */
  #shown = 0;
  #judged = 0;

  /** Number of times that the precondition was met and the requirement was compared with shown parts. */
  covered(requirement: RequirementId): number {
    let count = this.#covered[ruleIndex(requirement)] ?? 0;
    const shown = BY_SNAPSHOT.get(requirement);
    if (shown === undefined) return count;
    for (const [parts, times] of this.#snapshots.entries()) if ((parts & shown) !== 0) count += times;
    return count;
  }

  /** Number of times that any SHOULD was not followed. */
  notFollowedShoulds = 0;

  notFollowed(requirement: RequirementId): number {
    return this.#notFollowed[ruleIndex(requirement)] ?? 0;
  }

  /** The parts by which the requirement is judged and that were never shown although its precondition was met. */
  withheld(requirement: RequirementId): readonly Evidence[] {
    if (this.covered(requirement) > 0) return [];
    const rule = ruleIndex(requirement);
    const met = BY_SNAPSHOT.has(requirement)
      ? this.#judged
      : (this.#unjudged[rule] ?? 0) + (this.#waiting[rule] ?? 0);
    if (met === 0) return [];
    const never = (EVIDENCE_OF[rule] ?? 0) & ~this.#shown;
    return EVIDENCE.filter((part) => (never & BITS[part]) !== 0);
  }

  /** Starts a case: later snapshots show nothing of the previous case. */
  beginCase(): void {
    for (const rule of this.#waitingRules) {
      this.#unjudged[rule] = (this.#unjudged[rule] ?? 0) + (this.#waiting[rule] ?? 0);
      this.#waiting[rule] = 0;
    }
    this.#waitingRules.length = 0;
  }

  /** Counts one coverage of the requirement with this catalogue index, or another number of them. */
  cover(rule: number, times = 1): void {
    this.#covered[rule] = (this.#covered[rule] ?? 0) + times;
  }

  /**
   * Records that the precondition of a requirement was met in a step that showed these parts. The requirement is
   * covered if its evidence was shown, either immediately or in the next snapshot that shows it.
   */
  meet(rule: number, shown: number): void {
    const missing = (EVIDENCE_OF[rule] ?? 0) & ~shown;
    if (missing === 0) this.cover(rule);
    else if ((missing & ~IN_SNAPSHOT) !== 0) this.#unjudged[rule] = (this.#unjudged[rule] ?? 0) + 1;
    else {
      if (this.#waiting[rule] === 0) this.#waitingRules.push(rule);
      this.#waiting[rule] = (this.#waiting[rule] ?? 0) + 1;
    }
  }

  /** Counts one judged step, and the parts of its observation. */
  step(shown: number): void {
    this.#judged++;
    this.#shown |= shown;
  }

  /** Counts one snapshot that showed these parts. */
  snapshot(shown: number): void {
    const parts = shown & IN_SNAPSHOT;
    this.#snapshots[parts] = (this.#snapshots[parts] ?? 0) + 1;
    if (this.#waitingRules.length > 0) this.#settle(parts);
  }

  /** Covers the requirements that awaited this snapshot. */
  #settle(parts: number): void {
    let kept = 0;
    for (const rule of this.#waitingRules) {
      if (((EVIDENCE_OF[rule] ?? 0) & ~parts) === 0) {
        this.#covered[rule] = (this.#covered[rule] ?? 0) + (this.#waiting[rule] ?? 0);
        this.#waiting[rule] = 0;
      } else {
        this.#waitingRules[kept++] = rule;
      }
    }
    this.#waitingRules.length = kept;
  }

  /** Returns the counts since the last call, and starts again from 0. */
  take(): TallyCounts {
    this.beginCase();
    const counts: TallyCounts = {
      covered: emptied(this.#covered),
      notFollowed: emptied(this.#notFollowed),
      unjudged: emptied(this.#unjudged),
      snapshots: emptied(this.#snapshots),
      shown: this.#shown,
      judged: this.#judged,
      notFollowedShoulds: this.notFollowedShoulds,
    };
    this.#shown = 0;
    this.#judged = 0;
    this.notFollowedShoulds = 0;
    return counts;
  }

  /** Adds the counts of another tally. Indexes that do not exist are ignored. */
  add(counts: TallyCounts): void {
    addTo(this.#covered, counts.covered);
    addTo(this.#notFollowed, counts.notFollowed);
    addTo(this.#unjudged, counts.unjudged);
    addTo(this.#snapshots, counts.snapshots);
    this.#shown |= counts.shown;
    this.#judged += counts.judged;
    this.notFollowedShoulds += counts.notFollowedShoulds;
  }

  breakShould(requirement: RequirementId): void {
    const rule = ruleIndex(requirement);
    this.#notFollowed[rule] = (this.#notFollowed[rule] ?? 0) + 1;
    this.notFollowedShoulds++;
  }
}

function emptied(counts: Float64Array): readonly Counted[] {
  const found: Counted[] = [];
  for (let index = 0; index < counts.length; index++) {
    const count = counts[index] ?? 0;
    if (count !== 0) found.push([index, count]);
  }
  counts.fill(0);
  return found;
}

function addTo(counts: Float64Array, added: readonly Counted[]): void {
  for (const [index, count] of added) counts[index] = (counts[index] ?? 0) + count;
}
