import type { ProfileName } from '../../../spec/profiles/profile.ts';
import { encodeCase } from '../../../spec/protocol/codec.ts';
import type { Capability } from '../../../spec/vocabulary/capability.ts';
import type { Case } from '../../../spec/vocabulary/case.ts';
import type { Command } from '../../../spec/vocabulary/command.ts';
import { isVector } from '../../../spec/vocabulary/result.ts';
import { EXIT, type ExitCode } from '../../report/exit-code.ts';
import { exitCodeOfReplay } from '../../report/replay-text.ts';
import { replay, type ReplayOutcome } from '../../run/replay.ts';
import { batchOf } from '../../targets/stdio-batch.ts';
import type { Target } from '../../targets/target.ts';

/** A small case that checks one behaviour, with advice for an adapter that fails it. */
export interface Probe {
  readonly title: string;
  /** The capability that it checks; undefined for the core. */
  readonly capability: Capability | undefined;
  readonly observe: Case['observe'];
  readonly commands: readonly Command[];
  readonly advice: string;
  /** The world size, if it differs from `PROBE_SCOPE`. */
  readonly scope?: Case['scope'];
}

/** A probe of a capability to execute commands. */
export const able = (
  capability: Capability,
  title: string,
  advice: string,
  ...commands: readonly Command[]
): Probe => ({ title, capability, observe: 'results', commands, advice });

/** The same in a world with blocks, with a snapshot after every command. */
export const blocks = (
  capability: Capability,
  title: string,
  advice: string,
  ...commands: readonly Command[]
): Probe => ({
  ...able(capability, title, advice, ...commands),
  observe: 'every-step',
  scope: { processes: 2, pages: 2, frames: 4, slots: 1, block: 2 },
});

/** The world size of most probes. */
export const PROBE_SCOPE: Case['scope'] = { processes: 2, pages: 3, frames: 2, slots: 1 };

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
