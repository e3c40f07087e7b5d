import { expect, test } from 'vitest';
import type { DriverEvent } from './event.ts';
import type { Result } from './result.ts';
import { deviceEntry, EXCLUSIVE_ENTRY, UNPOPULATED, POISON, PRESENT, UNMAPPED } from './snapshot.ts';
import { entryInWords, entryPredicate, eventInWords, resultInWords } from './words.ts';

test.each([
  [UNMAPPED, 'unmapped'],
  [UNPOPULATED, 'unpopulated'],
  [PRESENT, 'present'],
  [POISON, 'poison'],
  [EXCLUSIVE_ENTRY, 'exclusive'],
  [deviceEntry(0, false), 'READ entry for frame 0'],
  [deviceEntry(3, true), 'WRITE entry for frame 3'],
])('entry %i is "%s"', (code, words) => {
  expect(entryInWords(code)).toBe(words);
});

test.each([
  [PRESENT, 'present'],
  [deviceEntry(0, false), 'a READ entry for frame 0'],
])('entry %i is the predicate "%s"', (code, words) => {
  expect(entryPredicate(code)).toBe(words);
});

test.each<[DriverEvent, string]>([
  [{ event: 'fault', process: 1, page: 2 }, 'page_fault(process 1, page 2)'],
  [{ event: 'fault', process: 1, page: 2, frame: 0 }, 'page_fault(process 1, page 2, frame 0)'],
  [{ event: 'fault', process: 1, page: 2, device: 1 }, 'page_fault(process 1, page 2, device 1)'],
  [
    { event: 'fault', process: 1, page: 2, frame: 3, device: 1 },
    'page_fault(process 1, page 2, frame 3, device 1)',
  ],
  [{ event: 'alloc', frame: 4 }, 'allocates frame 4'],
  [{ event: 'free', frame: 4 }, 'page_free(frame 4)'],
  [{ event: 'free', frame: 4, maps: 0 }, 'page_free(frame 4: mappings 0)'],
  [{ event: 'free', frame: 4, refs: 1, maps: 0 }, 'page_free(frame 4: references 1, mappings 0)'],
])('event %o', (event, words) => {
  expect(eventInWords(event)).toBe(words);
});

test.each<[Result, string]>([
  [0, 'the value 0'],
  ['SIGBUS', 'SIGBUS'],
  ['trapped', 'trapped'],
  ['special-sole', 'special-sole'],
  [[], '[]'],
  [['moved', 'skipped'], '[moved, skipped]'],
])('result %o', (result, words) => {
  expect(resultInWords(result)).toBe(words);
});
