import type { Violation } from '../../../spec/judge/verdict.ts';
import type { Scope } from '../../../spec/vocabulary/scope.ts';
import {
  EXCLUSIVE_ENTRY,
  frameOf,
  UNPOPULATED,
  isDeviceEntry,
  isWriteEntry,
  POISON,
  PRESENT,
  type Snapshot,
} from '../../../spec/vocabulary/snapshot.ts';
import { entryInWords } from '../../../spec/vocabulary/words.ts';
import type { AllowedOutcome } from '../../explain/allowed-outcomes.ts';
import type { EntryCell, FrameCell } from './page-data.ts';

/** The violation at the failing step and the outcomes that were allowed there. */
export interface FailingStep {
  readonly violation: Violation;
  readonly allowed: readonly AllowedOutcome[];
}

/** The entries of a snapshot, by process and page; undefined if the target does not show entries. */
export function entryCells(
  { entries }: Snapshot,
  before: Snapshot,
  { processes, pages }: Scope,
  failing: FailingStep | undefined,
): readonly (readonly EntryCell[])[] | undefined {
  if (entries === undefined) return undefined;
  const cells = entries.map((code, at): EntryCell => {
    const expected = expectedEntry(code, at, failing);
    return {
      kind: kindOf(code),
      words: entryInWords(code),
      ...(isDeviceEntry(code) ? { frame: frameOf(code), write: isWriteEntry(code) } : {}),
      changed: code !== before.entries?.[at],
      ...(expected === undefined ? {} : { expected }),
    };
  });
  return Array.from({ length: processes }, (_, process) =>
    cells.slice(process * pages, (process + 1) * pages),
  );
}

function kindOf(code: number): EntryCell['kind'] {
  if (isDeviceEntry(code)) return 'device';
  if (code === UNPOPULATED) return 'unpopulated';
  if (code === PRESENT) return 'present';
  if (code === EXCLUSIVE_ENTRY) return 'exclusive';
  return code === POISON ? 'poison' : 'unmapped';
}

/** The allowed values of an entry; undefined if some allowed outcome has the observed value. */
function expectedEntry(code: number, at: number, failing: FailingStep | undefined): string | undefined {
  const allowed = (failing?.allowed ?? []).flatMap(({ entries }) => entries[at] ?? []);
  if (allowed.length === 0 || allowed.some(({ admits }) => admits(code))) return undefined;
  return [...new Set(allowed.map(({ words }) => words))].join(' or ');
}

/** The frames of a snapshot; undefined if the target does not show counts. */
export function frameCells(
  { refs, maps, least }: Snapshot,
  before: Snapshot,
  failing: FailingStep | undefined,
): readonly FrameCell[] | undefined {
  return refs?.map((references, frame): FrameCell => {
    const mappings = maps?.[frame];
    const low = least?.[frame];
    const expected = expectedCount(frame, failing);
    return {
      references,
      ...(mappings === undefined ? {} : { mappings }),
      // A minimum at or above the previous count adds no information.
      ...(low === undefined || low >= Math.min(references, before.refs?.[frame] ?? references)
        ? {}
        : { least: low }),
      changed: references !== before.refs?.[frame] || mappings !== before.maps?.[frame],
      ...(expected === undefined ? {} : { expected }),
    };
  });
}

/** The expected count of a frame. The judge names the frame in the text of the expectation. */
function expectedCount(frame: number, failing: FailingStep | undefined): string | undefined {
  const prefix = `frame ${frame}: `;
  const breach = failing?.violation.breaches.find(
    ({ clause, expected }) => clause === 'counts' && expected.startsWith(prefix),
  );
  return breach?.expected.slice(prefix.length);
}

/** The resident and charged pages, in words. */
export function accountsIn({ rss, charged }: Snapshot): string | undefined {
  const parts = [
    ...(rss === undefined ? [] : [`resident ${rss.join(' · ')}`]),
    ...(charged === undefined ? [] : [`charged ${charged}`]),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}
