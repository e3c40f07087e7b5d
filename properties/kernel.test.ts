import {
  deviceLoad,
  fork,
  heal,
  inject,
  kernelLoad,
  kernelStore,
  load,
  map,
  peek,
  protect,
  store,
  toDevice,
  unmap,
} from '../spec/vocabulary/shorthand.ts';
import { fault, free } from '../spec/vocabulary/driver-events.fixture.ts';
import { type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';
import { kernelProperties } from './kernel.ts';

const stored: Lines = [
  [map(0, 0), { entries: 'o .' }],
  [store(0, 0, 7), { entries: '= .' }],
];
const onDevice: Lines = [...stored, [toDevice(0, 0), { result: ['moved'], entries: 'W0 .' }]];
const shared: Lines = [...onDevice, [fork(0, 1), { entries: 'R0 R0' }]];
const back: Shown = { entries: '= .', events: [fault(0, 0, 0), free(0)] };
const stores = (shown: Shown): Line => [kernelStore(0, 0, 8), shown];
const loads = (shown: Shown): Line => [kernelLoad(0, 0), { result: 7, ...shown }];
const peeks = (shown: Shown): Line => [peek(0, 0), { result: 'EFAULT', ...shown }];

prove(kernelProperties, {
  'kernel/brings-back': {
    holds: [...onDevice, loads(back)],
    breaks: [
      [...onDevice, loads({ entries: 'W0 .' })],
      [...onDevice, loads({ entries: '= .' })],
      [...onDevice, stores({ entries: 'W0 .', events: [fault(0, 0, 0)] })],
    ],
  },
  'kernel/store-lands': {
    holds: [...onDevice, stores({}), [deviceLoad(0, 0), { result: 8 }]],
    breaks: [[...onDevice, stores({}), [load(0, 0), { result: 7 }]]],
  },
  'kernel/store-is-own': {
    holds: [...shared, stores({ entries: '= =' })],
    breaks: [
      [...shared, stores({ entries: '= R0' })],
      [...shared, stores({ entries: '= o' })],
    ],
  },
  'kernel/errors': {
    holds: [
      ...onDevice,
      loads({ entries: '= .' }),
      [protect(0, 0, 'read'), { entries: '= .' }],
      stores({ result: 'EFAULT', entries: '= .' }),
    ],
    breaks: [
      [...onDevice, [unmap(0, 0), { entries: '. .' }], loads({ result: 'SIGSEGV' })],
      [...onDevice, [unmap(0, 0), { entries: '. .' }], loads({ result: 'EFAULT', events: [fault(0, 0)] })],
      [...onDevice, loads({ result: 'EFAULT' })],
      [...onDevice, [inject('sigbus')], loads({ result: 'SIGBUS' })],
      [...stored, stores({ result: 'oom' })],
      [...stored, loads({ result: 'trapped' })],
    ],
  },
  'kernel/peek-stays': {
    holds: [...onDevice, peeks({ entries: 'W0 .' })],
    breaks: [
      [...onDevice, peeks({ result: 7, entries: 'W0 .' })],
      [...onDevice, peeks({ entries: '= .' })],
      [...onDevice, peeks({ events: [fault(0, 0, 0)] })],
      [...stored, peeks({ entries: 'o .' })],
    ],
  },
  'kernel/peek-refused': {
    holds: [...stored, [protect(0, 0, 'none')], peeks({})],
    breaks: [
      [...stored, [protect(0, 0, 'none')], peeks({ result: 7 })],
      [...stored, [unmap(0, 0)], peeks({ result: 0 })],
      [...onDevice, [inject('sigbus')], [load(0, 0), { result: 'SIGBUS' }], [heal], peeks({ result: 0 })],
    ],
  },
});
