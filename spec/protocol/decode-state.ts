import { framesIn, type Scope } from '../vocabulary/scope.ts';
import {
  deviceEntry,
  EXCLUSIVE_ENTRY,
  UNPOPULATED,
  POISON,
  PRESENT,
  type Snapshot,
  UNMAPPED,
} from '../vocabulary/snapshot.ts';
import { counted } from './counted.ts';
import { excerptOf } from './excerpt.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';
import { Malformed } from './malformed.ts';
import type { Shows } from './shows.ts';

/** Reads a state that was due, or throws `Malformed`. Parts that the target did not declare to show are dropped. */
export function decodeState(state: unknown, scope: Scope, shows: Shows): Snapshot | undefined {
  if (!(shows.entries || shows.frames || shows.accounting)) return undefined;
  if (!isJsonObject(state)) {
    throw new Malformed(
      state === undefined
        ? 'state is missing: it is due here'
        : `state: ${excerptOf(state)} is not an object`,
    );
  }
  const frames = shows.frames ? decodeFrames(state['frames'], scope, shows.minCount) : undefined;
  return {
    entries: shows.entries ? decodeEntries(state['entries'], scope) : undefined,
    refs: frames?.refs,
    maps: frames?.maps,
    least: frames?.least,
    rss: shows.accounting && state['rss'] !== null ? decodeRss(state['rss'], scope) : undefined,
    ...(shows.folios && scope.block !== undefined && decodeFolios(state, scope)),
    charged: shows.accounting && state['charged'] !== null ? integer(state, 'charged', 'charged') : undefined,
  };
}

/** The whole entries and the large folios, which are due together in a world with blocks. */
function decodeFolios(state: JsonObject, scope: Scope): Pick<Snapshot, 'whole' | 'large'> {
  const rows = listOf(state['whole'], 'whole', scope.processes, 'process', 'row');
  const whole = rows.flatMap((row, process) =>
    row === null
      ? Array.from({ length: scope.pages }, () => false)
      : listOf(row, `whole: row for process ${process}`, scope.pages, 'page', 'item').map((item) =>
          flag(item, 'whole'),
        ),
  );
  const large = listOf(state['large'], 'large', framesIn(scope), 'frame', 'item').map((item) =>
    flag(item, 'large'),
  );
  return { whole, large };
}

function flag(value: unknown, where: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new Malformed(`${where}: ${excerptOf(value)} where true or false was expected`);
}

function decodeEntries(rows: unknown, scope: Scope): readonly number[] {
  const { processes, pages } = scope;
  const frames = framesIn(scope);
  const list = listOf(rows, 'entries', processes, 'process', 'row');
  const codes: number[] = [];
  for (let process = 0; process < processes; process++) {
    const row = list[process];
    if (row === null) {
      for (let page = 0; page < pages; page++) codes.push(UNMAPPED);
      continue;
    }
    if (!Array.isArray(row)) {
      throw new Malformed(
        `entries: row for process ${process} is ${excerptOf(row)}, neither a list nor null`,
      );
    }
    if (row.length !== pages) {
      throw new Malformed(
        `entries: row for process ${process} has ${counted(row.length, 'item')}, the scope has ${counted(pages, 'page')}`,
      );
    }
    for (let page = 0; page < pages; page++) codes.push(decodeEntry(row[page], process, page, frames));
  }
  return codes;
}

function decodeEntry(entry: unknown, process: number, page: number, frames: number): number {
  switch (entry) {
    case 'unmapped':
      return UNMAPPED;
    case 'hole':
      return UNPOPULATED;
    case 'present':
      return PRESENT;
    case 'poison':
      return POISON;
    case 'exclusive':
      return EXCLUSIVE_ENTRY;
  }
  const where = `entries: process ${process} page ${page}`;
  if (!isJsonObject(entry)) {
    throw new Malformed(
      `${where} is ${excerptOf(entry)}, expected "unmapped", "hole", "present", "poison", "exclusive" or {"frame":…,"write":…}`,
    );
  }
  const frame = entry['frame'];
  const write = entry['write'];
  if (typeof frame !== 'number' || !Number.isInteger(frame) || frame < 0 || frame >= frames) {
    throw new Malformed(
      `${where} names frame ${excerptOf(frame)}, the scope has ${counted(frames, 'frame')}`,
    );
  }
  if (typeof write !== 'boolean') {
    throw new Malformed(`${where}: write is ${excerptOf(write)} where true or false was expected`);
  }
  return deviceEntry(frame, write);
}

interface Frames {
  readonly refs: readonly number[];
  readonly maps: readonly number[];
  readonly least: readonly number[] | undefined;
}

function decodeFrames(frames: unknown, scope: Scope, minCount: boolean): Frames {
  const list = listOf(frames, 'frames', framesIn(scope), 'frame', 'item');
  const refs: number[] = [];
  const maps: number[] = [];
  const least: number[] | undefined = minCount ? [] : undefined;
  for (let at = 0; at < list.length; at++) {
    const frame = list[at];
    if (!isJsonObject(frame))
      throw new Malformed(`frames: frame ${at} is ${excerptOf(frame)}, not an object`);
    refs.push(integer(frame, 'refs', 'frames: frame', at));
    maps.push(integer(frame, 'maps', 'frames: frame', at));
    least?.push(integer(frame, 'least', 'frames: frame', at));
  }
  return { refs, maps, least };
}

function decodeRss(rss: unknown, scope: Scope): readonly number[] {
  const list = listOf(rss, 'rss', scope.processes, 'process', 'item');
  if (list.every(isCount)) return list;
  throw new Malformed(`rss: ${excerptOf(list.find((item) => !isCount(item)))} where an integer was expected`);
}

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value);

function listOf(value: unknown, name: string, size: number, thing: string, item: string): readonly unknown[] {
  if (value === undefined) throw new Malformed(`${name} is missing in state: the target declared to show it`);
  if (!Array.isArray(value)) throw new Malformed(`${name}: ${excerptOf(value)} where a list was expected`);
  if (value.length !== size) {
    throw new Malformed(`${name}: ${counted(value.length, item)}, the scope has ${counted(size, thing)}`);
  }
  return value;
}

function integer(object: JsonObject, field: string, where: string, at?: number): number {
  const value = object[field];
  if (isCount(value)) return value;
  const place = at === undefined ? where : `${where} ${at}: ${field}`;
  throw new Malformed(
    value === undefined
      ? `${place} is missing: the target declared to show it`
      : `${place} is ${excerptOf(value)} where an integer was expected`,
  );
}
