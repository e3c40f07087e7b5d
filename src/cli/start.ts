import { EXIT } from '../report/exit-code.ts';
import { guardOutputs } from './io.ts';
import { main } from './program.ts';

const stop = new AbortController();

// The first signal ends the command, a run with its report; the second ends the process at once.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    stop.abort();
    process.stderr.write('\nStopping. Interrupt again to stop at once.\n');
  });
}

const outputs = guardOutputs(process.stdout, process.stderr);

const exitCode = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: () => process.stdin,
  env: process.env,
  cwd: process.cwd(),
  signal: stop.signal,
});
process.exitCode = exitCode;
// Write errors of the last lines may arrive only now.
process.once('exit', () => {
  process.exitCode = outputs.exitCode(exitCode);
});
