import { findRequirement, isShould } from '../../spec/requirements/catalogue.ts';
import { capabilitiesFor, capabilitiesForScope } from '../../spec/vocabulary/capabilities-for.ts';
import { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Clause } from '../../spec/judge/verdict.ts';
import { devicesIn } from '../../spec/vocabulary/scope.ts';
import type { CaseFile } from '../corpus/case-file.ts';
import { oneLine } from '../corpus/printable.ts';
import { SUITE_AND_VERSION } from '../corpus/suite.ts';
import { amount } from '../report/figures.ts';
import { commandInWords } from '../report/steps-text.ts';
import { wrap } from '../report/text-layout.ts';

/** What is exported: a case as far as it is needed, and what is known of the bug that it shows. */
export interface Subject {
  /** Ends with the step at which it breaks. */
  readonly case: Case;
  /** By which it is judged; of a case alone, all there are. */
  readonly capabilities: ReadonlySet<Capability>;
  /** The file that it comes from, where it is a counterexample. */
  readonly file: CaseFile | undefined;
}

/** A saved counterexample, cut off after the step at which it breaks. */
export const subjectOf = (file: CaseFile): Subject => ({
  case: { ...file.case, commands: file.case.commands.slice(0, file.step + 1) },
  capabilities: new Set(Capability.options.filter((one) => file.target.capabilities.includes(one))),
  file,
});

/** A case alone: everything that a target may declare is taken for declared. */
export const subjectOfCase = (testCase: Case): Subject => ({
  case: testCase,
  capabilities: new Set(Capability.options),
  file: undefined,
});

/** Whether it shows a SHOULD that is not followed: then the test fails where one is not. */
export const isSubjectOfShould = ({ file }: Subject): boolean =>
  file !== undefined && isShould(file.requirement);

/** Why a counterexample cannot be exported at all; undefined where it can. */
export const notExportable = ({ file }: Subject): string | undefined =>
  file?.earlier === undefined
    ? undefined
    : 'it fails only after earlier cases on the same start of the target, and an exported test runs one case; ' +
      '"zdc replay" runs all of them';

/** What a clause is seen by, as far as the target had it that it was found on. */
const SHOWN_BY: { readonly [C in Clause]: readonly Capability[] } = {
  result: [],
  value: [],
  callbacks: ['callbacks', 'allocations'],
  entries: ['entries'],
  counts: ['entries', 'frames', 'least-count'],
  accounting: ['accounting'],
};

/** What an adapter must declare for the test to mean anything: what does not show the bug must not pass. */
export function needsOf({ case: testCase, capabilities, file }: Subject): readonly Capability[] {
  const needed = new Set<Capability>(testCase.commands.flatMap((command) => [...capabilitiesFor(command)]));
  for (const shown of file === undefined ? [] : SHOWN_BY[file.clause]) needed.add(shown);
  for (const one of capabilitiesForScope(testCase.scope)) needed.add(one);
  if (testCase.scope.block !== undefined) {
    if (needed.has('race')) needed.add('race-blocks');
    if (file?.clause === 'callbacks') needed.add('split-callbacks');
  }
  if (testCase.observe === 'every-step') needed.add('every-step');
  return Capability.options.filter((one) => needed.has(one) && capabilities.has(one));
}

/** What the test is called. */
export function titleOf({ file }: Subject): string {
  if (file === undefined) return 'the case conforms';
  const title = findRequirement(file.requirement)?.title;
  return title === undefined ? file.requirement : `${file.requirement}: ${title}`;
}

/**
 * What every export says of itself at its head, as lines without control characters: much of it comes from a target, and
 * must stay in the comment that it is put in.
 */
export function remarks(subject: Subject): readonly string[] {
  const { file, case: testCase } = subject;
  const { profile, scope, commands } = testCase;
  return [
    `Exported by ${SUITE_AND_VERSION}.`,
    '',
    titleOf(subject),
    '',
    `Profile ${profile}; ${amount(scope.processes, 'process', 'processes')}, ${amount(scope.pages, 'page')}, ` +
      `${amount(scope.frames, 'frame')}${devicesIn(scope) === 1 ? '' : ` on each of ${devicesIn(scope)} devices`}:`,
    ...commands.map((command, index) => `  ${index + 1}  ${commandInWords(command)}`),
    ...(file === undefined
      ? []
      : [
          '',
          ...file.expected.flatMap((outcome) => wrap(`Expected ${outcome}`, '  ')),
          ...wrap(`Observed ${file.observed}`, '  '),
          `At step ${file.step + 1}, in its ${file.clause}. Found on ${file.target.name}.`,
          ...(file.flaky === undefined
            ? []
            : [`It came and went: it failed in ${file.flaky.failed} of ${file.flaky.of} runs.`]),
        ]),
  ].map(oneLine);
}

/** The command that starts the adapter on which it was found, to be told and never to be run. */
export const recordedCommand = ({ file }: Subject): string | undefined =>
  file === undefined ? undefined : oneLine(file.target.spec.replace(/^stdio:/, ''));
