import {
  fork,
  heal,
  inject,
  load,
  map,
  pin,
  protect,
  store,
  toDevice,
} from '../spec/vocabulary/shorthand.ts';
import { failureProperties } from './failure.ts';
import { fault, free } from '../spec/vocabulary/driver-events.fixture.ts';
import { type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';

const onDevice: Lines = [
  [map(0, 0), { entries: 'o .' }],
  [store(0, 0, 7), { entries: '= .' }],
  [toDevice(0, 0), { result: ['moved'], entries: 'W0 .', refs: [2, 1] }],
];
const failing: Lines = [...onDevice, [inject('sigbus', 'until-healed'), { entries: 'W0 .', refs: [2, 1] }]];
const starving: Lines = [...onDevice, [inject('oom', 2), { entries: 'W0 .', refs: [2, 1] }]];
const shared: Lines = [...failing, [fork(0, 1), { entries: 'R0 R0' }]];
const loads = (shown: Shown): Line => [load(0, 0), { result: 'SIGBUS', events: [fault(0, 0)], ...shown }];
const lost = loads({ entries: 'x .', events: [fault(0, 0), free(0)] });

prove(failureProperties, {
  'failure/sigbus': {
    holds: [...failing, lost],
    breaks: [
      [...failing, loads({ result: 7, entries: '= .' })],
      [...failing, loads({ result: 'oom', entries: 'W0 .' })],
      [...failing, [pin(0, 0), { result: 'ENOMEM', entries: 'W0 .' }]],
      [...failing, [pin(0, 0), { entries: '= .' }]],
    ],
  },
  'failure/poison': {
    holds: [...failing, lost],
    breaks: [
      [...failing, loads({ entries: 'W0 .' })],
      [...shared, loads({ entries: 'x x' })],
      [...shared, [pin(0, 0), { result: 'EFAULT', entries: 'R0 R0' }]],
    ],
  },
  'failure/sharers-keep': {
    holds: [...shared, loads({ entries: 'x R0' })],
    breaks: [
      [...shared, loads({ entries: 'x x' })],
      [...shared, loads({ entries: 'x =' })],
    ],
  },
  'failure/poison-releases': {
    holds: [...failing, lost],
    breaks: [
      [...failing, loads({ entries: 'x .' })],
      [...failing, loads({ entries: 'W0 .' })],
      [...shared, loads({ entries: 'x R0', events: [fault(0, 0), free(0)] })],
    ],
  },
  'failure/poison-lasts': {
    holds: [...failing, lost, [heal, { entries: 'x .' }], loads({ events: [], entries: 'x .' })],
    breaks: [
      [...failing, lost, [heal], loads({ result: 7, events: [] })],
      [...failing, lost, [heal], loads({})],
      [...failing, lost, [heal, { entries: 'x .' }], loads({ events: [], entries: 'W0 .' })],
      [...failing, lost, [heal], [pin(0, 0)]],
    ],
  },
  'failure/poison-inert': {
    holds: [...failing, lost, [fork(0, 1), { entries: 'x x' }], [protect(0, 0, 'read'), { entries: 'x x' }]],
    breaks: [
      [...failing, lost, [fork(0, 1), { entries: 'x o' }]],
      [...failing, lost, [protect(0, 0, 'read'), { entries: 'o .' }]],
      [...onDevice, [heal, { entries: 'x .' }]],
    ],
  },
  'failure/nothing-lost': {
    holds: [...failing, loads({ entries: 'W0 .', refs: [2, 1] })],
    breaks: [
      [...failing, loads({ entries: 'x .', refs: [2, 1] })],
      [...failing, loads({ entries: 'W0 .', refs: [1, 1] })],
      [...failing, loads({ events: [fault(0, 0), free(0)] })],
    ],
  },
  'failure/oom-is-oom': {
    holds: [
      ...starving,
      loads({ result: 'oom', entries: 'W0 .' }),
      [pin(0, 0), { result: 'ENOMEM', entries: 'W0 .' }],
      loads({ result: 7, entries: '= .' }),
    ],
    breaks: [
      [...starving, loads({ entries: 'W0 .' })],
      [...starving, [pin(0, 0), { result: 'EFAULT', entries: 'W0 .' }]],
    ],
  },
  'failure/oom-keeps': {
    holds: [...starving, loads({ result: 'oom', entries: 'W0 .', refs: [2, 1] })],
    breaks: [
      [...starving, loads({ result: 'oom', entries: 'x .' })],
      [...starving, loads({ result: 'oom', events: [fault(0, 0), free(0)] })],
      [...starving, loads({ result: 'oom', entries: 'W0 .', refs: [3, 1] })],
    ],
  },
});
