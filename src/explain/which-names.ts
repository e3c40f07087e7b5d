import { Admission } from '../../spec/vocabulary/admission.ts';
import { CONTROL_GROUPS, devicesIn, LARGEST_VALUE } from '../../spec/vocabulary/scope.ts';
import { partsOf } from '../../spec/vocabulary/parts.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { type Renaming, renamedCase, SAME } from '../shrink/rename.ts';

/** A sort of things that commands name. */
export type NameSort = 'process' | 'page' | 'slot' | 'value' | 'device' | 'group';

/** One name, replaced by another wherever the case has it. */
export interface Swap {
  readonly sort: NameSort;
  readonly name: number;
  readonly other: number;
  readonly case: Case;
}

/** Every exchange of a name that the case uses with another, all through the case. */
export function nameSwaps(testCase: Case): readonly Swap[] {
  const { scope, commands } = testCase;
  const sizes = {
    process: scope.processes,
    page: scope.pages,
    slot: scope.slots,
    device: devicesIn(scope),
    group: CONTROL_GROUPS,
  } as const;
  const places = (['process', 'page', 'slot', 'device', 'group'] as const).flatMap((sort) =>
    namesIn(commands, sort).flatMap((name) =>
      Array.from({ length: sizes[sort] }, (_, other) => ({ sort, name, other })),
    ),
  );
  const values = namesIn(commands, 'value').flatMap((name) =>
    [...new Set([1, Math.min(name + 1, LARGEST_VALUE), LARGEST_VALUE])].map((other) => ({
      sort: 'value' as const,
      name,
      other,
    })),
  );
  const sent = sentIn(testCase);
  return (
    [...places, ...values]
      .filter(({ sort, name, other }) => name !== other && !startsWithIt(sort, name, other))
      .map(({ sort, name, other }) => ({
        sort,
        name,
        other,
        case: renamedCase(testCase, exchange(sort, name, other)),
      }))
      // A range may leave the scope; then what is never sent says nothing of the name.
      .filter((swap) => sentIn(swap.case) === sent)
  );
}

/** How many commands of a case are sent. */
function sentIn({ scope, profile, commands }: Case): number {
  const admission = new Admission(scope, profile);
  return commands.filter((command) => admission.admit(command) === undefined).length;
}

/** Process 0 is the one that is alive at the start: no other process can take its place. */
const startsWithIt = (sort: NameSort, name: number, other: number): boolean =>
  sort === 'process' && (name === 0 || other === 0);

function exchange(sort: NameSort, name: number, other: number): Renaming {
  const swap = (item: number): number => (item === name ? other : item === other ? name : item);
  return { ...SAME, [sort]: swap };
}

function namesIn(commands: readonly Command[], sort: NameSort): readonly number[] {
  const names = commands.flatMap(partsOf).flatMap((command): readonly (number | undefined)[] => {
    const place = command.op === 'inject' && command.victim !== 'any' ? command.victim : command;
    switch (sort) {
      case 'process':
        return [
          'process' in place ? place.process : undefined,
          'child' in command ? command.child : undefined,
        ];
      case 'page':
        return ['page' in place ? place.page : undefined, 'to' in command ? command.to : undefined];
      case 'slot':
        return ['slot' in command ? command.slot : undefined];
      case 'value':
        return ['value' in command ? command.value : undefined];
      case 'device':
        return ['device' in command ? (command.device ?? 0) : undefined];
      case 'group':
        return ['group' in command ? command.group : undefined];
    }
  });
  return [...new Set(names.filter((name) => name !== undefined))].toSorted((one, other) => one - other);
}
