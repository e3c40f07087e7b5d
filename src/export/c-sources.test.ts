import { expect, test } from 'vitest';
import { declaredIn, resolved } from './c-sources.ts';

const CONDITIONAL = `before
#ifdef HAS_A
a
#ifndef OTHER
a without other
#else
a with other
#endif
#elif !defined(HAS_B) && defined(HAS_C)
c
#else
neither
#ifdef OTHER
other
#endif
#endif
after`;

test.each([
  [['HAS_A'], ['a', '#ifndef OTHER', 'a without other', '#else', 'a with other', '#endif']],
  [
    ['HAS_A', 'HAS_C'],
    ['a', '#ifndef OTHER', 'a without other', '#else', 'a with other', '#endif'],
  ],
  [['HAS_C'], ['c']],
  [
    ['HAS_B', 'HAS_C'],
    ['neither', '#ifdef OTHER', 'other', '#endif'],
  ],
])('with %j, the conditionals on HAS_ macros leave %j', (has, lines) => {
  expect(resolved(CONDITIONAL, new Set(has)).split('\n')).toEqual(['before', ...lines, 'after']);
});

test('a condition that is not understood is an error', () => {
  expect(() => resolved('#if HAS_A > 1\n#endif', new Set())).toThrow('not understood: HAS_A > 1');
});

test.each([
  ['/* of two */\nstatic int *one(int two)\n{\n\tint three;\n}', ['one']],
  ['static __attribute__((noinline)) int one(void *two,\n\t\tint three)\n{\n}', ['one']],
  ['static struct two one[THREE], four[FIVE];', ['one', 'four']],
  ['static const int ONE[] = { TWO, THREE };', ['ONE']],
  ['#define ONE(two) (two)\n#define THREE 4', ['ONE', 'THREE']],
  ['enum { ONE = 1, TWO };', ['ONE', 'TWO']],
  ['enum three {\n\tONE,\n\tTWO,\n};', ['ONE', 'TWO']],
  ['static struct one {\n\tint two;\n} *three;', ['one', 'three']],
])('%j declares %j', (text, names) => {
  expect(declaredIn(text)).toEqual(names);
});
