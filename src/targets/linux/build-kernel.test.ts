import { expect, test } from 'vitest';
import { unsatisfied } from './build-kernel.ts';

const final = ['CONFIG_A=y', '# CONFIG_B is not set', 'CONFIG_N=4', 'CONFIG_C=m'].join('\n');

test('what kconfig dropped or changed is told', () => {
  const asked = [
    '# A comment',
    'CONFIG_A=y',
    'CONFIG_B=y',
    'CONFIG_C=y',
    'CONFIG_N=4',
    'CONFIG_GONE=y',
    '',
  ].join('\n');
  expect(unsatisfied(asked, final)).toEqual(['CONFIG_B=y', 'CONFIG_C=y', 'CONFIG_GONE=y']);
});

test('what was to be off and is on is told; what is nowhere is off', () => {
  const asked = ['# CONFIG_A is not set', '# CONFIG_B is not set', '# CONFIG_GONE is not set'].join('\n');
  expect(unsatisfied(asked, final)).toEqual(['# CONFIG_A is not set']);
});
