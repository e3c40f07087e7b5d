import { blockIn, devicesIn, type Scope } from '../../spec/vocabulary/scope.ts';
import {
  deviceEntry,
  EXCLUSIVE_ENTRY,
  frameOf,
  isDeviceEntry,
  isWriteEntry,
  POISON,
  PRESENT,
  type Snapshot,
  UNMAPPED,
  UNPOPULATED,
} from '../../spec/vocabulary/snapshot.ts';

/** Neighbours in a row of pages or frames that are drawn as one bar: a whole entry, or a large folio on a device. */
export interface Bar {
  readonly first: number;
  readonly last: number;
}

/**
 * The runs of marked items of a row. No run is longer than a block, because each block has a folio of its own; a shorter
 * one shows that a target marks a part of a block only.
 */
function barsIn(marks: readonly boolean[], block: number): readonly Bar[] {
  const bars: Bar[] = [];
  for (const [at, isMarked] of marks.entries()) {
    if (!isMarked) continue;
    const before = bars.at(-1);
    if (before?.last === at - 1 && at % block !== 0) bars[bars.length - 1] = { ...before, last: at };
    else bars.push({ first: at, last: at });
  }
  return bars;
}

/** The whole entries of a process, by page. */
export function wholeEntries({ whole }: Snapshot, scope: Scope, process: number): readonly Bar[] {
  const { pages } = scope;
  return barsIn((whole ?? []).slice(process * pages, (process + 1) * pages), blockIn(scope));
}

/** The large folios on a device, by frame. */
export function largeFolios({ large }: Snapshot, scope: Scope, device: number): readonly Bar[] {
  const first = device * scope.frames;
  return barsIn((large ?? []).slice(first, first + scope.frames), blockIn(scope)).map((bar) => ({
    first: first + bar.first,
    last: first + bar.last,
  }));
}

/**
 * Whether the entries of some pages are alike: they name consecutive frames with one permission, or are the same, and
 * all or none of them are part of a whole entry.
 */
export function areAlike({ entries, whole }: Snapshot, first: number, count: number): boolean {
  const code = entries?.[first] ?? UNMAPPED;
  for (let part = 1; part < count; part++) {
    const wanted = isDeviceEntry(code) ? deviceEntry(frameOf(code) + part, isWriteEntry(code)) : code;
    if ((entries?.[first + part] ?? UNMAPPED) !== wanted) return false;
    if ((whole?.[first + part] === true) !== (whole?.[first] === true)) return false;
  }
  return true;
}

/** The bar that an item is part of; undefined if it is drawn by itself. */
export const barAt = (bars: readonly Bar[], at: number): Bar | undefined =>
  bars.find(({ first, last }) => first <= at && at <= last);

/**
 * A drawing of the entries of each process and of the frames of each device, where a bar in brackets is one whole entry
 * or one large folio. Empty for targets that do not show them and for worlds without blocks.
 *
 *     process 0  [W0══W1══W2══W3]  –
 *     device     [0═══1═══2═══3 ]  ·
 */
export function folioDrawing(state: Snapshot, scope: Scope): readonly string[] {
  const { entries, maps, whole, large } = state;
  if (entries === undefined || whole === undefined || large === undefined) return [];
  const { processes, pages, frames } = scope;
  const devices = devicesIn(scope);
  const used = new Set(entries.filter(isDeviceEntry).map(frameOf));
  const isInUse = (frame: number): boolean =>
    large[frame] === true || used.has(frame) || (maps?.[frame] ?? 0) > 0;
  const rows = [
    ...Array.from({ length: processes }, (_, process) => ({
      name: `process ${process}`,
      cells: entries.slice(process * pages, (process + 1) * pages).map(entryInShort),
      bars: wholeEntries(state, scope, process),
      first: 0,
    })),
    ...Array.from({ length: devices }, (_, device) => {
      const first = device * frames;
      return {
        name: devices === 1 ? 'device' : `device ${device}`,
        cells: Array.from({ length: frames }, (_none, at) =>
          isInUse(first + at) ? String(first + at) : FREE,
        ),
        bars: largeFolios(state, scope, device),
        first,
      };
    }),
  ];
  const width = Math.max(...rows.flatMap(({ cells }) => cells.map(({ length }) => length)));
  const label = Math.max(...rows.map(({ name }) => name.length));
  return rows.map(({ name, cells, bars, first }) => {
    const drawn = cells.map((cell, at) => cellInBar(cell, first + at, barAt(bars, first + at), width));
    return `${name.padEnd(label)}  ${drawn.join('')}`.trimEnd();
  });
}

/** A cell with the brackets of its bar, or the line that continues it. */
function cellInBar(cell: string, at: number, bar: Bar | undefined, width: number): string {
  if (bar === undefined) return ` ${cell.padEnd(width)} `;
  const isLast = at === bar.last;
  return `${at === bar.first ? '[' : '═'}${cell.padEnd(width, isLast ? ' ' : '═')}${isLast ? ']' : '═'}`;
}

const FREE = '·';

/** The signs of a drawing. */
export const DRAWING_KEY =
  '[══] one whole entry, or one large folio; W0, R0: WRITE or READ entry for frame 0; S: system memory; ' +
  'o: unpopulated; –: unmapped; ×: poison; E: exclusive; ·: a free frame';

function entryInShort(code: number): string {
  if (isDeviceEntry(code)) return `${isWriteEntry(code) ? 'W' : 'R'}${frameOf(code)}`;
  if (code === PRESENT) return 'S';
  if (code === EXCLUSIVE_ENTRY) return 'E';
  if (code === UNPOPULATED) return 'o';
  return code === POISON ? '×' : '–';
}
