import { type Command, Option } from 'commander';
import { comparisonMarkdown, comparisonPage, comparisonText, compareReports } from '../report/comparison.ts';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { htmlPage } from '../report/html/html-page.ts';
import { readReport } from './baseline.ts';
import { type Io, paintFor } from './io.ts';
import { prepareOutput, writeOutput } from './report-writer.ts';

const EXAMPLES = `
Examples:
  zdc compare kernel.json simulator.json                two implementations, requirement by requirement
  zdc compare before.json after.json                    also the regressions between the two runs
  zdc compare a.json b.json c.json --html matrix.html   a page with all requirements

The files are JSON reports of "zdc run --report json=PATH".

Exit codes: 0 no regression; 1 in two reports of one target, a requirement that passed in the first does not pass in the
second; 2 usage; 78 a file cannot be read or written.`;

interface CompareFlags {
  readonly all?: boolean;
  readonly format: 'text' | 'markdown';
  readonly html?: string;
}

/** Defines the verb that compares runs. */
export function defineCompare(verb: Command, io: Io, done: (code: ExitCode) => void): void {
  verb
    .description(
      'Compares JSON reports: a column for each implementation and profile, a row for each requirement.',
    )
    .argument('<report...>', 'JSON reports of "zdc run"')
    .option('--all', 'also show requirements with the same result in every column')
    .addOption(
      new Option('--format <format>', 'the form on standard output')
        .choices(['text', 'markdown'])
        .default('text'),
    )
    .option('--html <path>', 'also write an HTML page with all requirements')
    .addHelpText('after', EXAMPLES)
    .action(async (paths: readonly string[], flags: CompareFlags) => {
      done(await compareVerb(paths, flags, io));
    });
}

async function compareVerb(paths: readonly string[], flags: CompareFlags, io: Io): Promise<ExitCode> {
  for (const path of paths) {
    if (flags.html !== undefined) await prepareOutput('html page', flags.html, io.cwd, path);
  }
  const reports = await Promise.all(paths.map((path) => readReport(path, io.cwd)));
  const comparison = compareReports(reports);
  io.stdout.write(
    flags.format === 'markdown'
      ? comparisonMarkdown(comparison)
      : comparisonText(comparison, flags.all ?? false, paintFor(io)),
  );
  if (flags.html !== undefined) {
    await writeOutput('html page', flags.html, htmlPage(comparisonPage(comparison)), io);
  }
  return comparison.regressions.length > 0 ? EXIT.violates : EXIT.conforms;
}
