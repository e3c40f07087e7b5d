import {
  close,
  detach,
  deviceLoad,
  deviceStore,
  heal,
  inject,
  load,
  map,
  protect,
  store,
  toDevice,
} from '../spec/vocabulary/shorthand.ts';
import { device } from './device.ts';
import { alloc, type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';

const mapped: Lines = [[map(0, 0), { entries: 'o .' }]];
const stored: Lines = [...mapped, [store(0, 0, 7), { entries: '= .' }]];
const onDevice: Lines = [...stored, [toDevice(0, 0), { result: ['moved'], entries: 'W0 .' }]];
const poisoned: Lines = [
  ...onDevice,
  [inject('sigbus')],
  [load(0, 0), { result: 'SIGBUS' }],
  [heal, { entries: 'x .' }],
];
const stores = (shown: Shown): Line => [deviceStore(0, 0, 8), shown];

prove(device, {
  'device/load-value': {
    holds: [...onDevice, [deviceLoad(0, 0), { result: 7 }]],
    breaks: [[...onDevice, [deviceLoad(0, 0), { result: 0 }]]],
  },
  'device/load-quiet': {
    holds: [...onDevice, [deviceLoad(0, 0), { result: 7, entries: 'W0 .' }]],
    breaks: [
      [...onDevice, [deviceLoad(0, 0), { result: 7, entries: '= .' }]],
      [...mapped, [deviceLoad(0, 0), { result: 0, events: [alloc(0)] }]],
    ],
  },
  'device/permission': {
    holds: [...onDevice, stores({}), [protect(0, 0, 'read')], stores({ result: 'EPERM' })],
    breaks: [
      [[map(0, 0, 'none')], stores({ result: 'EPERM' })],
      [[map(0, 0, 'read')], stores({})],
      [[map(0, 0, 'read'), { entries: 'o .' }], stores({ result: 'EPERM', entries: '= .' })],
      [...onDevice, [deviceLoad(0, 0), { result: 'EFAULT' }]],
      [...onDevice, stores({ result: 'EFAULT' })],
      [...poisoned, [deviceLoad(0, 0), { result: 0 }]],
    ],
  },
  'device/poison': {
    holds: [...poisoned, stores({ result: 'EFAULT', entries: 'x .' })],
    breaks: [
      [...poisoned, stores({})],
      [...poisoned, [deviceLoad(0, 0), { result: 'EFAULT', entries: 'o .' }]],
    ],
  },
  'device/detached': {
    holds: [...onDevice, [detach], stores({ result: 'ENODEV' })],
    breaks: [
      [...onDevice, [detach], stores({})],
      [...onDevice, [detach], [deviceLoad(0, 0), { result: 7 }]],
      [...onDevice, [detach, { entries: '= .' }], stores({ result: 'ENODEV', entries: 'W0 .' })],
    ],
  },
  'device/closed': {
    holds: [...onDevice, [close], stores({ result: 'ENODEV', entries: 'W0 .' })],
    breaks: [
      [...onDevice, [close], stores({})],
      [...onDevice, [close], [deviceLoad(0, 0), { result: 7 }]],
      [...onDevice, [close, { entries: 'W0 .' }], stores({ result: 'ENODEV', entries: '= .' })],
    ],
  },
});
