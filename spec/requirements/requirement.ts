import type { ProfileName } from '../profiles/profile.ts';
import type { Capability } from '../vocabulary/capability.ts';

/** A broken MUST fails the run; a SHOULD warns, and fails it under `--strict`; a MAY only permits. */
type Level = 'MUST' | 'SHOULD' | 'MAY';

/**
 * A part of an observation that a target may omit, always or sometimes, although it declares the capability for it. A
 * requirement counts as covered only where the part that it is judged on was present.
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

/** One rule whose violation is observable. */
export interface Requirement {
  /** `chapter.slug`; an id is never reused for another rule. */
  readonly id: string;
  readonly level: Level;
  /** The rule in one line. */
  readonly title: string;
  /** The rule in full. */
  readonly text: string;
  /** The source of the rule; commit 5042db43cc26 is the origin of private memory. */
  readonly source: string;
  /** The profiles in which it holds; undefined for all. */
  readonly profiles?: readonly ProfileName[];
  /** The capabilities without which the rule cannot be judged. */
  readonly needs: readonly Capability[];
  /** The modes of a target in which other rules replace this one. */
  readonly unless?: readonly Capability[];
  /** One of these is needed as well; the first is the one to suggest to a target that has none of them. */
  readonly needsOneOf?: readonly Capability[];
  /** The parts of an observation that it is judged on, where its needs do not say so. */
  readonly evidence?: readonly Evidence[];
}

/** The capabilities that a target must declare in addition so that a requirement can be judged. */
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
