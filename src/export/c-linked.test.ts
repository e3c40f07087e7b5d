import { expect, test } from 'vitest';
import { type CodeChapter, linked } from './c-linked.ts';

const CHAPTERS: readonly CodeChapter[] = [
  { title: 'Numbers', pieces: { one: 'int one(void);\n', two: 'int two(void);\n' } },
  { title: 'Sums', pieces: { three: 'int three(void) { return one() + 2; }\n' } },
  { title: 'Never', pieces: { four: 'int four(void);\n' } },
];

test('a piece is there where something behind it names it, and what it names itself with it', () => {
  expect(linked(CHAPTERS, 'three();')).toBe(
    '\n/* ---- Numbers ---- */\nint one(void);\n' +
      '\n/* ---- Sums ---- */\nint three(void) { return one() + 2; }\nthree();',
  );
});

test.each(['/* two\n two */', '"two \\" two"', 'a.two', 'a->two', 'twofold', 'xtwo'])(
  '%s does not name it',
  (text) => {
    expect(linked(CHAPTERS, text)).toBe(text);
  },
);
