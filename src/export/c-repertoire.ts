import type { MappingKind, Op } from '../../spec/vocabulary/command.ts';
import { opsOf } from '../../spec/vocabulary/parts.ts';
import type { ExpectedStep } from './expectation.ts';

/** What a C program is to do: it has the parts for this, and no others. */
export interface Repertoire {
  /** With those that are in a race. */
  readonly ops: ReadonlySet<Op>;
  readonly memories: ReadonlySet<MappingKind>;
}

export function repertoireOf(steps: readonly ExpectedStep[]): Repertoire {
  const commands = steps.map(({ command }) => command);
  return {
    ops: new Set(commands.flatMap(opsOf)),
    memories: new Set(commands.flatMap((command) => (command.op === 'map' ? [command.kind] : []))),
  };
}
