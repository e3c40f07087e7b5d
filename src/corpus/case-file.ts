import { createHash } from 'node:crypto';
import { z } from 'zod';
import { CLAUSES } from '../../spec/judge/verdict.ts';
import { currentId } from '../../spec/requirements/renamed.ts';
import { WireObservation } from '../../spec/protocol/wire.ts';
import { Case } from '../../spec/vocabulary/case.ts';
import { FlakyRecord, flakyRecord } from '../run/flaky.ts';
import type { SavedFinding } from '../run/run-options.ts';
import type { Hello } from '../targets/target.ts';
import { SUITE_AND_VERSION } from './suite.ts';
import { CERTIFICATES, SearchedSlice } from '../search/certificate.ts';
import { wireObservations } from '../explain/recorded-trace.ts';
import { isJsonObject } from '../../spec/protocol/json-object.ts';
import { oneLine, reasonOf } from './printable.ts';
import { readText } from './read-text.ts';

/** The format name of a saved counterexample. */
export const FORMAT = 'zdc-counterexample';
/**
 * Incremented if a reader of an older version would misread a newer file. Version 1 has no earlier cases: its reader
 * would replay only the last case, which conforms by itself.
 */
export const FORMAT_VERSION = 1;
const FORMAT_VERSION_WITH_EARLIER = 2;

/** The kernel of a Linux target. */
export const KernelRecord = z.object({
  /** The source package with its version, the source tree, or the image. */
  source: z.string(),
  /** The git commit of a source tree, and whether the work tree differed from it. */
  revision: z.string().optional(),
  modified: z.boolean().optional(),
  /** A hash of the final configuration. */
  configuration: z.string(),
});

/** A saved counterexample: the data needed to replay it, and the recorded observations. */
export const CaseFile = z.object({
  format: z.literal(FORMAT),
  version: z.union([z.literal(FORMAT_VERSION), z.literal(FORMAT_VERSION_WITH_EARLIER)]),
  /** The suite that wrote it, with its version. */
  suite: z.string(),
  /** The target on the command line and in its hello. */
  target: z.object({
    spec: z.string(),
    name: z.string(),
    version: z.string().optional(),
    profiles: z.array(z.string()),
    capabilities: z.array(z.string()),
    /** The kernel of a Linux target; absent in files of older versions, and of other targets. */
    kernel: KernelRecord.optional(),
  }),
  requirement: z.string().transform(currentId),
  clause: z.enum(CLAUSES),
  /** The index and name of the failing command. */
  step: z.int().min(0),
  op: z.string(),
  expected: z.array(z.string()),
  observed: z.string(),
  certificate: z.enum(CERTIFICATES),
  /** The space that was searched exhaustively for a shorter case; absent without a search. */
  slice: SearchedSlice.optional(),
  /** The failure rate; absent if it always failed. */
  flaky: FlakyRecord.optional(),
  /** The run that found it, and the number of the case in that run; the name of a case of the directed suite. */
  run: z.object({ seed: z.int(), index: z.int(), directed: z.string().optional() }),
  case: Case,
  /** Cases that must run before it on the same start of the target, in this order; absent if it needs none. */
  earlier: z.array(Case).min(1).optional(),
  /** The observation of each step, null for a command that was not sent; absent if the target crashed or hung. */
  observations: z.array(z.union([WireObservation, z.null()])).optional(),
  failure: z.object({ kind: z.string(), message: z.string(), stderr: z.string() }).optional(),
});
export type CaseFile = z.infer<typeof CaseFile>;

/** The run that found a counterexample. */
export interface Origin {
  readonly hello: Hello;
  readonly targetSpec: string;
  readonly seed: number;
}

/** A target as it is recorded in files: its specification, and what its hello declares. */
export const targetRecord = (hello: Hello, spec: string) => ({
  spec,
  name: hello.name,
  ...(hello.version === undefined ? {} : { version: hello.version }),
  profiles: [...hello.profiles],
  capabilities: [...hello.capabilities],
  ...(hello.kernel === undefined ? {} : { kernel: hello.kernel }),
});

/** The contents of the file for a finding. */
export function caseFileOf(finding: SavedFinding, { hello, targetSpec, seed }: Origin): CaseFile {
  const { violation, certificate, slice, flaky, trace, failure, case: testCase } = finding.counterexample;
  const { earlier = [] } = finding.counterexample;
  return {
    format: FORMAT,
    version: earlier.length === 0 ? FORMAT_VERSION : FORMAT_VERSION_WITH_EARLIER,
    suite: SUITE_AND_VERSION,
    target: targetRecord(hello, targetSpec),
    requirement: violation.requirement,
    clause: violation.clause,
    step: violation.step,
    op: violation.op,
    expected: [...violation.expected],
    observed: violation.observed,
    certificate,
    ...(slice === undefined ? {} : { slice }),
    ...(flaky === undefined ? {} : { flaky: flakyRecord(flaky) }),
    run: {
      seed,
      index: finding.index,
      ...(finding.directed === undefined ? {} : { directed: finding.directed }),
    },
    case: { ...testCase, commands: [...testCase.commands] },
    ...(earlier.length === 0
      ? {}
      : { earlier: earlier.map((one) => ({ ...one, commands: [...one.commands] })) }),
    ...(trace === undefined ? {} : { observations: wireObservations(trace) }),
    ...(failure === undefined
      ? {}
      : { failure: { kind: failure.kind, message: failure.message, stderr: failure.stderr } }),
  };
}

/** The identity of a counterexample, independent of its certificate and of the run that found it. */
export const identityOf = ({ requirement, target, case: testCase, earlier }: CaseFile): string =>
  JSON.stringify([requirement, target.spec, testCase, ...(earlier === undefined ? [] : [earlier])]);

/**
 * A file name with the requirement and a hash of the content, so that finding the same counterexample again gives the
 * same name. The requirement of an imported file may be any text; it is used only if it is safe in a file name.
 */
export function caseFileName(file: CaseFile, digits: number = 8): string {
  const digest = createHash('sha256').update(identityOf(file)).digest('hex').slice(0, digits);
  return `${file.requirement.replace(/[^\w.-]/g, '_').slice(0, 100)}-${digest}.json`;
}

/** The content of a file. */
type FileContents =
  | { readonly kind: 'counterexample'; readonly file: CaseFile }
  | { readonly kind: 'case'; readonly case: Case }
  | { readonly kind: 'faulty'; readonly message: string };

const faulty = (message: string): FileContents => ({ kind: 'faulty', message });

/** Reads a saved counterexample or a bare case. */
export async function readCaseFile(path: string): Promise<FileContents> {
  try {
    return parseCaseFile(await readText(path));
  } catch (error) {
    return faulty(reasonOf(error));
  }
}

/** Parses the text of such a file. */
export function parseCaseFile(text: string): FileContents {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    if (text.trim() === '') return faulty('it is empty');
    const reason = error instanceof Error ? oneLine(error.message) : 'it cannot be parsed';
    return faulty(`it is not JSON, or only the beginning of it (${reason})`);
  }
  if (!isJsonObject(json)) return faulty('it contains no JSON object');
  if (json['format'] === FORMAT) {
    if (json['version'] !== FORMAT_VERSION && json['version'] !== FORMAT_VERSION_WITH_EARLIER) {
      const version = oneLine(JSON.stringify(json['version'] ?? null));
      return faulty(
        `it is a counterexample of format version ${version}; this suite reads versions ${FORMAT_VERSION} and ${FORMAT_VERSION_WITH_EARLIER}`,
      );
    }
    const parsed = CaseFile.safeParse(json);
    return parsed.success
      ? { kind: 'counterexample', file: parsed.data }
      : faulty(`it is a damaged counterexample: ${firstIssue(parsed.error)}`);
  }
  if (json['format'] !== undefined) {
    return faulty(`its format is ${oneLine(JSON.stringify(json['format']))}, not "${FORMAT}"`);
  }
  if (json['commands'] === undefined || json['profile'] === undefined) {
    return faulty(
      'it is neither a counterexample that zdc saved nor a case (profile, scope, observe, commands)',
    );
  }
  const parsed = Case.safeParse(json);
  return parsed.success
    ? { kind: 'case', case: parsed.data }
    : faulty(`it is not a valid case: ${firstIssue(parsed.error)}`);
}

function firstIssue({ issues }: z.ZodError): string {
  const [issue] = issues;
  if (issue === undefined) return 'invalid structure';
  const where = issue.path.map(String).join('.');
  return oneLine(where === '' ? issue.message : `${where}: ${issue.message}`);
}
