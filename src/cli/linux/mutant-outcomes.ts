import type { Finding } from '../../shrink/finding.ts';
import { EXIT, type ExitCode } from '../../report/exit-code.ts';
import { figure } from '../../report/figures.ts';
import { columns } from '../../report/table.ts';
import type { LinuxMutant } from '../../targets/linux/linux-mutants.ts';
import { type Io, paintFor } from '../io.ts';
import type { ProgramVerdict } from './mutant-program.ts';

/** How often a counterexample is run again from its file. */
export const REPLAYS = 10;

/** How many of the replays of a file failed by its requirement, and how often its case was run for that. */
export interface Replays {
  readonly failed: number;
  readonly runs: number;
}

/** The result for one bug. */
export interface Checked {
  readonly mutant: LinuxMutant;
  readonly finding: Finding | undefined;
  readonly replayed: Replays;
  /** The result of its C program; undefined if not requested. */
  readonly program: ProgramVerdict | undefined;
}

function table(checked: readonly Checked[], hasPrograms: boolean, io: Io): string {
  const paint = paintFor(io);
  const head = [
    '',
    'mutant',
    'violates',
    'caught by',
    'commands',
    'steps',
    'replays',
    ...(hasPrograms ? ['as a C program'] : []),
  ];
  const rows = checked.map(({ mutant, finding, replayed, program }) => [
    isCaught({ mutant, finding, replayed, program }, hasPrograms) ? paint.green('✓') : paint.red('✗'),
    mutant.id,
    mutant.primary,
    finding === undefined ? paint.red('nothing') : finding.counterexample.violation.requirement,
    finding === undefined ? '–' : figure(finding.after),
    finding === undefined ? '–' : String(finding.counterexample.case.commands.length),
    replayText(replayed),
    ...(hasPrograms ? [programText(program)] : []),
  ]);
  return columns([head.map((word) => paint.dim(word)), ...rows], '').join('\n');
}

const replayText = ({ failed, runs }: Replays): string =>
  `${failed} of ${REPLAYS}${runs > REPLAYS ? `, in ${runs} runs` : ''}`;

const programText = (program: ProgramVerdict | undefined): string =>
  program === undefined
    ? '–'
    : `${program.shows ? 'fails' : 'passes'} with it, ${program.passes ? 'passes' : 'fails'} without`;

const isCaught = ({ finding, replayed, program }: Checked, hasPrograms: boolean): boolean =>
  finding !== undefined &&
  replayed.failed === REPLAYS &&
  (!hasPrograms || (program !== undefined && program.shows && program.passes));

/** Prints the results of all bugs, and whether the check passes. */
export function concludeMutants(
  checked: readonly Checked[],
  wanted: number,
  hasPrograms: boolean,
  io: Io,
): ExitCode {
  io.stdout.write(`${table(checked, hasPrograms, io)}\n\n`);
  const paint = paintFor(io);
  const missed = checked.filter((one) => !isCaught(one, hasPrograms));
  if (io.signal.aborted) {
    io.stdout.write(`Interrupted after ${checked.length} of ${wanted}. (exit 130)\n`);
    return EXIT.interrupted;
  }
  if (missed.length > 0) {
    const names = missed.map(({ mutant }) => mutant.id).join(', ');
    io.stdout.write(
      `${paint.red(`${missed.length} of ${wanted} not caught, or not each time: ${names}.`)} (exit 1)\n`,
    );
    return EXIT.violates;
  }
  io.stdout.write(
    `${paint.green(`All ${checked.length} caught, each time${hasPrograms ? ', and shown by a C program' : ''}.`)} (exit 0)\n`,
  );
  return EXIT.conforms;
}
