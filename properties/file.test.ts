import { discard, exit, fork, load, map, store, toDevice, toSystem } from '../spec/vocabulary/shorthand.ts';
import { alloc, free, type Lines, prove } from './hand-made.fixture.ts';
import { file } from './file.ts';

const mapped: Lines = [[map(0, 0, 'write', 'file'), { entries: 'o .' }]];
const copied: Lines = [...mapped, [store(0, 0, 7), { entries: '= .' }]];
const moved: Lines = [...copied, [toDevice(0, 0), { result: ['moved'], entries: 'W0 .' }]];

prove(file, {
  'types/file-value': {
    holds: [...mapped, [fork(0, 1)], [store(1, 0, 7)], [exit(1)], [load(0, 0), { result: 30_000 }]],
    breaks: [
      [...mapped, [load(0, 0), { result: 0 }]],
      [...mapped, [fork(0, 1)], [store(1, 0, 7)], [load(0, 0), { result: 7 }]],
      [...moved, [discard(0, 0)], [load(0, 0), { result: 7 }]],
    ],
  },
  'types/file-stays': {
    // The entry may be shown as unpopulated or as present.
    holds: [...mapped, [load(0, 0), { result: 30_000, entries: '= .' }]],
    breaks: [
      [...mapped, [load(0, 0), { result: 30_000, entries: 'R0 .' }]],
      [...mapped, [load(0, 0), { result: 30_000, entries: '. .' }]],
    ],
  },
  'types/file-skipped': {
    holds: [...mapped, [toDevice(0, 0), { result: ['skipped'] }]],
    breaks: [
      [...mapped, [toDevice(0, 0), { result: ['moved'] }]],
      [...mapped, [toDevice(0, 0), { result: ['skipped'], events: [alloc(0), free(0)] }]],
    ],
  },
  'types/file-copy': {
    holds: [...moved, [load(0, 0), { result: 7 }]],
    breaks: [
      [...moved, [load(0, 0), { result: 30_000 }]],
      [...moved, [load(0, 0), { result: 0 }]],
    ],
  },
  'types/file-copy-moves': {
    holds: moved,
    breaks: [
      [...copied, [toDevice(0, 0), { result: ['moved'], entries: '= .' }]],
      [...moved, [toSystem(0, 0), { result: ['moved'], entries: 'o .' }]],
    ],
  },
});
