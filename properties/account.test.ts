import {
  charge,
  exit,
  fork,
  join,
  map,
  pin,
  spawn,
  store,
  toDevice,
  unpin,
} from '../spec/vocabulary/shorthand.ts';
import { account } from './account.ts';
import { type Line, type Lines, prove } from './hand-made.fixture.ts';

const stored: Lines = [[map(0, 0)], [store(0, 0, 7), { rss: [1, 0], charged: 1 }]];
const moved: Line = [toDevice(0, 0), { result: ['moved'], entries: 'W0 .', rss: [1, 0], charged: 1 }];
const asks = (group: number, result: number): Line => [charge(group), { result }];
/** Two processes with one page each, each in a group of its own. */
const joined: Lines = [...stored, [spawn(1)], [join(1, 1)], [map(1, 0)], [store(1, 0, 8)]];
const moves: Lines = [...joined, [join(0, 1)]];
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
  'account/groups': {
    // The child of a fork is in the group of its parent, a new process in the first.
    holds: [...joined, asks(0, 1), asks(1, 1), [exit(1)], [fork(0, 1)], [store(1, 0, 9)], asks(0, 2)],
    breaks: [
      [...joined, asks(0, 2)],
      [...joined, asks(1, 0)],
      [...joined, [toDevice(1, 0), { result: ['moved'] }], asks(1, 0)],
      [...joined, [exit(1)], asks(1, 1)],
    ],
  },
  'account/join-moves': {
    holds: [...moves, asks(1, 2), asks(0, 0)],
    breaks: [
      [...moves, asks(1, 1)],
      [...moves, asks(0, 1)],
      [...joined, [toDevice(0, 0), { result: ['moved'] }], [join(0, 1)], asks(1, 1)],
    ],
  },
  'account/join-leaves': {
    holds: [...moves, asks(1, 1), asks(0, 1)],
    breaks: [
      [...moves, asks(1, 2)],
      [...moves, asks(0, 0)],
    ],
  },
  'account/sum-of-groups': {
    // The charge of a page that several processes see may have moved or not: only the sum is certain.
    holds: [...stored, [fork(0, 1)], [join(0, 1)], asks(1, 1), asks(0, 0)],
    breaks: [
      [...stored, [fork(0, 1)], [join(0, 1)], asks(1, 1), asks(0, 1)],
      [...stored, [fork(0, 1)], [join(0, 1)], asks(0, 0), asks(1, 0)],
    ],
  },
});
