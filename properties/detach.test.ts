import { attach, detach, inject, load, map, store, toDevice } from '../spec/vocabulary/shorthand.ts';
import { detach as chapter } from './detach.ts';
import { fault, free, type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';

const onDevice: Lines = [
  [map(0, 0), { entries: 'o .' }],
  [store(0, 0, 7), { entries: '= .' }],
  [toDevice(0, 0), { result: ['moved'], entries: 'W0 .' }],
];
const failing: Lines = [...onDevice, [inject('sigbus'), { entries: 'W0 .' }]];
const goes = (shown: Shown): Line => [detach, shown];
const back: Shown = { entries: '= .', events: [free(0)] };

prove(chapter, {
  'migrate/detach-empties': {
    holds: [...onDevice, goes(back), [load(0, 0), { result: 7, entries: '= .' }]],
    breaks: [
      [...onDevice, goes({ entries: 'W0 .' })],
      [...onDevice, goes(back), [toDevice(0, 0), { result: ['skipped'], entries: 'W0 .' }]],
    ],
  },
  'migrate/detach-succeeds': {
    holds: [...failing, goes({ result: 'EBUSY', entries: 'W0 .' }), goes(back), goes({ result: 'ENODEV' })],
    breaks: [
      [...onDevice, goes({ result: 'EBUSY', entries: 'W0 .' })],
      [...failing, goes({ result: 'EBUSY', entries: '= .' })],
      [...onDevice, goes(back), goes({})],
      [...failing, goes({ result: 'ENODEV' })],
      [[inject('sigbus'), { entries: '. .' }], goes({ result: 'EBUSY' })],
    ],
  },
  'migrate/detach-brings-back': {
    holds: [...onDevice, goes(back)],
    breaks: [
      [...onDevice, goes({ ...back, events: [fault(0, 0, 0)] })],
      [...failing, goes({ result: 'EBUSY', entries: 'x .' })],
      [...failing, goes({ result: 'EBUSY', entries: 'R0 .' })],
      [...onDevice, [attach, { result: 'EBUSY', entries: '= .' }]],
    ],
  },
  'device/attach': {
    holds: [...onDevice, [attach, { result: 'EBUSY' }], goes(back), [attach]],
    breaks: [
      [...onDevice, [attach]],
      [...onDevice, goes(back), [attach, { result: 'EBUSY' }]],
    ],
  },
});
