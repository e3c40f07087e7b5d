#!/usr/bin/env node
import { EXIT } from '../report/exit-code.ts';
import { main } from './program.ts';

const stop = new AbortController();

// The first time, the command ends with the report of what was done; the second time, at once.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    stop.abort();
    process.stderr.write('\nStopping with what was done so far; once more to stop at once.\n');
  });
}

// Somebody who reads only the beginning (zdc run | head) takes nothing away from the verdict.
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: () => process.stdin,
  env: process.env,
  cwd: process.cwd(),
  signal: stop.signal,
});
