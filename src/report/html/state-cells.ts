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

/** What was allowed at the step that breaks. */
export interface AtFault {
  readonly violation: Violation;
  readonly allowed: readonly AllowedOutcome[];
}

/** Every entry of a snapshot, by process and page; undefined where entries are not shown. */
export function entryCells(
  { entries }: Snapshot,
  before: Snapshot,
  { processes, pages }: Scope,
  atFault: AtFault | undefined,
): readonly (readonly EntryCell[])[] | undefined {
  if (entries === undefined) return undefined;
  const cells = entries.map((code, at): EntryCell => {
    const expected = expectedEntry(code, at, atFault);
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
  if (code === UNPOPULATED) return 'hole';
  if (code === PRESENT) return 'present';
  if (code === EXCLUSIVE_ENTRY) return 'exclusive';
  return code === POISON ? 'poison' : 'unmapped';
}

/** What an entry should have been; undefined where some allowed way has it as it is. */
function expectedEntry(code: number, at: number, atFault: AtFault | undefined): string | undefined {
  const allowed = (atFault?.allowed ?? []).flatMap(({ entries }) => entries[at] ?? []);
  if (allowed.length === 0 || allowed.some(({ admits }) => admits(code))) return undefined;
  return [...new Set(allowed.map(({ words }) => words))].join(' or ');
}

/** Every frame of a snapshot; undefined where frames are not shown. */
export function frameCells(
  { refs, maps, least }: Snapshot,
  before: Snapshot,
  atFault: AtFault | undefined,
): readonly FrameCell[] | undefined {
  return refs?.map((references, frame): FrameCell => {
    const mappings = maps?.[frame];
    const low = least?.[frame];
    const expected = expectedCount(frame, atFault);
    return {
      references,
      ...(mappings === undefined ? {} : { mappings }),
      // That it was less before it rose is no news.
      ...(low === undefined || low >= Math.min(references, before.refs?.[frame] ?? references)
        ? {}
        : { least: low }),
      changed: references !== before.refs?.[frame] || mappings !== before.maps?.[frame],
      ...(expected === undefined ? {} : { expected }),
    };
  });
}

/** The judge names the frame whose count is wrong in what it expects. */
function expectedCount(frame: number, atFault: AtFault | undefined): string | undefined {
  const prefix = `frame ${frame}: `;
  const breach = atFault?.violation.breaches.find(
    ({ clause, expected }) => clause === 'counts' && expected.startsWith(prefix),
  );
  return breach?.expected.slice(prefix.length);
}

/** How many pages are resident and charged, in words. */
export function accountsIn({ rss, charged }: Snapshot): string | undefined {
  const parts = [
    ...(rss === undefined ? [] : [`resident ${rss.join(' · ')}`]),
    ...(charged === undefined ? [] : [`charged ${charged}`]),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}
