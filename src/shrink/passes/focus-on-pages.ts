import type { Command } from '../../../spec/vocabulary/command.ts';
import { type Pass, withCommands } from '../pass.ts';

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
