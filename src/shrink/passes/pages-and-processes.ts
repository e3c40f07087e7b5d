import type { Command, Single } from '../../../spec/vocabulary/command.ts';
import { type Pass, withCommands } from '../pass.ts';
import { renamed, SAME } from '../../../spec/vocabulary/rename.ts';
import { withParts } from '../../../spec/vocabulary/parts.ts';
import { MAX_PROCESSES } from '../../../spec/vocabulary/scope.ts';

/** The pages that a command concerns; undefined for all or none. */
function pagesOf(command: Command): { readonly first: number; readonly last: number } | undefined {
  if (command.op === 'race') {
    const [left, right] = [pagesOf(command.left), pagesOf(command.right)];
    if (left === undefined || right === undefined) return undefined;
    return { first: Math.min(left.first, right.first), last: Math.max(left.last, right.last) };
  }
  if ('count' in command) return { first: command.page, last: command.page + command.count - 1 };
  return 'page' in command ? { first: command.page, last: command.page } : undefined;
}

/** Whether a command only observes. */
const looks = ({ op }: Command): boolean => op === 'load' || op === 'device-load' || op === 'inspect';

/** Whether a command builds state for a failure; most failures need no others before them. */
const builds = ({ op }: Command): boolean =>
  op === 'map' ||
  op === 'store' ||
  op === 'fork' ||
  op === 'migrate-to-device' ||
  op === 'inject' ||
  op === 'pin';

/** The part of a command that concerns these pages; undefined if there is none. */
function within(command: Command, first: number, last: number): Command | undefined {
  const pages = pagesOf(command);
  if (pages === undefined) {
    const victim = command.op === 'inject' && command.victim !== 'any' ? command.victim.page : undefined;
    return victim === undefined || (victim >= first && victim <= last) ? command : undefined;
  }
  const from = Math.max(first, pages.first);
  const to = Math.min(last, pages.last);
  if (from > to) return undefined;
  return 'count' in command ? { ...command, page: from, count: to - from + 1 } : command;
}

/**
 * Shrink pass: removes, in one candidate each, commands on which the failing step does not depend: commands at other
 * pages (objects are shared only between the same pages of processes), and commands that only observe.
 */
export const focusOnPages: Pass = function* (failing) {
  const last = failing.commands.at(-1);
  const pages = last === undefined ? undefined : pagesOf(last);
  if (last === undefined || pages === undefined) return failing;
  const before = failing.commands.slice(0, -1);
  const inPages = before.flatMap((command) => within(command, pages.first, pages.last) ?? []);
  const proposals = [
    inPages.filter(builds),
    inPages.filter((command) => !looks(command)),
    inPages,
    before.filter((command) => !looks(command)),
  ];
  for (const proposal of proposals) {
    if (proposal.length === before.length) continue;
    const smaller = withCommands(failing, [...proposal, last]);
    if (yield smaller) return smaller;
  }
  return failing;
};

const exchanged =
  (one: number, other: number) =>
  (item: number): number =>
    item === one ? other : item === other ? one : item;

/**
 * Shrink pass: removes a fork, and the exit of the parent if there is one, and exchanges parent and child from there
 * on.
 *
 * @example `map in 0, fork 0 into 1, exit 0, migrate in 1, fork 1 into 0` becomes `map in 0, migrate in 0, fork 0 into
 *   1`
 */
export const replaceParentByChild: Pass = function* (failing) {
  let current = failing;
  for (let at = current.commands.length - 1; at >= 0; at--) {
    const fork = current.commands[at];
    if (fork?.op !== 'fork') continue;
    const { process: parent, child } = fork;
    const before = current.commands.slice(0, at);
    const after = current.commands.slice(at + 1);
    const exit = after.findIndex((command) => command.op === 'exit' && command.process === parent);
    const place = exchanged(parent, child);
    const taken = (exit < 0 ? after : after.toSpliced(exit, 1)).map((command) =>
      renamed(command, { ...SAME, process: place }),
    );
    const smaller = withCommands(current, [...before, ...taken]);
    if (yield smaller) current = smaller;
  }
  return current;
};

/**
 * Shrink pass: moves the commands of a spawned process to further pages of process 0 and removes the spawn. Two
 * unrelated processes are equivalent to two pages if nothing is shared.
 *
 * @example `spawn 1, map page 0 of 1, load page 0 of 1` becomes `map page 1 of 0, load page 1 of 0`
 */
export const replaceProcessByPages: Pass = function* (failing) {
  let current = failing;
  for (let at = current.commands.length - 1; at >= 0; at--) {
    const spawn = current.commands[at];
    if (spawn?.op !== 'spawn') continue;
    const { pages } = current.scope;
    const moved = (part: Single): Command =>
      'process' in part && part.process === spawn.process
        ? renamed(part, { ...SAME, process: () => 0, page: (page) => page + pages })
        : part;
    const after = current.commands.slice(at + 1).map((command) => withParts(command, moved));
    const smaller = {
      ...withCommands(current, [...current.commands.slice(0, at), ...after]),
      scope: { ...current.scope, pages: 2 * pages },
    };
    if (2 * pages <= 16 && (yield smaller)) current = smaller;
  }
  return current;
};

/**
 * Shrink pass: removes an exit that only frees a process name; the next process gets a name of its own.
 *
 * @example `fork 0 into 1, exit 0, fork 1 into 0` becomes `fork 0 into 1, fork 1 into 2`
 */
export const replaceReusedProcess: Pass = function* (failing) {
  let current = failing;
  for (let at = current.commands.length - 2; at >= 0; at--) {
    const exit = current.commands[at];
    const { processes } = current.scope;
    if (exit?.op !== 'exit' || processes >= MAX_PROCESSES) continue;
    const after = current.commands.slice(at + 1);
    if (!after.some((command) => beginsIn(command) === exit.process)) continue;
    const process = (item: number): number => (item === exit.process ? processes : item);
    const taken = after.map((command) => renamed(command, { ...SAME, process }));
    const smaller = {
      ...withCommands(current, [...current.commands.slice(0, at), ...taken]),
      scope: { ...current.scope, processes: processes + 1 },
    };
    if (yield smaller) current = smaller;
  }
  return current;
};

/** The process that a command creates. */
const beginsIn = (command: Command): number | undefined =>
  command.op === 'fork' ? command.child : command.op === 'spawn' ? command.process : undefined;
