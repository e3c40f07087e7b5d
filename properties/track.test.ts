import {
  clearSoftDirty,
  collapse,
  compound,
  fork,
  inherit,
  kernelStore,
  load,
  map,
  pageMap,
  pin,
  protect,
  softDirty,
  spawn,
  split,
  store,
  toDevice,
  toSystem,
  unmap,
  whole,
} from '../spec/vocabulary/shorthand.ts';
import { fault, free } from '../spec/vocabulary/driver-events.fixture.ts';
import { type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';
import { trackProperties } from './track.ts';

const stored: Lines = [
  [map(0, 0), { entries: 'o .' }],
  [store(0, 0, 7), { entries: '= .' }],
];
const clears = (shown: Shown = {}): Line => [clearSoftDirty(0), shown];
const asks = (shown: Shown): Line => [softDirty(0, 0), shown];
const goes: Line = [toDevice(0, 0), { result: ['moved'], entries: 'W0 .' }];
const returns: Line = [toSystem(0, 0), { result: ['moved'] }];
const [clean, dirty] = [asks({ result: 'clean' }), asks({ result: 'dirty' })];

/** Two processes with one block of two pages each, and one block of frames. */
const blocks = { pages: 2, block: 2 };
const storedFolio: Lines = [
  [whole(map(0, 0))],
  [store(0, 1, 7)],
  [compound(toDevice(0, 0, 2)), { result: ['whole', 'whole'] }],
];
const clearsBlock: Line = [clearSoftDirty(0)];
const cleanPart: Line = [softDirty(0, 1), { result: 'clean' }];
const dirtyPart: Line = [softDirty(0, 1), { result: 'dirty' }];

prove(trackProperties, {
  'track/clear': {
    holds: [
      ...stored,
      clears(),
      [load(0, 0), { result: 7 }],
      [fork(0, 1)],
      [protect(0, 0, 'read')],
      clean,
      [softDirty(1, 0), { result: 'clean' }],
    ],
    breaks: [
      [...stored, clears(), dirty],
      [...stored, goes, clears(), dirty],
      [...stored, clears(), [load(0, 0), { result: 7 }], dirty],
      [...stored, clears(), [fork(0, 1)], [softDirty(1, 0), { result: 'dirty' }]],
      [[map(0, 0)], clears(), [protect(0, 0, 'read')], dirty],
    ],
  },
  'track/store': {
    holds: [...stored, clears(), [kernelStore(0, 0, 8)], dirty],
    breaks: [
      [...stored, clean],
      [[map(0, 0)], clean],
      [...stored, clears(), [store(0, 0, 8)], clean],
      [...stored, goes, clears(), [kernelStore(0, 0, 8)], clean],
    ],
  },
  'track/survives': {
    holds: [...stored, clears(), goes, returns, clean, [store(0, 0, 8)], goes, dirty],
    breaks: [
      [...stored, clears(), goes, dirty],
      [...stored, clears(), goes, returns, dirty],
      [...stored, goes, clean],
      [...stored, goes, returns, clean],
      [...stored, clears(), goes, [load(0, 0), { result: 7 }], dirty],
    ],
  },
  'track/store-in-blocks': {
    ...blocks,
    holds: [
      ...storedFolio,
      dirtyPart,
      clearsBlock,
      [load(0, 0), { result: 7 }],
      [split(0, 0)],
      cleanPart,
      [store(0, 1, 8)],
      [compound(toDevice(0, 0, 2)), { result: ['whole', 'whole'] }],
      [split(0, 0)],
      dirtyPart,
      [whole(unmap(0, 0))],
      [whole(map(0, 0))],
      [inherit(0, 0, 'none')],
      cleanPart,
    ],
    breaks: [
      [...storedFolio, cleanPart],
      [...storedFolio, [split(0, 0)], cleanPart],
      [...storedFolio, [collapse(0, 0)], cleanPart],
      [...storedFolio, [load(0, 1), { result: 7 }], cleanPart],
      [...storedFolio, [clearSoftDirty(1)], cleanPart],
      [...storedFolio, [protect(0, 0, 'read')], cleanPart],
      [...storedFolio, clearsBlock, [kernelStore(0, 1, 8)], cleanPart],
    ],
  },
  'track/clear-in-blocks': {
    ...blocks,
    holds: [
      ...storedFolio,
      clearsBlock,
      [split(0, 0)],
      cleanPart,
      [load(0, 1), { result: 7 }],
      dirtyPart,
      [pin(0, 1)],
      clearsBlock,
      dirtyPart,
    ],
    breaks: [
      [...storedFolio, clearsBlock, dirtyPart],
      [...storedFolio, clearsBlock, [split(0, 0)], dirtyPart],
      [...storedFolio, clearsBlock, [pageMap(0, 0)], dirtyPart],
    ],
  },
  'track/quiet': {
    holds: [
      ...stored,
      goes,
      clears({ entries: 'W0 .' }),
      asks({ result: 'clean', entries: 'W0 .' }),
      clears({ entries: 'R0 .' }),
    ],
    breaks: [
      [...stored, goes, asks({ result: 'dirty', entries: 'R0 .' })],
      [...stored, goes, [spawn(1), { entries: 'W0 .' }], [clearSoftDirty(1), { entries: 'R0 .' }]],
      [...stored, goes, clears({ entries: 'R1 .' })],
      [...stored, goes, clears({ events: [fault(0, 0, 0), free(0)] })],
      [...stored, goes, asks({ result: 'dirty', entries: '= .' })],
      [...stored, clears({ result: 'EFAULT' })],
    ],
  },
});
