import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { match } from 'ts-pattern';
import type { Case } from '../../spec/vocabulary/case.ts';
import { AfterEarlier, notFresh } from '../targets/earlier-cases.ts';
import { type CaseFile, readCaseFile } from '../corpus/case-file.ts';
import { oneLine } from '../corpus/printable.ts';
import { recordedCapabilities, recordedFailure } from '../corpus/recorded-failure.ts';
import { explain, explainRecorded } from '../explain/explain.ts';
import type { Explanation } from '../explain/explanation.ts';
import { EXIT, type ExitCode, FAILURES } from '../report/exit-code.ts';
import { explainText } from '../report/explain-text.ts';
import { explainPage } from '../report/html/run-page.ts';
import { htmlPage } from '../report/html/html-page.ts';
import type { Hello } from '../targets/target.ts';
import { UserError, type Io, paintFor } from './io.ts';
import { nameOf } from './run-display.ts';
import { withTarget } from './open-target.ts';
import { besideOutputs, prepareOutput, writeOutput } from './report-writer.ts';
import { recordedTarget } from './target-spec.ts';
import { addTargetOptions, type TargetFlags } from './options.ts';

/** Limits of the search for the relevant arguments: cases and milliseconds. */
const MAX_ASKED = 400;
const LONGEST = 60_000;

interface ExplainFlags extends TargetFlags {
  readonly offline?: boolean;
  readonly html?: string;
}

const EXAMPLES = `
Examples:
  zdc explain reports/runs/fork.isolation-1a2b3c4d.json --target "stdio:python3 adapter.py"
  zdc explain counterexample.json --offline            from the file alone; no target is started
  zdc explain counterexample.json --html story.html    also as a page for any browser

A file never determines which program is started: for a counterexample found on a stdio target, --target is required.
The exit code is 0 whether the case fails or not, or that of "zdc run" if the target cannot run it.`;

/** Defines the verb that explains why a case fails. */
export function defineExplain(verb: Command, io: Io, done: (code: ExitCode) => void): void {
  addTargetOptions(verb)
    .description(
      'Explains a counterexample: the effect of each step, the step at which the implementation deviates from the ' +
        'specification, the outcomes allowed there, and (found by running variants) the relevant arguments.',
    )
    .argument('<file>', 'a counterexample saved by "zdc run", or a case as JSON')
    .addOption(
      new Option('--offline', 'explain from the file alone, without a target').conflicts([
        'target',
        'startupTimeout',
        'caseTimeout',
      ]),
    )
    .option('--html <path>', 'also write one self-contained HTML file; "-" is standard output')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, flags: ExplainFlags) => {
      done(await explainVerb(path, flags, io));
    });
}

async function explainVerb(path: string, flags: ExplainFlags, io: Io): Promise<ExitCode> {
  if (flags.html !== undefined) await prepareOutput('html report', flags.html, io.cwd, path);
  const contents = await readCaseFile(resolve(io.cwd, path));
  const [testCase, file] = match(contents)
    .with({ kind: 'counterexample' }, (read): [Case, CaseFile | undefined] => [read.file.case, read.file])
    .with({ kind: 'case' }, (bare): [Case, CaseFile | undefined] => [bare.case, undefined])
    .with({ kind: 'faulty' }, ({ message }) => {
      throw new UserError(EXIT.configuration, `${oneLine(path)} cannot be explained: ${message}.`);
    })
    .exhaustive();
  if (flags.offline === true) return explainOffline(path, file, flags, io);
  const spec = flags.target ?? recordedTarget(path, file);
  return withTarget(spec, flags, io, async (target) => {
    const { hello } = target;
    if (!hello.profiles.includes(testCase.profile)) {
      throw new UserError(
        EXIT.nothingApplicable,
        `Nothing applicable: the case is of profile ${testCase.profile}; the target follows ${hello.profiles.join(' and ')}.`,
      );
    }
    const began = performance.now();
    const stopped = (): boolean => io.signal.aborted || performance.now() - began > LONGEST;
    const earlier = file?.earlier;
    const asked = earlier === undefined ? target : new AfterEarlier(target, earlier);
    const explained = await explain(asked, testCase, { asks: MAX_ASKED, stopped }, file?.flaky);
    if (explained.kind === 'explained') {
      const { explanation } = explained;
      const whole =
        earlier === undefined
          ? explanation
          : { ...explanation, earlier, violation: notFresh(explanation.violation) };
      return tell(whole, hello, flags, io);
    }
    const reason = explained.kind === 'failed' ? explained.failure.message : explained.reason;
    const code = explained.kind === 'failed' ? FAILURES[explained.failure.kind] : EXIT.conforms;
    const then = file === undefined ? '' : ' "--offline" explains the observations saved in the file.';
    besideOutputs([flags.html], io).stdout.write(
      `${nameOf(hello)} does not fail on this case: ${oneLine(reason)}.${then}\n`,
    );
    return code;
  });
}

async function explainOffline(
  path: string,
  file: CaseFile | undefined,
  flags: ExplainFlags,
  io: Io,
): Promise<ExitCode> {
  if (file === undefined) {
    throw new UserError(
      EXIT.usage,
      `${oneLine(path)} is a case, not a counterexample, which --offline requires.`,
    );
  }
  const recorded = recordedFailure(file);
  if (recorded === undefined) {
    throw new UserError(
      EXIT.configuration,
      `${oneLine(path)} cannot be explained: it names a requirement or a step that does not exist.`,
    );
  }
  return tell(
    explainRecorded(recorded),
    { ...file.target, version: file.target.version, capabilities: recordedCapabilities(file) },
    flags,
    io,
  );
}

async function tell(
  explanation: Explanation,
  hello: Pick<Hello, 'name' | 'version' | 'capabilities'>,
  flags: ExplainFlags,
  io: Io,
): Promise<ExitCode> {
  const screen = besideOutputs([flags.html], io);
  const paint = paintFor(screen);
  screen.stdout.write(
    `Target    ${paint.bold(nameOf(hello))}\n\n${explainText(explanation, hello.capabilities, paint)}\n`,
  );
  if (flags.html !== undefined) {
    const page = htmlPage(explainPage(explanation, hello));
    await writeOutput('html report', flags.html, page, io);
    screen.stdout.write(`\n  HTML     ${oneLine(flags.html)}\n`);
  }
  return EXIT.conforms;
}
