import type { ExitCode } from '../report/exit-code.ts';

/**
 * An error that the user can correct. It is reported in one sentence, without a stack trace, and ends the command with
 * this exit code.
 */
export class UserError extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.name = 'Complaint';
    this.exitCode = exitCode;
  }
}
