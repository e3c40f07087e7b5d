import type { Case } from '../../../spec/vocabulary/case.ts';
import type { Command } from '../../../spec/vocabulary/command.ts';
import { type Pass, withCommands } from '../pass.ts';

/** Maximum length; longer cases have too many pairs. */
const LONGEST = 24;

/**
 * Shrink pass: lowers the limit of a control group and removes commands that only filled it. A limit counts pages made
 * by all other commands, so that neither can be changed alone.
 *
 * @example `map 0, store 0, map 1, store 1, limit 2, …` becomes `map 0, store 0, limit 1, …`
 */
export const lowerLimits: Pass = function* (failing) {
  let current = failing;
  for (let again = current.commands.length <= LONGEST; again;) {
    again = false;
    for (const commands of lowered(current)) {
      const smaller = withCommands(current, commands);
      if (!(yield smaller)) continue;
      current = smaller;
      again = true;
      break;
    }
  }
  return current;
};

function* lowered({ commands }: Case): Generator<readonly Command[]> {
  for (const [at, command] of commands.entries()) {
    if (command.op !== 'limit' || command.pages === 'none') continue;
    for (let pages = command.pages - 1; pages >= 0; pages--) {
      const lower = commands.with(at, { ...command, pages });
      for (let late = commands.length - 2; late >= 0; late--) {
        if (late === at) continue;
        const without = lower.toSpliced(late, 1);
        yield without;
        for (let early = late - 1; early >= 0; early--) {
          if (early !== at) yield without.toSpliced(early, 1);
        }
      }
    }
  }
}
