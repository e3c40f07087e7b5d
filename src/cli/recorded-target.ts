import type { CaseFile } from '../corpus/case-file.ts';
import { oneLine } from '../corpus/printable.ts';
import { EXIT } from '../report/exit-code.ts';
import { shellQuote } from '../report/shell-quote.ts';
import { UserError } from './user-error.ts';
import { EMBEDDED, parseTargetSpec, type TargetSpec } from './target-spec.ts';

/** The target named in a file, if it is an embedded one: a file never determines which program is started. */
export function recordedTarget(path: string, recorded: CaseFile | undefined): TargetSpec {
  if (recorded === undefined) return EMBEDDED;
  const { spec } = recorded.target;
  if (!/^(?:embedded|linux)/.test(spec)) {
    const example = shellQuote(oneLine(spec));
    throw new UserError(
      EXIT.usage,
      `${oneLine(path)} was found on another program, and a file never determines which program is started. ` +
        `Specify the target; it was: --target ${example}`,
    );
  }
  try {
    return parseTargetSpec(spec);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(EXIT.configuration, `${oneLine(path)} names an invalid target: ${oneLine(reason)}`);
  }
}
