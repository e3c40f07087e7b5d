import type { DriverEvent } from './event.ts';
import { isBoth, type Result } from './result.ts';
import {
  EXCLUSIVE_ENTRY,
  frameOf,
  UNPOPULATED,
  isDeviceEntry,
  isWriteEntry,
  POISON,
  PRESENT,
  UNMAPPED,
} from './snapshot.ts';

/** These functions put the parts of an observation into words. */

/** @param further with whole entries: the number of frames after the first */
export function entryInWords(code: number, further = 0): string {
  if (code === UNMAPPED) return 'unmapped';
  if (code === UNPOPULATED) return 'unpopulated';
  if (code === PRESENT) return 'present';
  if (code === POISON) return 'poison';
  if (code === EXCLUSIVE_ENTRY) return 'exclusive';
  const frame = frameOf(code);
  const frames = further === 0 ? `frame ${frame}` : `frames ${frame} to ${frame + further}`;
  return `${isWriteEntry(code) ? 'WRITE' : 'READ'} entry for ${frames}`;
}

/** An entry as the predicate of a sentence: "present", "a READ entry for frame 0". */
export const entryPredicate = (code: number): string =>
  isDeviceEntry(code) ? `a ${entryInWords(code)}` : entryInWords(code);

const framesOf = ({
  frame,
  large,
}: {
  readonly frame: number;
  readonly large?: boolean | undefined;
}): string => (large === true ? `the large folio at frame ${frame}` : `frame ${frame}`);

export function eventInWords(event: DriverEvent): string {
  if (event.event === 'fault') {
    const frame = event.frame === undefined ? '' : `, frame ${event.frame}`;
    const device = event.device === undefined ? '' : `, device ${event.device}`;
    return `page_fault(process ${event.process}, page ${event.page}${frame}${device})`;
  }
  if (event.event === 'alloc') return `allocates ${framesOf(event)}`;
  if (event.event === 'split')
    return `folio_split(frame ${event.frame}, ${event.tail === undefined ? 'end' : `tail ${event.tail}`})`;
  const counts = [
    ...(event.refs === undefined ? [] : [`references ${event.refs}`]),
    ...(event.maps === undefined ? [] : [`mappings ${event.maps}`]),
  ];
  return `page_free(${framesOf(event)}${counts.length > 0 ? `: ${counts.join(', ')}` : ''})`;
}

export function resultInWords(result: Result): string {
  if (typeof result === 'number') return `the value ${result}`;
  if (typeof result === 'string') return result;
  if (isBoth(result)) return `${resultInWords(result.left)} and ${resultInWords(result.right)}`;
  return `[${result.join(', ')}]`;
}
