import type { ProfileName } from '../../../spec/profiles/profile.ts';
import { encodeCase } from '../../../spec/protocol/codec.ts';
import type { Case } from '../../../spec/vocabulary/case.ts';
import { replay, type ReplayOutcome } from '../../run/replay.ts';
import { EXIT, type ExitCode } from '../../report/exit-code.ts';
import { exitCodeOfReplay } from '../../report/replay-text.ts';
import { batchOf } from '../../targets/stdio-batch.ts';
import type { Target } from '../../targets/target.ts';
import { PROBE_SCOPE, type Probe } from './probe.ts';
import { isVector } from '../../../spec/vocabulary/result.ts';

/** The result of a probe in one profile. */
export interface ProbeResult {
  readonly probe: Probe;
  readonly case: Case;
  readonly outcome: ReplayOutcome;
  readonly exitCode: ExitCode;
  /** The line sent to the target for this case. */
  readonly sent: string;
  /** The number of pages that the target reported as moved. */
  readonly moved: number;
}

/** Runs a probe in one profile. */
export async function examineProbe(probe: Probe, target: Target, profile: ProfileName): Promise<ProbeResult> {
  const { observe, commands, scope = PROBE_SCOPE } = probe;
  const testCase: Case = { profile, scope, observe, commands };
  const outcome = await replay(target, testCase);
  const sent = batchOf(testCase, target.hello.capabilities).commands;
  return {
    probe,
    case: testCase,
    outcome,
    exitCode: exitCodeOfReplay(outcome),
    sent: encodeCase({ id: 0, profile, scope, observe, commands: sent }).trimEnd(),
    moved: movedIn(outcome),
  };
}

export const isWell = ({ exitCode }: ProbeResult): boolean => exitCode === EXIT.conforms;

function movedIn({ trace }: ReplayOutcome): number {
  let moved = 0;
  for (const observation of trace?.observations ?? []) {
    if (!isVector(observation?.result)) continue;
    moved += observation.result.filter((page) => page === 'moved').length;
  }
  return moved;
}
