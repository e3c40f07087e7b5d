import { Admission } from '../../../spec/vocabulary/admission.ts';
import type { Case } from '../../../spec/vocabulary/case.ts';
import { withCommands } from '../pass.ts';

/** A case without commands that are not admitted, which is the same case for any target. */
export function withoutUnsent(testCase: Case): Case {
  const admission = new Admission(testCase.scope, testCase.profile);
  const commands = testCase.commands.filter((command) => admission.admit(command) === undefined);
  return commands.length === testCase.commands.length ? testCase : withCommands(testCase, commands);
}
