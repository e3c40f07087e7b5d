import type { Command } from '../../spec/vocabulary/command.ts';
import type { ArgumentMatters, ArgumentsThatMatter, NameMatters, Tried } from '../explain/which-arguments.ts';

/** The remarks about the arguments of one step. */
interface StepArguments {
  readonly step: number;
  readonly lines: readonly string[];
}

/** For each step, the arguments that the failure depends on and those that can be replaced. */
export function argumentLines(
  { arguments: all }: ArgumentsThatMatter,
  commands: readonly Command[],
): readonly StepArguments[] {
  return commands.flatMap((command, step) => {
    const here = all.filter((one) => one.step === step);
    if (here.length === 0) return [];
    const needed = here.filter(({ failing }) => failing.length === 0);
    const only = needed.map(({ argument }) => `${argument} ${valueOf(command, argument)}`);
    return [
      {
        step,
        lines: [
          ...(only.length === 0 ? [] : [`fails only with ${only.join(', ')}`]),
          ...here.filter(({ failing }) => failing.length > 0).map(argumentLine),
        ],
      },
    ];
  });
}

function argumentLine({ argument, failing, passing }: ArgumentMatters): string {
  if (passing.length === 0) return `any other ${argument} fails too (${failing.join(', ')})`;
  return `${argument} ${oneOf(failing)} fails too; ${oneOf(passing)} does not`;
}

/** For each process, page, slot and value: whether the case still fails if another replaces it at every step. */
export const nameLines = ({ names }: ArgumentsThatMatter): readonly string[] => names.map(nameLine);

function nameLine({ sort, name, ...tried }: NameMatters): string {
  return `${sort} ${name}: ${placeLine(sort, tried)}`;
}

function placeLine(sort: string, { failing, passing }: Tried): string {
  if (passing.length === 0) return `any other ${sort} in its place fails too (${failing.join(', ')})`;
  if (failing.length === 0) return `no other ${sort} in its place fails (not ${passing.join(', ')})`;
  return `${oneOf(failing)} in its place fails too; ${oneOf(passing)} does not`;
}

/** The number of items of a list that are named. */
const MAX_NAMED = 4;

function oneOf(items: readonly string[]): string {
  const more = items.length - MAX_NAMED;
  return more <= 1 ? items.join(' or ') : `${items.slice(0, MAX_NAMED).join(' or ')} or ${more} others`;
}

/** The value of an argument in the case. */
function valueOf(command: Command, argument: string): string {
  const value: unknown = Object.entries(command).find(([name]) => name === argument)?.[1];
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, item]) => `${name} ${String(item)}`)
    .join(' ');
}
