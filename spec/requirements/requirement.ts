import type { ProfileName } from '../profiles/profile.ts';
import type { Capability } from '../vocabulary/capability.ts';

/** MUST fails a run when broken; SHOULD warns, and fails it under `--strict`; MAY only tells what is allowed. */
type Level = 'MUST' | 'SHOULD' | 'MAY';

/**
 * A part of an observation that a target may leave out although it declares the capability for it, or shows only now
 * and then. A requirement counts as exercised only where the part that it is judged on was there to be compared.
 */
export const EVIDENCE = [
  'entries',
  'counts',
  'least-counts',
  'rss',
  'charged',
  'free-counts',
  'fault-device',
] as const;
export type Evidence = (typeof EVIDENCE)[number];

/** One rule that an implementation can be seen to keep or to break. */
export interface Requirement {
  /** `chapter.slug`: never renumbered, never used again for another rule. */
  readonly id: string;
  readonly level: Level;
  /** The rule in one line. */
  readonly title: string;
  /** The rule in full, in our own words. */
  readonly text: string;
  /** Where the rule comes from; commit 5042db43cc26 is the origin of private memory. */
  readonly source: string;
  /** The profiles in which it holds; undefined for all. */
  readonly profiles?: readonly ProfileName[];
  /** What a target must be able to do and to show, so that the rule can be judged at all. */
  readonly needs: readonly Capability[];
  /** The modes of a target in which something else is right. */
  readonly unless?: readonly Capability[];
  /** One of these is needed as well; the first is the one to suggest to a target that has none of them. */
  readonly needsOneOf?: readonly Capability[];
  /** The parts of an observation that it is judged on, where its needs do not say so. */
  readonly evidence?: readonly Evidence[];
}

/** What a target would have to declare so that a requirement can be judged. */
export function missingFor(
  { needs, needsOneOf = [] }: Requirement,
  capabilities: ReadonlySet<Capability>,
): readonly Capability[] {
  const missing = needs.filter((need) => !capabilities.has(need));
  const [suggested] = needsOneOf;
  return suggested === undefined || needsOneOf.some((one) => capabilities.has(one))
    ? missing
    : [...missing, suggested];
}

/** The parts of an observation that must be there to judge a requirement. */
export const evidenceFor = ({ needs, evidence }: Requirement): readonly Evidence[] =>
  evidence ??
  needs.flatMap((need): Evidence[] =>
    need === 'entries'
      ? ['entries']
      : need === 'frames'
        ? ['counts']
        : need === 'least-count'
          ? ['least-counts']
          : [],
  );

export interface Chapter<R extends Requirement = Requirement> {
  readonly name: string;
  readonly title: string;
  readonly requirements: readonly R[];
}
