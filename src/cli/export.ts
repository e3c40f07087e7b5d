import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { match } from 'ts-pattern';
import { oneLine } from '../corpus/printable.ts';
import { readCaseFile } from '../corpus/case-file.ts';
import { C_DEVICES, type CDevice, exportAs, type Format, FORMATS } from '../export/formats.ts';
import { notExportable, type Subject, subjectOf, subjectOfCase } from '../export/subject.ts';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { UserError, type Io } from './io.ts';
import { prepareOutput, writeOutput } from './report-writer.ts';

const EXAMPLES = `
Examples:
  zdc export FILE --to vitest --out fork.test.mjs    a test for vitest
  zdc export FILE --to python --out test_fork.py     a test for unittest of Python
  zdc export FILE --to c --out fork.c                a program for the HMM test device of the kernel
  zdc export FILE --to c --device zdc --out fork.c   a program for the zdc test driver; run it with "zdc linux exec fork.c"
  zdc export FILE --to json                          the case with the allowed outcomes of each step

The tests for vitest and Python start the adapter named in ZDC_TARGET. No export depends on zdc. A program for the
zdc test driver can execute every command that "--target linux" is sent; the HMM test device supports fewer. The JSON
format is described in src/export/FORMAT.md. The exit code is 2 if the case cannot be exported; the message states the reason.`;

interface ExportFlags {
  readonly to: Format;
  readonly out?: string;
  readonly device?: CDevice;
}

/** Defines the verb that exports a saved counterexample as a standalone test. */
export function defineExport(verb: Command, io: Io, done: (code: ExitCode) => void): void {
  verb
    .description('Writes a saved counterexample or case as a standalone test for your own repository.')
    .argument('<file>', 'a counterexample saved by "zdc run", or a case as JSON')
    .addOption(new Option('--to <format>', 'format').choices(FORMATS).makeOptionMandatory())
    .addOption(
      new Option(
        '--device <name>',
        'the device of a C program: the HMM test device of the kernel, or the zdc test driver (default: zdc for a case found with it)',
      ).choices(C_DEVICES),
    )
    .option('--out <path>', 'output file (default: standard output)')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, flags: ExportFlags) => {
      done(await exportVerb(path, flags, io));
    });
}

async function exportVerb(
  path: string,
  { to, out = '-', device: asked }: ExportFlags,
  io: Io,
): Promise<ExitCode> {
  if (asked !== undefined && to !== 'c') throw new UserError(EXIT.usage, '--device requires --to c.');
  await prepareOutput('test', out, io.cwd, path);
  const subject = await readSubject(path, io);
  const why = notExportable(subject);
  if (why !== undefined) throw new UserError(EXIT.usage, `${oneLine(path)} cannot be exported: ${why}.`);
  const exported = exportAs(to, subject, asked ?? deviceOf(subject));
  if (exported.kind === 'refused') {
    throw new UserError(EXIT.usage, `${oneLine(path)} cannot be exported to ${to}: ${exported.why}.`);
  }
  await writeOutput('test', out, exported.text, io);
  if (out !== '-') io.stderr.write(`Written to ${oneLine(out)}.\n`);
  return EXIT.conforms;
}

/** The device on which the case was found; otherwise the HMM test device, which is in the kernel tree. */
const deviceOf = ({ file }: Subject): CDevice =>
  file !== undefined && /^linux(?!.*driver=)/.test(file.target.spec) ? 'zdc' : 'test_hmm';

async function readSubject(path: string, io: Io): Promise<Subject> {
  return match(await readCaseFile(resolve(io.cwd, path)))
    .with({ kind: 'counterexample' }, ({ file }) => subjectOf(file))
    .with({ kind: 'case' }, (bare) => subjectOfCase(bare.case))
    .with({ kind: 'faulty' }, ({ message }) => {
      throw new UserError(EXIT.configuration, `${oneLine(path)} cannot be exported: ${message}.`);
    })
    .exhaustive();
}
