import type { ExitCode } from '../report/exit-code.ts';

/**
 * Something that the caller of the command can mend: it is told in a sentence, without a stack trace, and ends the
 * command with this exit code.
 */
export class UserError extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.name = 'Complaint';
    this.exitCode = exitCode;
  }
}
