import { describe, expect, test } from 'vitest';
import type { Breach, Violation } from '../../spec/judge/verdict.ts';
import { Similarity } from './same-cause.ts';

type Difference = Pick<Violation, 'requirement' | 'op' | 'clause' | 'observed'> & {
  readonly expected: string;
  readonly also?: readonly Breach[];
};

const violationOf = ({ expected, also = [], ...rest }: Difference): Violation => ({
  step: 2,
  ...rest,
  expected: [expected],
  breaches: [{ ...rest, expected }, ...also],
});

const FAULT = 'page_fault(process 0, page 0, frame 0)';
const FREE = 'page_free(frame 0: references 0, mappings 0)';
const FREE_ONCE = 'page_free(frame 0) once';

const TWICE: Difference = {
  requirement: 'count.free-once',
  op: 'load',
  clause: 'callbacks',
  expected: FREE_ONCE,
  observed: `${FAULT}, ${FREE}, ${FREE}`,
};
const LEAK: Difference = {
  requirement: 'count.references',
  op: 'load',
  clause: 'counts',
  expected: 'frame 0: reference count 1',
  observed: 'frame 0: reference count 2',
};
const CHARGED: Difference = {
  requirement: 'account.charge',
  op: 'exit',
  clause: 'accounting',
  expected: '1 charged',
  observed: '2 charged',
};
const TORN: Difference = {
  requirement: 'fault.last-value',
  op: 'load',
  clause: 'value',
  expected: 'the value 1',
  observed: 'torn',
};
const BUSY: Difference = {
  requirement: 'migrate.detach',
  op: 'detach',
  clause: 'result',
  expected: 'ok',
  observed: 'EBUSY',
};

const ALIKE: readonly (readonly [string, Difference, Difference])[] = [
  [
    'a frame freed twice by another command',
    TWICE,
    { ...TWICE, requirement: 'unmap.releases', op: 'unmap', observed: `${FREE}, ${FREE}` },
  ],
  [
    'a race that frees a frame twice',
    TWICE,
    { ...TWICE, requirement: 'race.frame-accounting', op: 'race', observed: `${FREE}, ${FREE}` },
  ],
  [
    'an error at a step that also frees a frame twice',
    TWICE,
    {
      ...BUSY,
      also: [
        {
          requirement: 'migrate.detach',
          clause: 'callbacks',
          expected: FREE_ONCE,
          observed: `${FREE}, ${FREE}`,
        },
      ],
    },
  ],
  [
    'the same wrong count of another frame',
    LEAK,
    {
      ...LEAK,
      requirement: 'unmap.releases',
      op: 'unmap',
      expected: 'frame 3: reference count 1',
      observed: 'frame 3: reference count 2',
    },
  ],
  [
    'a torn value of another command',
    TORN,
    { ...TORN, requirement: 'device.load-value', op: 'device-load', expected: 'the value 7' },
  ],
];

const DIFFERENT: readonly (readonly [string, Difference, Difference])[] = [
  [
    'a frame that is not freed',
    TWICE,
    { ...TWICE, requirement: 'unmap.releases', op: 'unmap', observed: 'no callback' },
  ],
  [
    'a count that is too small',
    LEAK,
    { ...LEAK, requirement: 'unmap.releases', op: 'unmap', observed: 'frame 0: reference count 0' },
  ],
  [
    'a charge that is too small',
    CHARGED,
    { ...CHARGED, requirement: 'fork.isolation', op: 'store', observed: '0 charged' },
  ],
  [
    'another wrong value',
    TORN,
    { ...TORN, requirement: 'device.load-value', op: 'device-load', observed: 'the value 3' },
  ],
];

const resemble = (one: Difference, other: Difference): boolean => {
  const group = new Similarity();
  group.add(violationOf(one));
  return group.has(violationOf(other));
};

describe('two failures are attributed to one bug:', () => {
  test.each(ALIKE)('%s', (_, one, other) => {
    expect(resemble(one, other)).toBe(true);
    expect(resemble(other, one)).toBe(true);
  });
});

describe('two failures are not attributed to one bug:', () => {
  test.each(DIFFERENT)('%s', (_, one, other) => {
    expect(resemble(one, other)).toBe(false);
    expect(resemble(other, one)).toBe(false);
  });
});
