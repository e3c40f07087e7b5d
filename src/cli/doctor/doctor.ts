import type { Command } from 'commander';
import { EXIT, type ExitCode, FAILURES, strongest } from '../../report/exit-code.ts';
import { caller, shellQuote } from '../../report/replay-command.ts';
import { printable } from '../../corpus/printable.ts';
import { stderrLines } from '../../report/counterexample-text.ts';
import { wrap } from '../../report/wrap.ts';
import type { Target } from '../../targets/target.ts';
import { type Io, paintFor } from '../io.ts';
import { openTarget } from '../open-target.ts';
import { addTargetOptions, type TargetFlags, targetOf } from '../target-options.ts';
import { ABILITY_PROBES } from './ability-probes.ts';
import { CORE_PROBES } from './core-probes.ts';
import { runAltogether, runProbes } from './doctor-run.ts';
import { declarationText, helloText, stageText } from './doctor-text.ts';
import { SIGHT_PROBES } from './observation-probes.ts';

const EXAMPLES = `
Examples:
  zdc doctor --target "stdio:python3 adapter.py"
  zdc doctor --target "stdio:./my-adapter --verbose" --case-timeout 60s

Run it after each step of writing an adapter (spec/protocol/ADAPTERS.md). The exit codes are those of "zdc run", but
requirements that were not covered do not count.`;

/** Defines the verb that reports the next problem of an adapter to fix. */
export function defineDoctor(verb: Command, io: Io, done: (code: ExitCode) => void): void {
  addTargetOptions(verb)
    .description(
      'Checks an adapter step by step, and reports the next problem to fix: start, declared capabilities, core ' +
        'commands, each declared capability.',
    )
    .addHelpText('after', EXAMPLES)
    .action(async (flags: TargetFlags) => {
      done(await doctorVerb(flags, io));
    });
}

async function doctorVerb(flags: TargetFlags, io: Io): Promise<ExitCode> {
  const paint = paintFor(io);
  const spec = targetOf(flags);
  io.stdout.write(`${stageText(1, 'Start and hello', paint)}\n`);
  const opened = await openTarget(spec, flags, io.env, true);
  if (opened.kind === 'failure') {
    const { kind, message, stderr } = opened.failure;
    const lines = [...wrap(`  ${paint.red('✗')} ${printable(message)}`, '    '), ...stderrLines(stderr)];
    io.stdout.write(`${lines.join('\n')}\n`);
    return conclude(FAILURES[kind], spec.text, io);
  }
  const { target, unknownNames } = opened;
  try {
    io.stdout.write(`${helloText(target.hello, unknownNames, paint)}\n\n`);
    return conclude(await examine(target, spec.text, io), spec.text, io);
  } finally {
    await target.close();
  }
}

/** The stages after the hello. If the core fails, later stages are skipped, because they depend on it. */
async function examine(target: Target, targetSpec: string, io: Io): Promise<ExitCode> {
  const paint = paintFor(io);
  const { hello } = target;
  const say = (text: string): void => void io.stdout.write(`${text}\n`);
  say(`${stageText(2, 'Declared capabilities', paint)}\n${declarationText(hello, paint)}\n`);

  say(stageText(3, 'The core', paint));
  const core = await runProbes(CORE_PROBES, target, io, paint);
  if (core.exitCode !== EXIT.conforms) return core.exitCode;
  if (core.moved === 0) {
    say(
      `  ${paint.red('✗')} no page migrated: a target may skip pages, but without any migration nothing can be judged`,
    );
    return EXIT.inconclusive;
  }

  say(`\n${stageText(4, 'Declared commands', paint)}`);
  const declared = <P extends { readonly capability: (typeof ABILITY_PROBES)[number]['capability'] }>(
    probes: readonly P[],
  ): readonly P[] =>
    probes.filter(({ capability }) => capability !== undefined && hello.capabilities.has(capability));
  const abilities = await runStage(declared(ABILITY_PROBES), target, io);
  say(`\n${stageText(5, 'Declared observations', paint)}`);
  const sights = await runStage(declared(SIGHT_PROBES), target, io);
  const soFar = strongest([abilities, sights]);
  if (soFar !== EXIT.conforms) return soFar;

  say(`\n${stageText(6, 'All capabilities together', paint)}`);
  return runAltogether(target, targetSpec, io, paint);
}

async function runStage(probes: Parameters<typeof runProbes>[0], target: Target, io: Io): Promise<ExitCode> {
  const paint = paintFor(io);
  if (probes.length === 0) io.stdout.write(paint.dim('  none declared\n'));
  return (await runProbes(probes, target, io, paint)).exitCode;
}

function conclude(exitCode: ExitCode, targetSpec: string, io: Io): ExitCode {
  const paint = paintFor(io);
  const next = `${caller(io.cwd)} run --target ${shellQuote(targetSpec)}`;
  const text =
    exitCode === EXIT.conforms
      ? paint.green(`No problem found. Next: ${next}`)
      : exitCode === EXIT.interrupted
        ? paint.yellow('Interrupted.')
        : paint.red('Fix this, and run doctor again.');
  io.stdout.write(`\n${paint.bold(text)} ${paint.dim(`(exit ${exitCode})`)}\n`);
  return exitCode;
}
