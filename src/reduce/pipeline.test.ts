import { expect, test } from 'vitest';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { fork, load, map, pin, protect, store, toDevice, unmap } from '../../spec/vocabulary/shorthand.ts';
import { reduceNow } from './reduce.ts';

// Each of these is reduced to exactly this by the whole pipeline, and by none that lacks the pass that is named.

const caseOf = (commands: readonly Command[], scope: Partial<Case['scope']> = {}): Case => ({
  profile: 'origin',
  scope: { processes: 2, pages: 4, frames: 4, slots: 2, ...scope },
  observe: 'every-step',
  commands,
});
const opsOf = ({ commands }: Case): string => commands.map(({ op }) => op).join(' ');
const reduced = (failing: Case, fails: (smaller: Case) => boolean) => {
  expect(fails(failing)).toBe(true);
  return reduceNow(failing, { most: 10_000, step: failing.commands.length - 1 }, fails);
};
const discard: Command = { op: 'discard', process: 0, page: 0 };

test('focusOnPages: what is about other pages costs one question', () => {
  const noise = Array.from({ length: 24 }, (_, index) => load(0, 1 + (index % 3)));
  const { asked, case: smaller } = reduced(caseOf([map(0, 0), ...noise, unmap(0, 0)]), ({ commands }) => {
    const last = commands.at(-1);
    return commands.some(({ op }) => op === 'map') && last?.op === 'unmap' && last.page === 0;
  });
  expect(opsOf(smaller)).toBe('map unmap');
  expect(asked).toBeLessThan(18);
});

test('deleteCommands: what is not needed goes', () => {
  const fails = (smaller: Case): boolean => opsOf(smaller).includes('load');
  const { case: smaller } = reduced(caseOf([map(0, 0), load(0, 0)]), fails);
  expect(opsOf(smaller)).toBe('load');
});

test('deletePairs: two go that cannot go alone', () => {
  const fails = (smaller: Case): boolean => ['map load unmap', 'load'].includes(opsOf(smaller));
  const { case: smaller } = reduced(caseOf([map(0, 0), load(0, 0), unmap(0, 0)]), fails);
  expect(opsOf(smaller)).toBe('load');
});

test('mergeNames: a page that is named throughout gets the smallest name', () => {
  const fails = (smaller: Case): boolean =>
    opsOf(smaller) === 'map load' &&
    new Set(smaller.commands.map((c) => ('page' in c ? c.page : -1))).size === 1;
  const { case: smaller } = reduced(caseOf([map(0, 3), load(0, 3)]), fails);
  expect(smaller.commands).toEqual([map(0, 0), load(0, 0)]);
});

test('simplifyArguments: values are small', () => {
  const fails = ({ commands }: Case): boolean => commands.some(({ op }) => op === 'store');
  const { case: smaller } = reduced(caseOf([store(0, 0, 900)]), fails);
  expect(smaller.commands).toEqual([store(0, 0, 1)]);
});

test('followChildren: a parent goes on where its child does', () => {
  const fails = (smaller: Case): boolean =>
    ['map fork exit migrate-to-device unmap', 'map migrate-to-device unmap'].includes(opsOf(smaller)) &&
    smaller.commands.at(-1)?.op === 'unmap' &&
    new Set(smaller.commands.slice(-2).map((c) => ('process' in c ? c.process : -1))).size === 1 &&
    (opsOf(smaller).includes('fork') || smaller.commands.every((c) => 'process' in c && c.process === 0));
  const { case: smaller } = reduced(
    caseOf([map(0, 0), fork(0, 1), { op: 'exit', process: 0 }, toDevice(1, 0), unmap(1, 0)]),
    fails,
  );
  expect(opsOf(smaller)).toBe('map migrate-to-device unmap');
});

test('moveIn: a stranger is as good as another page', () => {
  const placesOfLastTwo = ({ commands }: Case): string =>
    commands
      .slice(-2)
      .map((command) => ('page' in command ? `${command.process} ${command.page}` : ''))
      .join(', ');
  const fails = (smaller: Case): boolean =>
    (opsOf(smaller) === 'map spawn map load' &&
      smaller.commands.some((command) => command.op === 'spawn' && command.process === 1) &&
      placesOfLastTwo(smaller) === '1 0, 1 0') ||
    (opsOf(smaller) === 'map map load' && placesOfLastTwo(smaller) === '0 1, 0 1');
  const { case: smaller } = reduced(
    caseOf([map(0, 0), { op: 'spawn', process: 1 }, map(1, 0), load(1, 0)], { pages: 1 }),
    fails,
  );
  expect(opsOf(smaller)).toBe('map map load');
});

test('widenScope: with more room there is a shorter way', () => {
  const fails = (smaller: Case): boolean =>
    opsOf(smaller).includes('load') && (smaller.scope.frames >= 2 || opsOf(smaller).includes('pin'));
  const { case: smaller } = reduced(caseOf([map(0, 0), pin(0, 0), load(0, 0)], { frames: 1 }), fails);
  expect(opsOf(smaller)).toBe('load');
  expect(smaller.scope.frames).toBe(2);
});

test('substituteWindows: one does what two do', () => {
  const fails = (smaller: Case): boolean =>
    ['map unmap map store', 'map discard store'].includes(opsOf(smaller));
  const { case: smaller } = reduced(caseOf([map(0, 0), unmap(0, 0), map(0, 0), store(0, 0, 1)]), fails);
  expect(opsOf(smaller)).toBe('map discard store');
});

test('tradeCommands: one goes when another changes', () => {
  const fails = (smaller: Case): boolean =>
    opsOf(smaller) === 'map migrate-to-device protect discard' ||
    (opsOf(smaller) === 'map migrate-to-device discard' &&
      smaller.commands.some((c) => c.op === 'map' && c.protection === 'read'));
  const { case: smaller } = reduced(
    caseOf([map(0, 0), toDevice(0, 0), protect(0, 0, 'read'), discard]),
    fails,
  );
  expect(opsOf(smaller)).toBe('map migrate-to-device discard');
});

test('shrinkScope: the world is as small as it can be', () => {
  const { case: smaller } = reduced(caseOf([load(0, 0)]), ({ commands }) => commands.length === 1);
  expect(smaller.scope).toEqual({ processes: 1, pages: 1, frames: 0, slots: 0 });
});
