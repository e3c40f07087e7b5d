import {
  deviceLoad,
  deviceStore,
  discard,
  fork,
  inject,
  kernelStore,
  load,
  map,
  peek,
  pin,
  populate,
  protect,
  store,
  toDevice,
  toSystem,
  watch,
} from '../spec/vocabulary/shorthand.ts';
import { fault, free } from '../spec/vocabulary/driver-events.fixture.ts';
import { type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';
import { watchProperties as chapter, watchMissingProperties as missingChapter } from './watch.ts';

const mapped: Lines = [[map(0, 0), { entries: 'o .' }]];
const unpopulated: Lines = [...mapped, [watch(0, 0, 'missing'), { entries: 'o .' }]];
const stored: Lines = [...mapped, [store(0, 0, 7), { entries: '= .', rss: [1, 0] }]];
const goes = (entries: string): Line => [toDevice(0, 0), { result: ['moved'], entries }];
const trapped: Shown = { result: 'trapped' };

prove(missingChapter, {
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

const watches = (shown: Shown): Line => [watch(0, 0, 'write-protect'), shown];
const watched: Lines = [...stored, watches({ entries: '= .', rss: [1, 0] })];
const onDevice: Lines = [...watched, goes('R0 .')];

prove(chapter, {
  'watch/traps-store': {
    holds: [...watched, [store(0, 0, 8), trapped], [load(0, 0), { result: 7 }], [pin(0, 0), trapped]],
    breaks: [
      [...watched, [store(0, 0, 8)]],
      [...watched, [kernelStore(0, 0, 8)]],
      [...watched, [pin(0, 0)]],
      [...watched, [populate(0, 0)]],
      [...watched, [store(0, 0, 8), { result: 'SIGBUS' }]],
      [...watched, [store(0, 0, 8), { ...trapped, rss: [2, 0] }]],
    ],
  },
  'watch/unpopulated': {
    also: ['watch-unpopulated'],
    holds: [[map(0, 0)], [watch(0, 0, 'write-protect')], [store(0, 0, 8), { result: 'trapped' }]],
    breaks: [[[map(0, 0)], [watch(0, 0, 'write-protect')], [store(0, 0, 8)]]],
  },
  'watch/survives': {
    holds: [
      ...onDevice,
      [inject('sigbus')],
      [store(0, 0, 8), { result: 'SIGBUS' }],
      [store(0, 0, 8), trapped],
    ],
    breaks: [
      [...onDevice, [store(0, 0, 8)]],
      [...onDevice, [toSystem(0, 0), { result: ['moved'] }], [store(0, 0, 8)]],
      [...watched, [protect(0, 0, 'read')], [protect(0, 0, 'write')], [store(0, 0, 8)]],
    ],
  },
  'watch/traps-device-store': {
    holds: [...onDevice, [deviceStore(0, 0, 8), trapped]],
    breaks: [
      [...onDevice, [deviceStore(0, 0, 8)]],
      [...watched, [deviceStore(0, 0, 8)]],
      [...watched, [deviceStore(0, 0, 8), { ...trapped, rss: [0, 0] }]],
    ],
  },
  'watch/passes-loads': {
    holds: [...onDevice, [load(0, 0), { result: 7 }]],
    breaks: [
      [...onDevice, [load(0, 0), trapped]],
      [...watched, [load(0, 0), { result: 'SIGSEGV' }]],
    ],
  },
  'watch/passes-device-loads': {
    holds: [...onDevice, [deviceLoad(0, 0), { result: 7 }]],
    breaks: [[...onDevice, [deviceLoad(0, 0), trapped]]],
  },
  'watch/own': {
    holds: [...watched, [fork(0, 1)], [store(1, 0, 8)]],
    breaks: [
      [...watched, [fork(0, 1)], [store(1, 0, 8), trapped]],
      [...watched, [fork(0, 1)], [kernelStore(1, 0, 8), { result: 'EFAULT' }]],
    ],
  },
  'watch/traps-nobody-else': {
    holds: [...watched, [discard(0, 0)], [store(0, 0, 8)]],
    breaks: [
      [...watched, [discard(0, 0)], [store(0, 0, 8), trapped]],
      [...watched, [watch(0, 0, 'none')], [store(0, 0, 8), trapped]],
      [...stored, [watch(0, 0, 'missing')], [store(0, 0, 8), trapped]],
      [...mapped, watches({}), [store(0, 0, 8), trapped]],
      [...stored, [load(0, 0), trapped]],
    ],
  },
  'watch/quiet': {
    profile: 'linux-5.18',
    holds: [
      ...stored,
      goes('W0 .'),
      [watch(0, 0, 'missing'), { entries: 'R0 .' }],
      watches({ entries: 'R0 .' }),
    ],
    breaks: [
      [...stored, goes('W0 .'), watches({ entries: '= .', events: [fault(0, 0, 0), free(0)] })],
      [...stored, goes('W0 .'), watches({ entries: '= .' })],
      [...stored, goes('W0 .'), [watch(0, 0, 'missing'), { entries: '= .' }]],
      [...stored, watches({ result: 'EFAULT' })],
      [...stored, watches({ entries: '= =' })],
      [...stored, watches({ entries: '= .', rss: [0, 0] })],
    ],
  },
  'watch/never-write': {
    holds: onDevice,
    breaks: [
      [...stored, goes('W0 .'), watches({ entries: 'W0 .' })],
      [...watched, goes('W0 .')],
    ],
  },
});
