import { EXIT } from '../report/exit-code.ts';
import type { Output } from './io.ts';

/** Keeps an output that cannot be written from ending the command, and says what exit code remains. */
export interface OutputGuard {
  /** The exit code of a command whose own exit code is this. */
  exitCode(own: number): number;
}

/**
 * Watches the two outputs of the command. A reader that has read enough (`zdc run | head`) does not change the exit
 * code. A full disk is reported once on standard error; it turns success into "bad file or configuration" and leaves
 * every other exit code alone, since those say something about the target.
 */
export function guardOutputs(stdout: Output, stderr: Output): OutputGuard {
  let isLost = false;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || isLost) return;
    isLost = true;
    stderr.write(`error: Standard output cannot be written: ${error.message}.\n`);
  });
  stderr.on('error', () => {
    // There is nowhere left to report it.
  });
  return { exitCode: (own) => (own === EXIT.conforms && isLost ? EXIT.configuration : own) };
}
