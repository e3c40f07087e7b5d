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
const hole: Lines = [...mapped, [watch(0, 0, 'missing'), { entries: 'o .' }]];
const stored: Lines = [...mapped, [store(0, 0, 7), { entries: '= .', rss: [1, 0] }]];
const goes = (entries: string): Line => [toDevice(0, 0), { result: ['moved'], entries }];
const trapped: Shown = { result: 'trapped' };

prove(chapter, {
  'watch/traps-missing': {
    holds: [...hole, [load(0, 0), { ...trapped, entries: 'o .' }], [pin(0, 0), trapped]],
    breaks: [
      [...hole, [load(0, 0), { result: 0 }]],
      [...hole, [store(0, 0, 7), {}]],
      [...hole, [populate(0, 0), {}]],
      [...hole, [kernelStore(0, 0, 7), { ...trapped, entries: '= .' }]],
      [...hole, [load(0, 0), { ...trapped, events: [fault(0, 0)] }]],
      [...stored, [watch(0, 0, 'missing')], [discard(0, 0)], [load(0, 0), { result: 0 }]],
    ],
  },
  'watch/traps-missing-on-device': {
    holds: [
      ...hole,
      [deviceLoad(0, 0), { ...trapped, entries: 'o .' }],
      [deviceStore(0, 0, 8), { result: 'EFAULT' }],
    ],
    breaks: [
      [...hole, [deviceLoad(0, 0), { result: 0 }]],
      [...hole, [deviceStore(0, 0, 8)]],
      [...hole, [deviceStore(0, 0, 8), { ...trapped, entries: '= .' }]],
    ],
  },
  'watch/missing-reads-zero': {
    holds: [...hole, [peek(0, 0), { result: 0 }], [peek(0, 0), { result: 'EFAULT' }]],
    breaks: [[...hole, [peek(0, 0), { result: 7 }]]],
  },
  'watch/missing-stays': {
    holds: [...hole, [toDevice(0, 0), { result: ['skipped'] }]],
    breaks: [[...hole, goes('W0 .')]],
  },
});
