import { judgingOptionsFor } from '../model/judging-options.ts';
import { PROFILES } from '../profiles/profile.ts';
import type { Trace } from '../vocabulary/trace.ts';
import { Judge } from './judge.ts';
import { Tally } from './tally.ts';
import { CONFORMS, type Verdict } from './verdict.ts';

/** Judges a whole trace. Stops at the first step that is not allowed. */
export function judgeTrace(trace: Trace, tally: Tally = new Tally()): Verdict {
  const { scope, profile, commands } = trace.case;
  const judge = new Judge(scope, judgingOptionsFor(PROFILES[profile], trace.capabilities), tally);
  for (const [index, command] of commands.entries()) {
    const verdict = judge.judge(index, command, trace.observations[index]);
    if (verdict.kind !== 'conforms') return verdict;
  }
  return CONFORMS;
}
