import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { match } from 'ts-pattern';
import { CONFORMS, type Verdict, type Violation } from '../../spec/judge/verdict.ts';
import { isShould } from '../../spec/requirements/catalogue.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { fromHere, saveInTemp } from './corpus-phase.ts';
import { type Io, isTerminal, paintFor, UserError } from './io.ts';
import { withTarget } from './open-target.ts';
import { addTargetOptions, parseDuration, type TargetFlags } from './options.ts';
import { nameOf } from './run-display.ts';
import { recordedTarget } from './target-spec.ts';
import { type CaseFile, caseFileOf, readCaseFile } from '../corpus/case-file.ts';
import { oneLine, reasonOf } from '../corpus/printable.ts';
import { loadSearch, saveSearch } from '../corpus/search-file.ts';
import { writeWhole } from '../corpus/write-whole.ts';
import { counterexampleText, shrinkingInWords } from '../report/counterexample-text.ts';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { exitCodeOfReplay, verdictOnCase } from '../report/replay-text.ts';
import { replay, type ReplayOutcome } from '../run/replay.ts';
import { type Counterexample, withKnownCertificate } from '../shrink/finding.ts';
import { amount, figure } from '../report/figures.ts';
import { replayCommand } from '../report/replay-command.ts';
import { isMinimal } from '../search/certificate.ts';
import { minimize, type Minimized, type MinimizeProgress } from '../shrink/minimize.ts';
import { AfterEarlier, notFresh } from '../targets/earlier-cases.ts';
import type { Hello, Target } from '../targets/target.ts';

const EXAMPLES = `
Examples:
  zdc minimize counterexample.json                          shrink it again
  zdc minimize counterexample.json --certify                also search for a shorter case, for up to a minute
  zdc minimize counterexample.json --certify --budget 10m   continue the search

Degrees of minimality, weakest first: shrunk; 1-minimal and 2-minimal (removing any one step, any two steps, makes it
pass); shortest if the target is symmetric under renaming and hides no state; shortest if symmetric; shortest. The last
three hold for a set of commands in a world of a certain size; both are shown.

Overwrites the file with the result. The exit codes are those of "zdc replay": 1 if the case still fails, also if it was
shortened; 0 if it does not fail; 78 if the file cannot be read or written. A file never determines which program is
started: see "zdc replay --help".`;

interface MinimizeFlags extends TargetFlags {
  readonly certify?: boolean;
  readonly budget: number;
  readonly allCommands?: boolean;
}

/** Defines the verb that shrinks a saved counterexample further, or proves that it is minimal. */
export function defineMinimize(verb: Command, io: Io, done: (code: ExitCode) => void): void {
  addTargetOptions(verb)
    .description('Shrinks a saved counterexample again and, with --certify, searches for a shorter case.')
    .argument('<file>', 'a counterexample saved by "zdc run"')
    .option('--certify', 'search for a shorter case, and report the degree of minimality')
    .addOption(new Option('--budget <time>', 'time limit').argParser(parseDuration).default(60_000, '1m'))
    .option(
      '--all-commands',
      'search with all commands, and not only with the core and those of the counterexample',
    )
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, flags: MinimizeFlags) => {
      done(await minimizeVerb(path, flags, io));
    });
}

async function minimizeVerb(path: string, flags: MinimizeFlags, io: Io): Promise<ExitCode> {
  if (flags.allCommands === true && flags.certify !== true) {
    throw new UserError(EXIT.usage, '--all-commands requires --certify.');
  }
  const whole = resolve(io.cwd, path);
  const file = match(await readCaseFile(whole))
    .with({ kind: 'counterexample' }, (contents) => contents.file)
    .with({ kind: 'case' }, (): CaseFile => {
      throw new UserError(
        EXIT.configuration,
        `${oneLine(path)} is a case, not a counterexample. Run it with "zdc replay".`,
      );
    })
    .with({ kind: 'faulty' }, ({ message }): CaseFile => {
      throw new UserError(EXIT.configuration, `${oneLine(path)} cannot be minimized: ${message}.`);
    })
    .exhaustive();
  const spec = flags.target ?? recordedTarget(path, file);
  return withTarget(spec, flags, io, (target) => minimizeOn(target, whole, file, flags, io));
}

async function minimizeOn(
  target: Target,
  path: string,
  file: CaseFile,
  flags: MinimizeFlags,
  io: Io,
): Promise<ExitCode> {
  const { hello } = target;
  const allCommands = flags.allCommands === true;
  const testCase: Case = file.case;
  const paint = paintFor(io);
  io.stdout.write(`Target    ${paint.bold(nameOf(hello))}\n\n`);
  const { earlier } = file;
  const shrunk = await minimize({
    target: earlier === undefined ? target : new AfterEarlier(target, earlier),
    case: testCase,
    from: await loadSearch(path, testCase, hello.name, allCommands),
    certify: flags.certify === true,
    allCommands,
    budget: flags.budget,
    signal: io.signal,
    onProgress: progress(io),
  });
  if (isTerminal(io.stderr)) io.stderr.write('\r\u001b[K');
  if (shrunk === undefined && io.signal.aborted) {
    io.stdout.write('Interrupted before the counterexample was replayed. (exit 130)\n');
    return EXIT.interrupted;
  }
  if (shrunk === undefined) {
    const outcome = await replay(target, testCase, { earlier });
    const exitCode = exitCodeOfReplay(outcome);
    const isFlaky = outcome.verdict.kind === 'violates';
    const text = isFlaky
      ? 'It failed in one of two runs and was not shrunk; "zdc run" measures how often it fails.'
      : 'It does not fail on this target; there is nothing to shrink.';
    io.stdout.write(`${text}\n\n${verdictOnCase({ outcome, hello }, exitCode, paint)}\n`);
    return exitCode;
  }
  const minimized = withSavedCertificate(afterEarlier(shrunk, earlier), file, hello);
  io.stdout.write(textOf(minimized, path, file, target, io));
  const isKept = await keep(minimized, path, file, target, allCommands, io);
  const outcome = outcomeOf(minimized.counterexample);
  const exitCode = isKept ? exitCodeOfReplay(outcome) : EXIT.configuration;
  const written = isKept ? `The result is in ${oneLine(fromHere(io.cwd, path))}.\n\n` : '';
  io.stdout.write(`\n${written}${verdictOnCase({ outcome, hello }, exitCode, paint)}\n`);
  return exitCode;
}

/** The result, with the certificate of the file if that is better and holds for this failure and target. */
function withSavedCertificate(minimized: Minimized, file: CaseFile, { name }: Hello): Minimized {
  const { counterexample } = minimized;
  const { requirement, op, clause } = counterexample.violation;
  const isSame =
    file.target.name === name && file.requirement === requirement && file.op === op && file.clause === clause;
  const { certificate, slice } = file;
  return isSame
    ? {
        ...minimized,
        counterexample: withKnownCertificate(counterexample, { case: file.case, certificate, slice }),
      }
    : minimized;
}

/** A minimized counterexample as the result of a replay. A SHOULD that is not followed does not fail a case. */
function outcomeOf({ trace, violation, failure }: Counterexample): ReplayOutcome {
  const [verdict, notFollowed]: [Verdict, Violation | undefined] = isShould(violation.requirement)
    ? [CONFORMS, violation]
    : [{ kind: 'violates', violation }, undefined];
  return { trace, verdict, notFollowed, failure, disagreements: [] };
}

/** The result for a case that fails only after earlier cases, which are not changed. */
function afterEarlier(minimized: Minimized, earlier: CaseFile['earlier']): Minimized {
  if (earlier === undefined) return minimized;
  const { counterexample } = minimized;
  const { violation } = counterexample;
  return { ...minimized, counterexample: { ...counterexample, earlier, violation: notFresh(violation) } };
}

function textOf(
  { counterexample, stopped }: Minimized,
  path: string,
  file: CaseFile,
  target: Target,
  io: Io,
): string {
  const before = file.case.commands.length;
  const after = counterexample.case.commands.length;
  const remark =
    after < before
      ? ''
      : isMinimal(counterexample.certificate)
        ? ', which cannot be shortened'
        : '; no shorter one was found';
  const found = `minimizing a case of ${amount(before, 'step')}${remark}`;
  const text = counterexampleText(
    counterexample,
    {
      capabilities: target.hello.capabilities,
      shrinking: shrinkingInWords(counterexample),
      found,
      replay: replayCommand(io.cwd, fromHere(io.cwd, path), file.target.spec),
    },
    paintFor(io),
  );
  const goesOn =
    stopped === undefined
      ? ''
      : `\nThe search stopped at cases of ${amount(stopped.frontier.length, 'step')}, after ` +
        `${amount(stopped.frontier.seen.length, 'state')}. The same command continues it; --budget sets its time limit.\n`;
  return `${text}\n${goesOn}`;
}

async function keep(
  { counterexample, stopped }: Minimized,
  path: string,
  file: CaseFile,
  target: Target,
  allCommands: boolean,
  io: Io,
): Promise<boolean> {
  const finding = {
    fingerprint: '',
    index: file.run.index,
    directed: file.run.directed,
    after: 0,
    found: file.case,
    counterexample,
    times: 1,
    file: path,
  };
  const better = caseFileOf(finding, {
    hello: target.hello,
    targetSpec: file.target.spec,
    seed: file.run.seed,
  });
  try {
    await writeWhole(path, `${JSON.stringify(better, null, 2)}\n`);
  } catch (error) {
    const saved = await saveInTemp(better);
    const instead = saved === undefined ? 'the result is only printed above' : `the result is in ${saved}`;
    io.stderr.write(
      `error: ${oneLine(fromHere(io.cwd, path))} cannot be written and is unchanged (${reasonOf(error)}); ${instead}.\n`,
    );
    return false;
  }
  try {
    await saveSearch(path, counterexample.case, target.hello.name, allCommands, stopped);
  } catch (error) {
    io.stderr.write(
      `The state of the search cannot be saved (${reasonOf(error)}); the next search starts from the beginning.\n`,
    );
  }
  return true;
}

/** A status line on a terminal; nothing in a log. */
function progress(io: Io): ((now: MinimizeProgress) => void) | undefined {
  if (!isTerminal(io.stderr)) return undefined;
  return (now) => {
    const line = match(now)
      .with({ phase: 'reducing' }, () => 'reducing')
      .with(
        { phase: 'searching' },
        ({ certificate, length, states }) =>
          `searching for "${certificate}": cases of ${amount(length, 'step')}, ${figure(states)} states`,
      )
      .exhaustive();
    io.stderr.write(`\r\u001b[K${line}`);
  };
}
