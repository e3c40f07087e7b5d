import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { match } from 'ts-pattern';
import { oneLine } from '../corpus/printable.ts';
import { readCaseFile } from '../corpus/read-case-file.ts';
import { C_DEVICES, type CDevice, exportAs, type Format, FORMATS } from '../export/formats.ts';
import { notExportable, type Subject, subjectOf, subjectOfCase } from '../export/subject.ts';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { Complaint } from './complaint.ts';
import type { Io } from './io.ts';
import { prepareOutput, writeOutput } from './report-writer.ts';

const EXAMPLES = `
Examples:
  zdc export FILE --to vitest --out fork.test.mjs    a test for vitest
  zdc export FILE --to python --out test_fork.py     one for Python's unittest
  zdc export FILE --to c --out fork.c                a program against the kernel's HMM test device
  zdc export FILE --to c --device zdc --out fork.c   one against our own driver: "zdc linux exec fork.c" runs it
  zdc export FILE --to json                          the case with all that is allowed at each step, for any harness

The tests for vitest and Python start the adapter that ZDC_TARGET names, and never another one. They need nothing of ours.
A program for our own driver does whatever "--target linux" was sent; the kernel's test device does less.
What the JSON holds is told in src/export/FORMAT.md. What cannot be exported ends with 2 and says why.`;

interface ExportFlags {
  readonly to: Format;
  readonly out?: string;
  readonly device?: CDevice;
}

/** Defines the verb that turns a saved counterexample into a test for somebody's own repository. */
export function defineExport(verb: Command, io: Io, done: (code: ExitCode) => void): void {
  verb
    .description(
      'Turns a saved counterexample, or any case, into a test for a repository of your own that needs nothing of ours.',
    )
    .argument('<file>', 'a counterexample that "zdc run" saved, or a case as JSON')
    .addOption(new Option('--to <format>', 'what to write').choices(FORMATS).makeOptionMandatory())
    .addOption(
      new Option(
        '--device <name>',
        "whose device a C program drives: the driver of the kernel's own tests, or ours (default: ours for what was found on it)",
      ).choices(C_DEVICES),
    )
    .option('--out <path>', 'where to write it (default: standard output)')
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
  if (asked !== undefined && to !== 'c') throw new Complaint(EXIT.usage, '--device goes with --to c.');
  await prepareOutput('test', out, io.cwd, path);
  const subject = await readSubject(path, io);
  const why = notExportable(subject);
  if (why !== undefined) throw new Complaint(EXIT.usage, `${oneLine(path)} cannot be exported: ${why}.`);
  const exported = exportAs(to, subject, asked ?? deviceOf(subject));
  if (exported.kind === 'refused') {
    throw new Complaint(EXIT.usage, `${oneLine(path)} cannot be exported to ${to}: ${exported.why}.`);
  }
  await writeOutput('test', out, exported.text, io);
  if (out !== '-') io.stderr.write(`Written to ${oneLine(out)}.\n`);
  return EXIT.conforms;
}

/** Where it was found, or else where anybody can run it. */
const deviceOf = ({ file }: Subject): CDevice =>
  file !== undefined && /^linux(?!.*driver=)/.test(file.target.spec) ? 'zdc' : 'test_hmm';

async function readSubject(path: string, io: Io): Promise<Subject> {
  return match(await readCaseFile(resolve(io.cwd, path)))
    .with({ kind: 'counterexample' }, ({ file }) => subjectOf(file))
    .with({ kind: 'case' }, (bare) => subjectOfCase(bare.case))
    .with({ kind: 'faulty' }, ({ message }) => {
      throw new Complaint(EXIT.configuration, `${oneLine(path)} cannot be exported: ${message}.`);
    })
    .exhaustive();
}
