import { Admission } from '../../spec/vocabulary/admission.ts';
import { LARGEST_VALUE } from '../../spec/vocabulary/scope.ts';
import { nameCount, type NameSort, namesOf } from '../../spec/vocabulary/names.ts';
import { partsOf } from '../../spec/vocabulary/parts.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { type Renaming, renamedCase, SAME } from '../shrink/rename.ts';

/** A name that is exchanged with another throughout the case. */
export interface Swap {
  readonly sort: NameSort;
  readonly name: number;
  readonly other: number;
  readonly case: Case;
}

/** Every exchange of a name that the case uses with another, throughout the case. */
export function nameSwaps(testCase: Case): readonly Swap[] {
  const { scope, commands } = testCase;
  const places = (['process', 'page', 'slot', 'device', 'group'] as const).flatMap((sort) =>
    namesIn(commands, sort).flatMap((name) =>
      Array.from({ length: nameCount(sort, scope) }, (_, other) => ({ sort, name, other })),
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
      // A range may exceed the scope. A case with other admitted commands shows nothing about the name.
      .filter((swap) => sentIn(swap.case) === sent)
  );
}

/** Number of commands of a case that are sent. */
function sentIn({ scope, profile, commands }: Case): number {
  const admission = new Admission(scope, profile);
  return commands.filter((command) => admission.admit(command) === undefined).length;
}

/** Process 0 is alive at the start, so that no other process can take its place. */
const startsWithIt = (sort: NameSort, name: number, other: number): boolean =>
  sort === 'process' && (name === 0 || other === 0);

function exchange(sort: NameSort, name: number, other: number): Renaming {
  const swap = (item: number): number => (item === name ? other : item === other ? name : item);
  return { ...SAME, [sort]: swap };
}

function namesIn(commands: readonly Command[], sort: NameSort): readonly number[] {
  const names = commands.flatMap(partsOf).flatMap((command) => namesOf(command, sort));
  return [...new Set(names)].toSorted((one, other) => one - other);
}
