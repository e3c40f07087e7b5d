import {
  deviceLoad,
  deviceStore,
  discard,
  kernelStore,
  load,
  map,
  peek,
  pin,
  populate,
  store,
  toDevice,
  watch,
} from '../spec/vocabulary/shorthand.ts';
import { fault, type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';
import { watchMissing as chapter } from './watch-missing.ts';

const mapped: Lines = [[map(0, 0), { entries: 'o .' }]];
const unpopulated: Lines = [...mapped, [watch(0, 0, 'missing'), { entries: 'o .' }]];
const stored: Lines = [...mapped, [store(0, 0, 7), { entries: '= .', rss: [1, 0] }]];
const goes = (entries: string): Line => [toDevice(0, 0), { result: ['moved'], entries }];
const trapped: Shown = { result: 'trapped' };

prove(chapter, {
  'watch/traps-missing': {
    holds: [...unpopulated, [load(0, 0), { ...trapped, entries: 'o .' }], [pin(0, 0), trapped]],
    breaks: [
      [...unpopulated, [load(0, 0), { result: 0 }]],
      [...unpopulated, [store(0, 0, 7), {}]],
      [...unpopulated, [populate(0, 0), {}]],
      [...unpopulated, [kernelStore(0, 0, 7), { ...trapped, entries: '= .' }]],
      [...unpopulated, [load(0, 0), { ...trapped, events: [fault(0, 0)] }]],
      [...stored, [watch(0, 0, 'missing')], [discard(0, 0)], [load(0, 0), { result: 0 }]],
    ],
  },
  'watch/traps-missing-on-device': {
    holds: [
      ...unpopulated,
      [deviceLoad(0, 0), { ...trapped, entries: 'o .' }],
      [deviceStore(0, 0, 8), { result: 'EFAULT' }],
    ],
    breaks: [
      [...unpopulated, [deviceLoad(0, 0), { result: 0 }]],
      [...unpopulated, [deviceStore(0, 0, 8)]],
      [...unpopulated, [deviceStore(0, 0, 8), { ...trapped, entries: '= .' }]],
    ],
  },
  'watch/missing-reads-zero': {
    holds: [...unpopulated, [peek(0, 0), { result: 0 }], [peek(0, 0), { result: 'EFAULT' }]],
    breaks: [[...unpopulated, [peek(0, 0), { result: 7 }]]],
  },
  'watch/missing-stays': {
    holds: [...unpopulated, [toDevice(0, 0), { result: ['skipped'] }]],
    breaks: [[...unpopulated, goes('W0 .')]],
  },
});
