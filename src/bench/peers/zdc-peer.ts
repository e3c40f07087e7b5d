import type { Capability } from '../../../spec/vocabulary/capability.ts';
import type { Case } from '../../../spec/vocabulary/case.ts';
import { Examiner, fingerprintOfExamined } from '../../examine/examiner.ts';
import { caseRandom, CaseSource } from '../../generate/case-source.ts';
import type { KernelMutation } from '../../kernel/world.ts';
import { makeCounterexample } from '../../shrink/make-counterexample.ts';
import { EmbeddedTarget } from '../../targets/embedded.ts';
import type { Run } from '../../targets/target.ts';
import type { PeerSearch } from './peer-search.ts';
import { processorSeconds, SLICE_PROFILE } from './slice.ts';

/** What the slice executes and shows. */
const SHOWN: readonly Capability[] = ['fork', 'entries', 'every-step'];
const MAX_CASES_OF_SHRINKING = 100_000;

/** The embedded kernel, which counts its commands. */
class CountedTarget extends EmbeddedTarget {
  executed = 0;

  constructor(mutation: KernelMutation | undefined) {
    super({ ...(mutation !== undefined && { mutation }), shows: SHOWN, chunk: 1 });
  }

  override async run(testCase: Case): Promise<Run> {
    const run = await super.run(testCase);
    this.executed +=
      run.kind === 'trace'
        ? run.trace.observations.filter((observation) => observation !== undefined).length
        : (run.failure.step ?? testCase.commands.length);
    return run;
  }
}

/**
 * Searches for a bug with the random cases of this suite, without the directed suite. Judging is strict, because the
 * models of the other tools do not allow a migration to skip a page without a reason.
 */
export async function searchWithZdc(
  mutation: KernelMutation | undefined,
  seed: number,
  maxCommands: number,
  isShrunk: boolean,
): Promise<PeerSearch> {
  const began = processorSeconds();
  const target = new CountedTarget(mutation);
  const examiner = new Examiner(target, SLICE_PROFILE, { strict: true });
  const source = new CaseSource({ profile: SLICE_PROFILE, capabilities: target.hello.capabilities });
  for (let index = 0; target.executed < maxCommands; index++) {
    const testCase = source.draw(caseRandom(seed, index));
    const examined = await examiner.examine(testCase);
    if (fingerprintOfExamined(examined) === undefined) continue;
    const commands = target.executed;
    const seconds = processorSeconds() - began;
    const counterexample = isShrunk
      ? await makeCounterexample(target, testCase, examined, {
          asks: MAX_CASES_OF_SHRINKING,
          milliseconds: Infinity,
          signal: undefined,
          onAsk: undefined,
        })
      : undefined;
    return {
      isFound: true,
      commands,
      seconds,
      allCommands: target.executed,
      allSeconds: processorSeconds() - began,
      length: counterexample?.case.commands.length ?? null,
    };
  }
  const seconds = processorSeconds() - began;
  return {
    isFound: false,
    commands: target.executed,
    seconds,
    allCommands: target.executed,
    allSeconds: seconds,
    length: null,
  };
}
