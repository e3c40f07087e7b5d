import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { paintWith } from './paint.ts';
import { fitted } from './text-layout.ts';

test('long lines are broken at blanks and aligned with their text', () => {
  expect(fitted('  Observed one two three four\nshort', 20)).toBe(
    ['  Observed one two', '  three four', 'short'].join('\n'),
  );
  expect(fitted('  At       one two three four five', 24)).toBe(
    ['  At       one two three', '           four five'].join('\n'),
  );
});

test('long words and commands are not broken', () => {
  expect(fitted('  a verylongwordindeed b', 10)).toBe(['  a', '  verylongwordindeed', '  b'].join('\n'));
  const command = '  Replay   npx zdc replay a.json --target embedded';
  expect(fitted(command, 20)).toBe(command);
  expect(fitted('Seed 1, 3 s. Repeat with: npx zdc run --seed 1', 20)).toContain(': npx zdc run --seed 1');
});

test('other lines keep their blanks and colours', () => {
  const { red } = paintWith(true);
  const line = `  ${red('one')}   two`;
  expect(fitted(line, 14)).toBe(line);
  expect(stripVTControlCharacters(fitted(`${red('one two')} three`, 8))).toBe('one two\nthree');
});
