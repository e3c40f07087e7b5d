import { type Command, type CommandOf, type Single, SPECS } from '../../spec/vocabulary/command.ts';
import type { CommandSpec } from '../../spec/vocabulary/commands.ts';

/** The commands with one of these names, in the form in which their description can be looked up by it. */
type SingleAmong<O extends Single['op']> = { [N in O]: CommandOf<N> & { readonly op: N } }[O];

function sentenceOf<O extends Single['op']>(command: SingleAmong<O>): string {
  const specs: { readonly [N in O]: Pick<CommandSpec<SingleAmong<N>>, 'sentence'> } = SPECS;
  return specs[command.op].sentence(command);
}

/** A command as a sentence. */
export const commandInWords = (command: Command): string =>
  command.op === 'race'
    ? `at once: ${sentenceOf(command.left)} | ${sentenceOf(command.right)}`
    : sentenceOf(command);
