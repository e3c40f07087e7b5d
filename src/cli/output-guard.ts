import { EXIT } from '../report/exit-code.ts';
import type { Output } from './io.ts';

/** Prevents a write error from ending the command, and determines the exit code after one. */
export interface OutputGuard {
  /** The final exit code, given the exit code of the command itself. */
  exitCode(own: number): number;
}

/**
 * Handles write errors of the two outputs. A closed pipe (`zdc run | head`) does not change the exit code. A full disk is
 * reported once on standard error. It turns success into "bad file or configuration" and keeps every other exit code,
 * since those carry information about the target.
 */
export function guardOutputs(stdout: Output, stderr: Output): OutputGuard {
  let isLost = false;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || isLost) return;
    isLost = true;
    stderr.write(`error: Standard output cannot be written: ${error.message}.\n`);
  });
  stderr.on('error', () => {
    // There is no output left to report it.
  });
  return { exitCode: (own) => (own === EXIT.conforms && isLost ? EXIT.configuration : own) };
}
