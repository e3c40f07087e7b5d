import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ProfileName } from '../../spec/profiles/profile.ts';
import { encodeCase } from '../../spec/protocol/codec.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import { oneLine } from '../corpus/printable.ts';
import { type DirectedCase, directedSuite } from '../generate/directed-suite.ts';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { suiteExport } from '../export/suite-export.ts';
import { amount, figure } from '../report/figures.ts';
import { columns, fitted } from '../report/text-layout.ts';
import { type Io, isTerminal, paintFor, UserError, widthOf } from './io.ts';
import { withTarget } from './open-target.ts';
import { addTargetOptions, collectProfile, profilesFor, type TargetFlags } from './options.ts';

const EXAMPLES = `
Examples:
  zdc suite --profile linux-6.12                               the cases for a target that declares everything
  zdc suite --target "stdio:./my-adapter"                      the cases for this target, in each of its profiles
  zdc suite --profile origin --outcomes --output suite.jsonl   with all allowed outcomes, to be run without zdc
  zdc suite --profile origin --output suite.jsonl              as lines of wire protocol v1, to send to an adapter

Every run begins with these cases, before the random ones. Each line of the file is a case as JSON, which "zdc replay"
also accepts.`;

interface SuiteFlags extends TargetFlags {
  readonly profile?: readonly ProfileName[];
  readonly output?: string;
  readonly outcomes?: boolean;
}

interface ProfileSuite {
  readonly capabilities: ReadonlySet<Capability>;
  readonly profile: ProfileName;
  readonly cases: readonly DirectedCase[];
}

/** Defines the verb that lists the directed suite. */
export function defineSuite(verb: Command, io: Io, done: (code: ExitCode) => void): void {
  addTargetOptions(verb)
    .description(
      'Lists the directed suite, the fixed cases that begin every run: the witness of each planted bug, and at least ' +
        'one case for each requirement. Without --target: for a target that declares every capability.',
    )
    .option('-p, --profile <name>', 'a profile; may be repeated (default: all)', collectProfile)
    .option('-o, --output <file>', 'write the cases to a file, one per line, instead of listing them')
    .option(
      '--outcomes',
      'with --output: write each case with its allowed outcomes, so that the file can be run without zdc (src/export/FORMAT.md)',
    )
    .addHelpText('after', EXAMPLES)
    .action(async (flags: SuiteFlags) => {
      const { target: spec, profile: asked } = flags;
      if (spec === undefined) {
        done(await tell(suites(asked ?? ProfileName.options, new Set(USUAL_CAPABILITIES)), flags, io));
        return;
      }
      done(
        await withTarget(spec, flags, io, ({ hello }) =>
          tell(suites(profilesFor(asked, hello), hello.capabilities), flags, io),
        ),
      );
    });
}

const suites = (
  profiles: readonly ProfileName[],
  capabilities: ReadonlySet<Capability>,
): readonly ProfileSuite[] =>
  profiles.map((profile) => ({ profile, capabilities, cases: directedSuite(profile, capabilities) }));

async function tell(
  all: readonly ProfileSuite[],
  { output, outcomes = false }: SuiteFlags,
  io: Io,
): Promise<ExitCode> {
  if (outcomes && output === undefined) {
    throw new UserError(EXIT.usage, '--outcomes writes a file: add --output with its name.');
  }
  if (output === undefined) {
    io.stdout.write(listing(all, io));
    return EXIT.conforms;
  }
  const exported = outcomes ? all.map(({ cases, capabilities }) => suiteExport(cases, capabilities)) : [];
  const omitted = exported.reduce((sum, one) => sum + one.omitted, 0);
  const lines = outcomes
    ? exported.flatMap((one) => one.lines)
    : all.flatMap(({ cases }) => cases).map((one, id) => encodeCase({ id, ...one.case }));
  try {
    await writeFile(resolve(io.cwd, output), lines.join(''));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(EXIT.configuration, `${oneLine(output)} cannot be written: ${oneLine(reason)}.`);
  }
  const without = omitted === 0 ? '' : `, ${figure(omitted)} of them without outcomes, with the reason`;
  io.stderr.write(`${amount(lines.length, 'case')} written to ${oneLine(output)}${without}.\n`);
  return EXIT.conforms;
}

const aboutCase = ({ shows, also }: DirectedCase): string =>
  also.length === 0 ? shows : `${shows} The same case: ${also.join(', ')}.`;

function listing(all: readonly ProfileSuite[], io: Io): string {
  const paint = paintFor(io);
  const text = all
    .map(({ profile, cases }) =>
      [
        `${paint.bold(profile)}: ${amount(cases.length, 'case')}`,
        ...columns(cases.map((one, index) => [String(index), one.name, paint.dim(aboutCase(one))])),
        '',
      ].join('\n'),
    )
    .join('\n');
  return isTerminal(io.stdout) ? fitted(text, widthOf(io.stdout)) : text;
}
