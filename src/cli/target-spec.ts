import { InvalidArgumentError } from 'commander';
import { mutantById, MUTANTS } from '../planted-bugs/planted-bugs.ts';
import type { Mutant } from '../planted-bugs/planted-bug.ts';
import { shellQuote, splitCommandLine } from '../targets/command-line.ts';
import { linuxSpec, type LinuxSpec } from './linux/linux-spec.ts';
import { didYouMean } from './nearest.ts';
import type { CaseFile } from '../corpus/case-file.ts';
import { oneLine } from '../corpus/printable.ts';
import { EXIT } from '../report/exit-code.ts';
import { UserError } from './io.ts';

/** A target as specified on the command line. */
export type TargetSpec =
  | { readonly kind: 'embedded'; readonly mutant: Mutant | undefined; readonly text: string }
  | LinuxSpec
  | { readonly kind: 'stdio'; readonly commandLine: string; readonly text: string };

export const EMBEDDED: TargetSpec = { kind: 'embedded', mutant: undefined, text: 'embedded' };

const FORMS =
  'A target is "embedded", "embedded:mutant=ID", "linux", "linux:kernel=6.1", "linux:source=DIR", or "stdio:COMMAND ARGUMENTS".';
const MUTANT_PREFIX = 'embedded:mutant=';
const STDIO_PREFIX = 'stdio:';
const LINUX_PREFIX = 'linux:';

/** Parses a target. */
export function parseTargetSpec(text: string): TargetSpec {
  if (text === 'embedded') return EMBEDDED;
  if (text.startsWith(MUTANT_PREFIX)) return mutantSpec(text, text.slice(MUTANT_PREFIX.length));
  if (text === 'linux') return linuxSpec('');
  if (text.startsWith(LINUX_PREFIX)) return linuxSpec(text.slice(LINUX_PREFIX.length));
  if (text.startsWith(STDIO_PREFIX)) return stdioSpec(text, text.slice(STDIO_PREFIX.length));
  if (text.startsWith('embedded')) {
    throw new InvalidArgumentError(`The only option of "embedded" is a mutant: embedded:mutant=ID. ${FORMS}`);
  }
  // The name of a program is most likely meant as a stdio target.
  const isProgram = /[\s/]/.test(text) || /\.\w+$/.test(text);
  const hint = isProgram
    ? ` Did you mean "stdio:${text}"?`
    : didYouMean(text, ['embedded', 'linux', 'stdio:']);
  throw new InvalidArgumentError(`${FORMS}${hint}`);
}

function mutantSpec(text: string, id: string): TargetSpec {
  const mutant = mutantById(id);
  if (mutant !== undefined) return { kind: 'embedded', mutant, text };
  throw new InvalidArgumentError(noMutant(id));
}

/** The message for an unknown mutant id. */
export const noMutant = (id: string): string =>
  `There is no mutant "${id}".${didYouMean(
    id,
    MUTANTS.map((mutant) => mutant.id),
  )} "zdc mutants" lists them.`;

function stdioSpec(text: string, commandLine: string): TargetSpec {
  const split = splitCommandLine(commandLine);
  if (split.kind === 'words') return { kind: 'stdio', commandLine, text };
  throw new InvalidArgumentError(
    `In the command line after "stdio:", ${split.message}. An example: --target "stdio:python3 adapter.py".`,
  );
}

/**
 * The target named in a file, if it is an embedded one or a virtual machine: a file never determines which program is
 * started, or which kernel of this machine gets a module.
 */
export function recordedTarget(
  path: string,
  recorded: { readonly target: Pick<CaseFile['target'], 'spec'> } | undefined,
): TargetSpec {
  if (recorded === undefined) return EMBEDDED;
  const { spec } = recorded.target;
  if (!/^(?:embedded|linux)/.test(spec)) {
    const example = shellQuote(oneLine(spec));
    throw new UserError(
      EXIT.usage,
      `${oneLine(path)} was found on another program, and a file never determines which program is started. ` +
        `Specify the target; it was: --target ${example}`,
    );
  }
  try {
    const parsed = parseTargetSpec(spec);
    if (parsed.kind !== 'linux' || parsed.kernel.kind !== 'here') return parsed;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(EXIT.configuration, `${oneLine(path)} names an invalid target: ${oneLine(reason)}`);
  }
  throw new UserError(
    EXIT.usage,
    `${oneLine(path)} was found on the kernel of a machine, and a file never determines that a module is loaded. Specify ` +
      'the target: --target linux:here, or another.',
  );
}
