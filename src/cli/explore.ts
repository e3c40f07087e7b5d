import { createServer } from 'node:http';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { match } from 'ts-pattern';
import { readCaseFile } from '../corpus/case-file.ts';
import { oneLine } from '../corpus/printable.ts';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { bugOf, type Exploration, START } from '../report/html/exploration.ts';
import { explorePage } from '../report/html/html-page.ts';
import { type Io, UserError } from './io.ts';
import { wholeNumber } from './options.ts';
import { besideOutputs, prepareOutput, writeOutput } from './report-writer.ts';

/** The page is served on this address alone, which other machines cannot reach. */
const LOOPBACK = '127.0.0.1';
const MAX_PORT = 65_535;

interface ExploreFlags {
  readonly output?: string;
  readonly port?: number;
}

const EXAMPLES = `
Examples:
  zdc explore                                serve the page on this machine until Ctrl-C
  zdc explore counterexample.json            begin with a saved counterexample, or a case as JSON
  zdc explore --output explore.html          write the page as one file, for any browser

In the page, commands are added, inserted and removed one by one. The embedded implementation, with a planted bug if one
is chosen, runs the case after every change. For each step the page shows the state and all outcomes that the
specification allows. The case is copied as JSON, in shorthand, or as the command that replays it. A counterexample of
another target is run on the embedded implementation. The page makes no requests.`;

/** Defines the verb that shows a page in which a case is built. */
export function defineExplore(verb: Command, io: Io, done: (code: ExitCode) => void): void {
  verb
    .description(
      'Shows a page in which a case is built command by command, with the state and all allowed outcomes of each step.',
    )
    .argument('[file]', 'a counterexample saved by "zdc run", or a case as JSON')
    .addOption(
      new Option(
        '--output <path>',
        'write the page as one HTML file instead of serving it; "-" is standard output',
      ).conflicts('port'),
    )
    .option('--port <number>', 'the port on 127.0.0.1; a free one by default', wholeNumber(0, MAX_PORT))
    .addHelpText('after', EXAMPLES)
    .action(async (path: string | undefined, flags: ExploreFlags) => {
      done(await exploreVerb(path, flags, io));
    });
}

async function exploreVerb(path: string | undefined, flags: ExploreFlags, io: Io): Promise<ExitCode> {
  if (flags.output !== undefined) await prepareOutput('page', flags.output, io.cwd, path);
  const page = explorePage(path === undefined ? START : await startWith(path, io));
  if (flags.output === undefined) return serve(page, flags.port ?? 0, io);
  await writeOutput('page', flags.output, page, io);
  besideOutputs([flags.output], io).stdout.write(`Wrote ${oneLine(flags.output)}: open it in a browser.\n`);
  return EXIT.conforms;
}

async function startWith(path: string, { cwd }: Io): Promise<Exploration> {
  return match(await readCaseFile(resolve(cwd, path)))
    .with({ kind: 'counterexample' }, ({ file }) => ({ case: file.case, bug: bugOf(file.target.spec) }))
    .with({ kind: 'case' }, (bare) => ({ case: bare.case, bug: undefined }))
    .with({ kind: 'faulty' }, ({ message }) => {
      throw new UserError(EXIT.configuration, `${oneLine(path)} cannot be explored: ${message}.`);
    })
    .exhaustive();
}

/** Serves the page until the command is interrupted. */
function serve(page: string, port: number, io: Io): Promise<ExitCode> {
  const server = createServer((request, response) => {
    // The name of another host that leads to this address is a page of somebody else that wants to read this one.
    const isOwn = /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(request.headers.host ?? '');
    const isFound = request.url === '/' && (request.method === 'GET' || request.method === 'HEAD');
    response.writeHead(isOwn ? (isFound ? 200 : 404) : 403, {
      'content-type': isOwn && isFound ? 'text/html; charset=utf-8' : 'text/plain',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.end(isOwn && isFound ? page : 'The page is at /.\n');
  });
  return new Promise((settle, fail) => {
    const stop = (): void => {
      server.close(() => settle(EXIT.conforms));
      server.closeAllConnections();
    };
    server.once('error', (error) => {
      fail(
        new UserError(
          EXIT.configuration,
          `The page cannot be served: ${error.message}. Choose another --port, or write it with --output FILE.html.`,
        ),
      );
    });
    server.listen(port, LOOPBACK, () => {
      const address = server.address();
      const own = typeof address === 'object' && address !== null ? address.port : port;
      io.stdout.write(`The page is at http://${LOOPBACK}:${own}/ until Ctrl-C.\n`);
      if (io.signal.aborted) stop();
      else io.signal.addEventListener('abort', stop, { once: true });
    });
  });
}
