import {
  close,
  detach,
  deviceLoad,
  deviceStore,
  fork,
  heal,
  inject,
  load,
  map,
  onDevice as atDevice,
  protect,
  store,
  toDevice,
} from '../spec/vocabulary/shorthand.ts';
import { deviceProperties, deviceStoreProperties as chapter } from './device.ts';
import { alloc, fault, free } from '../spec/vocabulary/driver-events.fixture.ts';
import { type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';

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

prove(deviceProperties, {
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

const shared: Lines = [...onDevice, [fork(0, 1), { entries: 'R0 R0' }]];
const onSecond = atDevice(1, deviceStore(0, 0, 8));

prove(chapter, {
  'device/store-lands': {
    holds: [...onDevice, stores({}), [load(0, 0), { result: 8 }]],
    breaks: [[...onDevice, stores({}), [load(0, 0), { result: 7 }]]],
  },
  'device/store-calls': {
    holds: [...shared, stores({ events: [fault(0, 0, 0), free(0)] })],
    breaks: [
      [...shared, stores({ events: [fault(0, 0, 0), fault(0, 0, 0)] })],
      [...shared, stores({ events: [fault(1, 0, 0)] })],
      [...stored, stores({ events: [fault(0, 0)] })],
    ],
  },
  'device/store-place': {
    devices: 2,
    holds: [
      ...shared,
      stores({ entries: '= =' }),
      stores({ entries: '= =' }),
      [toDevice(0, 0), { result: ['moved'], entries: 'W0 =' }],
      stores({ entries: 'W0 =' }),
    ],
    breaks: [
      [...onDevice, stores({ entries: '= .' })],
      [...stored, stores({ entries: 'W0 .' })],
      [...shared, stores({ entries: 'R0 R0' })],
      [...shared, stores({ entries: 'o R0' })],
      [...shared, stores({ entries: '= R1' })],
      [...shared, stores({ entries: 'R0 =' })],
      [...mapped, stores({ entries: 'o .' })],
      [...shared, stores({ result: 'ENOMEM', entries: '= R0' })],
      [...onDevice, [onSecond, { result: 'ok', entries: 'W0 .' }]],
    ],
  },
});
