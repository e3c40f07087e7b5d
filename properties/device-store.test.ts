import {
  deviceStore,
  fork,
  load,
  map,
  onDevice as atDevice,
  store,
  toDevice,
} from '../spec/vocabulary/shorthand.ts';
import { deviceStore as chapter } from './device-store.ts';
import { fault, free, type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';

const mapped: Lines = [[map(0, 0), { entries: 'o .' }]];
const stored: Lines = [...mapped, [store(0, 0, 7), { entries: '= .' }]];
const onDevice: Lines = [...stored, [toDevice(0, 0), { result: ['moved'], entries: 'W0 .' }]];
const shared: Lines = [...onDevice, [fork(0, 1), { entries: 'R0 R0' }]];
const onSecond = atDevice(1, deviceStore(0, 0, 8));
const stores = (shown: Shown): Line => [deviceStore(0, 0, 8), shown];

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
