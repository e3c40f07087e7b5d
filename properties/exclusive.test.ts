import {
  close,
  deviceExchange,
  fork,
  kernelLoad,
  load,
  makeExclusive,
  map,
  populate,
  store,
  toDevice,
  watch,
} from '../spec/vocabulary/shorthand.ts';
import { exchangeProperties, exclusiveProperties } from './exclusive.ts';
import { fault, free } from '../spec/vocabulary/driver-events.fixture.ts';
import { type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';

const stored: Lines = [
  [map(0, 0), { entries: 'o .', rss: [0, 0], charged: 0 }],
  [store(0, 0, 7), { entries: '= .', rss: [1, 0], charged: 1 }],
];
const onDevice: Lines = [...stored, [toDevice(0, 0), { result: ['moved'], entries: 'W0 .' }]];
const takes = (shown: Shown): Line => [makeExclusive(0, 0), shown];
const taken: Lines = [...stored, takes({ entries: '* .', rss: [1, 0], charged: 1 })];
const back: Shown = { entries: '* .', events: [fault(0, 0, 0), free(0)] };
const exchanges = (shown: Shown): Line => [deviceExchange(0, 0, 8), { result: 7, ...shown }];

prove(exclusiveProperties, {
  'exclusive/taken': {
    holds: taken,
    breaks: [
      [...stored, takes({ entries: '= .', rss: [1, 0], charged: 1 })],
      [...onDevice, takes({ entries: 'W0 .' })],
      [...stored, takes({ entries: '* .', rss: [0, 0], charged: 1 })],
      [...stored, takes({ entries: '* .', rss: [1, 0], charged: 2 })],
    ],
  },
  'exclusive/returns-first': {
    holds: [...onDevice, takes(back)],
    breaks: [
      [...onDevice, takes({ entries: '* .' })],
      [...onDevice, takes({ ...back, events: [fault(0, 0, 0), fault(0, 0, 0), free(0)] })],
      [...onDevice, takes({ ...back, events: [fault(1, 0, 0), free(0)] })],
      [...stored, takes({ entries: '* .', events: [fault(0, 0)] })],
      [...onDevice, [close, { entries: 'W0 .' }], takes({ ...back, result: 'ENODEV' })],
    ],
  },
  'exclusive/permission': {
    holds: [
      ...stored,
      [close, { entries: '= .' }],
      takes({ result: 'ENODEV', entries: '= .' }),
      [map(1, 0, 'read')],
      exchanges({ result: 'ENODEV' }),
    ],
    breaks: [
      [...stored, [close], takes({})],
      [[map(0, 0, 'read')], takes({})],
      [[map(0, 0, 'none')], takes({ result: 'EPERM' })],
      [[map(0, 0, 'read')], exchanges({})],
      [[map(0, 0, 'read'), { entries: 'o .' }], takes({ result: 'EPERM', entries: '= .' })],
    ],
  },
  'exclusive/works': {
    holds: taken,
    breaks: [
      [...stored, takes({ result: 'EFAULT' })],
      [...stored, takes({ result: 'trapped' })],
      [...onDevice, takes({ result: 'ENOMEM' })],
      [...onDevice, takes({ result: 'EINVAL' })],
    ],
  },
  'exclusive/revoked': {
    holds: [...taken, [kernelLoad(0, 0), { result: 7, entries: '= .', rss: [1, 0], charged: 1 }]],
    breaks: [
      [...taken, [load(0, 0), { result: 7, entries: '* .' }]],
      [...taken, [populate(0, 0), { entries: '* .' }]],
      [...taken, [load(0, 0), { result: 7, entries: '= .', events: [fault(0, 0)] }]],
      [...taken, [store(0, 0, 8), { entries: '= .', rss: [2, 0], charged: 1 }]],
    ],
  },
  'exclusive/fork': {
    holds: [...taken, [fork(0, 1), { entries: '= =' }]],
    breaks: [
      [...taken, [fork(0, 1), { entries: '* =' }]],
      [...taken, [fork(0, 1), { entries: '= *' }]],
    ],
  },
  'exclusive/only-where-made': {
    holds: taken,
    breaks: [
      [...stored, [load(0, 0), { result: 7, entries: '* .' }]],
      [...taken, [fork(0, 1), { entries: '* =' }]],
      [...taken, [map(1, 0), { entries: '* *' }]],
    ],
  },
});

prove(exchangeProperties, {
  'exclusive/exchange': {
    holds: [...taken, exchanges({})],
    breaks: [[...taken, exchanges({ result: 0 })]],
  },
  'exclusive/exchange-needs-it': {
    holds: [...taken, exchanges({}), [load(0, 0), { result: 8 }], exchanges({ result: 'EINVAL' })],
    breaks: [
      [...stored, exchanges({})],
      [...taken, exchanges({ result: 'EINVAL' })],
      [...taken, exchanges({ result: 'EFAULT' })],
      [
        ...taken,
        [load(0, 0), { result: 7, entries: '= .' }],
        exchanges({ result: 'EINVAL', entries: 'o .' }),
      ],
      [...taken, [watch(0, 0, 'write-protect')], exchanges({})],
    ],
  },
});
