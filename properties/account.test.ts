import { exit, fork, map, pin, store, toDevice, unpin } from '../spec/vocabulary/shorthand.ts';
import { account } from './account.ts';
import { type Line, type Lines, prove } from './hand-made.fixture.ts';

const stored: Lines = [[map(0, 0)], [store(0, 0, 7), { rss: [1, 0], charged: 1 }]];
const moved: Line = [toDevice(0, 0), { result: ['moved'], entries: 'W0 .', rss: [1, 0], charged: 1 }];
const shared: Lines = [...stored, moved, [fork(0, 1), { rss: [1, 1], charged: 1 }]];

prove(account, {
  'account/rss': {
    holds: [...shared, [exit(0), { entries: '. R0', rss: [0, 1] }]],
    breaks: [
      [...stored, [toDevice(0, 0), { result: ['moved'], entries: 'W0 .', rss: [0, 0] }]],
      [...stored, moved, [fork(0, 1), { entries: 'R0 R0', rss: [1, 0] }]],
      [[map(0, 0, 'write', 'host'), { entries: '= .', rss: [1, 0] }]],
    ],
  },
  'account/charge': {
    // A page that only a pin holds stays charged.
    holds: [
      ...shared,
      [store(1, 0, 8), { charged: 2 }],
      [pin(0, 0)],
      [exit(0), { charged: 2 }],
      [unpin(), { result: 7, charged: 1 }],
    ],
    breaks: [
      [...stored, moved, [fork(0, 1), { charged: 2 }]],
      [...shared, [store(1, 0, 8), { charged: 1 }]],
      [...shared, [pin(0, 0), { charged: 2 }], [exit(0), { charged: 1 }]],
    ],
  },
  'account/migration-is-free': {
    holds: [
      [map(0, 0), { charged: 0 }],
      [toDevice(0, 0), { result: ['moved'], charged: 1 }],
    ],
    breaks: [
      [
        [map(0, 0), { charged: 0 }],
        [toDevice(0, 0), { result: ['moved'], charged: 0 }],
      ],
      [...stored, [toDevice(0, 0), { result: ['moved'], charged: 2 }]],
    ],
  },
});
