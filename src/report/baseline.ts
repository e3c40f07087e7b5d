import { z } from 'zod';
import { oneLine } from '../corpus/printable.ts';
import { amount } from './figures.ts';
import type { JsonReport } from './json-report.ts';
import type { Paint } from './paint.ts';

/** The format name in a baseline file. */
const BASELINE_FORMAT = 'zdc-baseline';
/** Incremented if a reader of an older version would misread a newer file. */
const BASELINE_VERSION = 1;

const KnownFailure = z.object({
  requirement: z.string(),
  /** The profile in which it fails; absent for all. */
  profile: z.string().optional(),
  /** Text that the observation of the failure contains, such as the function that crashed; absent for any failure. */
  observed: z.string().optional(),
  reason: z.string(),
  link: z.string().optional(),
  /** Whether it fails in some runs only; a pass is then expected as well. */
  flaky: z.literal(true).optional(),
});
export type KnownFailure = Readonly<z.infer<typeof KnownFailure>>;

/** A list of known failures of a target. */
export const Baseline = z.object({
  format: z.literal(BASELINE_FORMAT),
  version: z.literal(BASELINE_VERSION),
  target: z.string(),
  known: z.array(KnownFailure),
});
export type Baseline = z.infer<typeof Baseline>;

/** A requirement in one profile. */
interface Place {
  readonly profile: string;
  readonly requirement: string;
}

/** A run compared with a baseline. */
export interface BaselineResult {
  /** The path of the baseline file. */
  readonly file: string;
  /** The known failure by which a failure of this run is explained; undefined if it is unexpected. */
  readonly knownFailure: (profile: string, requirement: string) => KnownFailure | undefined;
  /** Number of known failures, as listed in the file, that failed in this run. */
  readonly expected: number;
  readonly failures: readonly Place[];
  /** Known failures that were judged and did not fail. */
  readonly passes: readonly (Place & { readonly known: KnownFailure })[];
  /** Number of known failures that could not be judged in this run. */
  readonly unjudged: number;
}

/** The parts of a report that a baseline is compared with. */
type Judged = Pick<JsonReport, 'profiles' | 'corpus' | 'strict'>;

const keyOf = ({ profile, requirement }: Place): string => `${profile} ${requirement}`;

interface Failure extends Place {
  /** All requirements that the same bug violates: one finding is one bug. */
  readonly requirements: readonly string[];
  /** Undefined for a violation without a finding. */
  readonly observed: string | undefined;
  readonly flaky: boolean;
}

/** The failures of a run: its findings, the saved counterexamples that still fail, and violations without a finding. */
function failuresOf({ profiles, corpus, strict }: Judged): readonly Failure[] {
  const found = profiles.flatMap(({ profile, findings, warnings = [], requirements }): Failure[] => {
    const groups = [...findings, ...(strict ? warnings : [])].map(
      ({ requirement, observed, otherSymptoms = [], flaky }) => ({
        profile,
        requirement,
        observed,
        requirements: [requirement, ...otherSymptoms.map((symptom) => symptom.requirement)],
        flaky: flaky !== undefined,
      }),
    );
    const explained = new Set(groups.flatMap((group) => group.requirements));
    const others = requirements.filter(({ id, status }) => status === 'violated' && !explained.has(id));
    return [
      ...groups,
      ...others.map(({ id }) => ({
        profile,
        requirement: id,
        requirements: [id],
        observed: undefined,
        flaky: false,
      })),
    ];
  });
  const saved = (corpus?.files ?? []).flatMap(({ now, profile }): Failure[] =>
    now === null
      ? []
      : [
          {
            profile: profile ?? now.case.profile,
            requirement: now.requirement,
            requirements: [now.requirement],
            observed: now.observed,
            flaky: now.flaky !== undefined,
          },
        ],
  );
  return [...found, ...saved];
}

const isAt = (known: KnownFailure, { profile, requirement }: Place): boolean =>
  known.requirement === requirement && (known.profile === undefined || known.profile === profile);

const explains = (known: KnownFailure, { profile, requirements, observed }: Failure): boolean =>
  requirements.some((requirement) => isAt(known, { profile, requirement })) &&
  (known.observed === undefined || observed?.includes(known.observed) === true);

/** Compares a run with a baseline. A finding is expected if the failure of one of its requirements is known. */
export function compareWithBaseline(file: string, { known }: Baseline, judged: Judged): BaselineResult {
  const entryFor = (profile: string, requirement: string): KnownFailure | undefined =>
    known.find((one) => isAt(one, { profile, requirement }));
  const expected = new Map<string, KnownFailure>();
  const unexpected = new Map<string, Place>();
  const violatedUnexpectedly = new Set<string>();
  const failures = failuresOf(judged);
  for (const failure of failures) {
    const { profile, requirement, requirements } = failure;
    const entry = known.find((one) => explains(one, failure));
    for (const id of requirements) {
      const key = keyOf({ profile, requirement: id });
      if (entry === undefined) violatedUnexpectedly.add(key);
      else expected.set(key, entry);
    }
    if (entry === undefined) unexpected.set(keyOf({ profile, requirement }), { profile, requirement });
  }
  for (const key of violatedUnexpectedly) expected.delete(key);
  const judgedOf = judged.profiles.flatMap(({ profile, requirements }) =>
    requirements.flatMap(({ id, status }) => {
      const entry = entryFor(profile, id);
      const isExpected = expected.has(keyOf({ profile, requirement: id }));
      return entry === undefined || isExpected ? [] : [{ profile, requirement: id, known: entry, status }];
    }),
  );
  // An entry may hold in several profiles, and one bug may violate further requirements: neither makes it two.
  const failed = new Set(known.filter((one) => failures.some((failure) => explains(one, failure))));
  const settled = new Set([
    ...failed,
    ...judgedOf.flatMap((one) => (one.status === 'passed' || one.status === 'violated' ? [one.known] : [])),
  ]);
  return {
    file,
    knownFailure: (profile, requirement) => expected.get(keyOf({ profile, requirement })),
    expected: failed.size,
    failures: [...unexpected.values()],
    passes: judgedOf.filter((one) => one.status === 'passed' && one.known.flaky === undefined),
    unjudged: new Set(judgedOf.flatMap((one) => (settled.has(one.known) ? [] : [one.known]))).size,
  };
}

/**
 * The baseline of a run: its failures, with the reasons and links of an earlier baseline. Known failures that the run
 * could not judge stay; those that passed go.
 */
export function baselineOf(
  report: JsonReport,
  before: Baseline | undefined,
  { reason, link }: { readonly reason: string; readonly link?: string | undefined },
): Baseline {
  const earlier = before?.known ?? [];
  const statuses = new Map(
    report.profiles.flatMap(({ profile, requirements }) =>
      requirements.map(({ id, status }) => [keyOf({ profile, requirement: id }), status]),
    ),
  );
  const failing = new Map(failuresOf(report).map((one) => [keyOf(one), one]));
  const kept = earlier.flatMap((one): KnownFailure[] => {
    if (one.profile === undefined) {
      const places = report.profiles.map(({ profile }) => keyOf({ profile, requirement: one.requirement }));
      const isJudged = places.some((key) => statuses.get(key) === 'passed' || failing.has(key));
      return isJudged && !places.some((key) => failing.has(key)) && one.flaky === undefined ? [] : [one];
    }
    const key = keyOf({ profile: one.profile, requirement: one.requirement });
    return statuses.get(key) === 'passed' && !failing.has(key) && one.flaky === undefined ? [] : [one];
  });
  return {
    format: BASELINE_FORMAT,
    version: BASELINE_VERSION,
    target: report.target.name,
    known: [
      ...kept,
      ...[...failing.values()]
        .filter((one) => !kept.some((entry) => isAt(entry, one) && explains(entry, one)))
        .map(({ profile, requirement, flaky }) => ({
          requirement,
          profile,
          reason,
          ...(link === undefined ? {} : { link }),
          ...(flaky ? { flaky: true as const } : {}),
        })),
    ],
  };
}

/** A known failure in one sentence. */
export const knownInWords = ({ reason, link }: KnownFailure): string =>
  oneLine(`known failure: ${reason}${link === undefined ? '' : ` (${link})`}`);

/** The comparison as text: each unexpected failure and pass on a line, then the totals. */
export function baselineText(
  { file, expected, failures, passes, unjudged }: Omit<BaselineResult, 'knownFailure'>,
  paint: Paint,
): string {
  const isNews = failures.length + passes.length > 0;
  const lines = [
    ...failures.map(
      ({ profile, requirement }) =>
        `${paint.red('✗')} unexpected failure: ${oneLine(requirement)} in ${oneLine(profile)}`,
    ),
    ...passes.map(
      ({ profile, requirement, known }) =>
        `${paint.yellow('!')} unexpected pass: ${oneLine(requirement)} in ${oneLine(profile)} (${knownInWords(known)})`,
    ),
    `Baseline ${oneLine(file)}: ${isNews ? '' : 'nothing unexpected; '}${amount(expected, 'known failure')}, ` +
      `${amount(failures.length, 'unexpected failure')}, ` +
      amount(passes.length, 'unexpected pass', 'unexpected passes') +
      (unjudged === 0 ? '' : `; ${amount(unjudged, 'known failure')} could not be judged`),
  ];
  return `${lines.join('\n')}\n`;
}
