import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { oneLine } from '../corpus/printable.ts';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { type Io, UserError } from './io.ts';

/** The interval of polling, in milliseconds. A file that is rebuilt must not change for as long before the next run. */
const INTERVAL = 300;

/** Calls a command, and again whenever one of the files has changed, until it is interrupted. */
export async function runOnChange(
  files: readonly string[],
  io: Io,
  command: () => Promise<ExitCode>,
): Promise<ExitCode> {
  const stamp = (): Promise<string> => stampOf(files.map((file) => resolve(io.cwd, file)));
  for (const file of files) {
    if ((await stampOf([resolve(io.cwd, file)])) === MISSING) {
      throw new UserError(EXIT.usage, `There is no file ${oneLine(file)} to watch.`);
    }
  }
  for (;;) {
    // A change during the run is one as well.
    const before = await stamp();
    // Half a build may not start; the next change follows.
    const code = await command().catch((error: unknown) => {
      if (!(error instanceof UserError) || error.exitCode === EXIT.usage) throw error;
      io.stderr.write(`error: ${error.message}\n`);
      return error.exitCode;
    });
    if (io.signal.aborted) return code;
    io.stderr.write(`\nWatching ${files.map(oneLine).join(', ')}; Ctrl-C ends it.\n`);
    if (!(await hasChanged(before, stamp, io.signal))) return code;
  }
}

/** Waits until the files differ and are at rest; false if the command is interrupted before. */
async function hasChanged(
  before: string,
  stamp: () => Promise<string>,
  signal: AbortSignal,
): Promise<boolean> {
  let last = before;
  while (!signal.aborted) {
    await setTimeout(INTERVAL, undefined, { signal }).catch(() => undefined);
    const now = await stamp();
    if (now !== before && now === last && !now.includes(MISSING)) return true;
    last = now;
  }
  return false;
}

const MISSING = 'missing';

/** Size and time of modification of each file. */
async function stampOf(paths: readonly string[]): Promise<string> {
  const stamps = paths.map((path) =>
    stat(path).then(
      ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
      () => MISSING,
    ),
  );
  return (await Promise.all(stamps)).join(', ');
}
