import type { Command } from '../../spec/vocabulary/command.ts';

/** The names that a command uses, by sort. */
function names(command: Command): {
  readonly processes: readonly number[];
  readonly pages: readonly number[];
  readonly values: readonly number[];
  readonly slots: readonly number[];
} {
  if (command.op === 'race') {
    const [left, right] = [names(command.left), names(command.right)];
    return {
      processes: [...left.processes, ...right.processes],
      pages: [...left.pages, ...right.pages],
      values: [...left.values, ...right.values],
      slots: [],
    };
  }
  const victim = command.op === 'inject' && command.victim !== 'any' ? [command.victim] : [];
  return {
    processes: [
      ...('process' in command ? [command.process] : []),
      ...('child' in command ? [command.child] : []),
      ...victim.map(({ process }) => process),
    ],
    pages: [
      ...('page' in command ? [command.page] : []),
      ...('to' in command ? [command.to] : []),
      ...victim.map(({ page }) => page),
    ],
    values: 'value' in command ? [command.value - 1] : [],
    slots: 'slot' in command ? [command.slot] : [],
  };
}

/** Whether each name is one that was used, or the next one: 0 first, then 1, and so on. */
function inOrder(used: readonly number[], now: readonly number[], first = 0): boolean {
  let next = used.reduce((most, name) => Math.max(most, name + 1), first);
  for (const name of now) {
    if (name > next) return false;
    if (name === next) next++;
  }
  return true;
}

/**
 * Whether a command, after a path, uses names in the order of their first use. Of all cases that differ only in the names
 * of processes, pages, values and slots, exactly one does so all the way. Process 0 is alive from the start, and so has
 * its name already.
 */
export function isFirstNaming(path: readonly Command[], command: Command, pagesAlike: boolean): boolean {
  const before = path.map(names);
  const now = names(command);
  return (
    inOrder(
      before.flatMap(({ processes }) => processes),
      now.processes,
      1,
    ) &&
    inOrder(
      before.flatMap(({ values }) => values),
      now.values,
    ) &&
    inOrder(
      before.flatMap(({ slots }) => slots),
      now.slots,
    ) &&
    (!pagesAlike ||
      inOrder(
        before.flatMap(({ pages }) => pages),
        now.pages,
      ))
  );
}
