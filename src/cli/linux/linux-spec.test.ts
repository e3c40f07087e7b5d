import { expect, test } from 'vitest';
import { parseTargetSpec } from '../target-spec.ts';

test('a Linux target is named with its kernel and a mutant', () => {
  expect(parseTargetSpec('linux')).toMatchObject({ kind: 'linux', kernel: '6.12', mutant: undefined });
  expect(parseTargetSpec('linux:kernel=6.1')).toMatchObject({ kernel: '6.1' });
  expect(parseTargetSpec('linux:kernel=6.1,mutant=copies-half-a-page')).toMatchObject({
    kernel: '6.1',
    mutant: { id: 'copies-half-a-page' },
  });
  expect(parseTargetSpec('linux:also=soft-dirty+lock')).toMatchObject({ also: ['soft-dirty', 'lock'] });
});

test.each([
  ['linux:kernel=5.4', '6.12 and 6.1'],
  ['linux:mutant=copies-half-a-pag', 'Did you mean copies-half-a-page?'],
  ['linux:speed=fast', 'is not an option'],
  ['linux:also=lock+pin', 'groups, lock, soft-dirty'],
])('%s is refused, and told why', (text, said) => {
  expect(() => parseTargetSpec(text)).toThrow(said);
});
