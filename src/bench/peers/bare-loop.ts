import { caseRandom } from '../../generate/case-source.ts';
import { processorSeconds, SLICE_COMMANDS, SliceWorld } from './slice.ts';

const LENGTH = 50;

/** The commands of the slice that the kernel executes in a second of processor time, drawn before the time begins. */
export function bareCommandsPerSecond(commands: number): number {
  const random = caseRandom(1, 0);
  const sequences = Array.from({ length: commands / LENGTH }, () => {
    const world = new SliceWorld(undefined);
    return Array.from({ length: LENGTH }, () => {
      const admitted = SLICE_COMMANDS.filter((command) => world.wouldAdmit(command));
      const command = admitted[random.nextInt(0, admitted.length - 1)];
      if (command === undefined) throw new Error('no command is admitted');
      world.execute(command);
      return command;
    });
  });
  const began = processorSeconds();
  for (const sequence of sequences) {
    const world = new SliceWorld(undefined);
    for (const command of sequence) world.execute(command);
  }
  return commands / (processorSeconds() - began);
}
