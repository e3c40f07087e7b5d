import { deviceExchange, load, makeExclusive, map, store, watch } from '../spec/vocabulary/shorthand.ts';
import { exchange } from './exchange.ts';
import { type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';

const stored: Lines = [
  [map(0, 0), { entries: 'o .', rss: [0, 0], charged: 0 }],
  [store(0, 0, 7), { entries: '= .', rss: [1, 0], charged: 1 }],
];
const takes = (shown: Shown): Line => [makeExclusive(0, 0), shown];
const taken: Lines = [...stored, takes({ entries: '* .', rss: [1, 0], charged: 1 })];
const exchanges = (shown: Shown): Line => [deviceExchange(0, 0, 8), { result: 7, ...shown }];

prove(exchange, {
  'exclusive/exchange': {
    holds: [...taken, exchanges({})],
    breaks: [[...taken, exchanges({ result: 0 })]],
  },
  'exclusive/exchange-lands': {
    holds: [...taken, exchanges({}), [load(0, 0), { result: 8 }]],
    breaks: [[...taken, exchanges({}), [load(0, 0), { result: 7 }]]],
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
