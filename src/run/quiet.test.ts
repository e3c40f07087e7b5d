import { expect, test } from 'vitest';
import { USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { caseRandom, CaseSource } from '../generate/case-source.ts';
import { Quiet } from './quiet.ts';

const CAPABILITIES = new Set(USUAL_CAPABILITIES);

const caseOf = (commands: Case['commands']): Case => ({
  profile: 'linux-6.12',
  scope: { processes: 2, pages: 2, frames: 2, slots: 1 },
  observe: 'every-step',
  commands,
});
const SAME = caseOf([
  { op: 'map', process: 0, page: 0, kind: 'private', protection: 'write' },
  { op: 'store', process: 0, page: 0, value: 1 },
]);
/** Like `SAME`, at another page and with another value. */
const ALIKE = caseOf([
  { op: 'map', process: 0, page: 1, kind: 'private', protection: 'write' },
  { op: 'store', process: 0, page: 1, value: 7 },
]);
const OTHER = caseOf([...SAME.commands, { op: 'migrate-to-device', process: 0, page: 0, count: 1 }]);

const quietAfter = (...cases: readonly Case[]): Quiet => {
  const quiet = new Quiet('linux-6.12', CAPABILITIES);
  quiet.note('2 covered');
  for (const each of cases) quiet.add(each);
  return quiet;
};
const times = (count: number, each: Case): readonly Case[] => Array.from({ length: count }, () => each);

test('a profile is quiet after 512 cases at the earliest', () => {
  expect(quietAfter(...times(511, SAME)).isQuiet).toBe(false);
  expect(quietAfter(...times(512, SAME)).isQuiet).toBe(true);
});

test('a case at other places with other values meets no new situation', () => {
  const after = (last: Case): number => quietAfter(...times(3, SAME), last).situations;
  expect(after(ALIKE)).toBe(after(SAME));
  expect(after(OTHER)).toBe(after(SAME) + 1);
});

test('results that change in the later half keep a profile from being quiet', () => {
  const quiet = quietAfter(...times(300, SAME));
  quiet.note('3 covered');
  for (const each of times(299, SAME)) quiet.add(each);
  expect(quiet.isQuiet).toBe(false);
  quiet.note('3 covered');
  quiet.add(SAME);
  expect(quiet.isQuiet).toBe(true);
});

test('random cases are not quiet as long as each of them meets new situations', () => {
  const source = new CaseSource({ profile: 'linux-6.12', capabilities: CAPABILITIES });
  const random = Array.from({ length: 512 }, (_, index) => source.draw(caseRandom(1, index)));
  expect(quietAfter(...random).isQuiet).toBe(false);
  expect(quietAfter(...random.slice(0, 16), ...times(496, SAME)).isQuiet).toBe(true);
});
