import { describe, expect, test } from 'vitest';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { simplifyArguments, substituteWindows } from './passes/simplify-arguments.ts';
import { deleteAndChange, deleteCommands, deletePairs, withoutUnsent } from './passes/delete.ts';
import { focusOnPages, replaceParentByChild, replaceProcessByPages } from './passes/pages-and-processes.ts';
import { mergeNames, shrinkBlocks, shrinkScope, widenScope } from './passes/merge-names.ts';
import type { Pass } from './pass.ts';
import { failsWhere } from './failing.fixture.ts';
import { shrink, shrinkNow } from './shrink.ts';
import { shrinkBudget } from './shrink-session.ts';

const load = (page: number, process = 0): Command => ({ op: 'load', process, page });
const store = (page: number, value: number): Command => ({ op: 'store', process: 0, page, value });
const map = (page: number): Command => ({
  op: 'map',
  process: 0,
  page,
  kind: 'private',
  protection: 'write',
});
const unmap = (page: number): Command => ({ op: 'unmap', process: 0, page });

const caseOf = (...commands: Command[]): Case => ({
  profile: 'origin',
  scope: { processes: 2, pages: 4, frames: 4, slots: 2 },
  observe: 'every-step',
  commands,
});

const toDevice: Command = { op: 'migrate-to-device', process: 0, page: 0, count: 1 };
const discard: Command = { op: 'discard', process: 0, page: 0 };
const fork: Command = { op: 'fork', process: 0, child: 1 };
const opsOf = ({ commands }: Case): string => commands.map(({ op }) => op).join(' ');

/** Runs one pass by itself. */
function pass(of: Pass, failing: Case, fails: (testCase: Case) => boolean): { case: Case; asked: number } {
  const proposals = of(failing);
  let asked = 0;
  let next = proposals.next();
  while (next.done !== true) {
    asked++;
    next = proposals.next(fails(next.value));
  }
  return { case: next.value, asked };
}

const has =
  (...wanted: Command[]) =>
  ({ commands }: Case): boolean =>
    wanted.every((command) => commands.some((other) => JSON.stringify(other) === JSON.stringify(command)));

describe('each pass alone', () => {
  test('deletion keeps the needed commands at any position', () => {
    const noise = Array.from({ length: 30 }, (_, index) => load(index % 4));
    const failing = caseOf(map(0), ...noise, store(1, 3), ...noise, unmap(2), ...noise);
    const shrunk = pass(deleteCommands, failing, has(map(0), store(1, 3), unmap(2)));
    expect(shrunk.case.commands).toEqual([map(0), store(1, 3), unmap(2)]);
    // Far fewer than the 93 + 92 + 91 … of deleting one by one.
    expect(shrunk.asked).toBeLessThan(60);
  });

  test('deletion continues until no single command can be removed', () => {
    // Each load is needed as long as there is a later one: they go one by one, from the end.
    const chain = ({ commands }: Case): boolean =>
      commands.every(
        (command, index) => index === 0 || JSON.stringify(command) === JSON.stringify(load(index % 4)),
      ) && commands.length > 0;
    const failing = caseOf(map(0), ...Array.from({ length: 9 }, (_, index) => load((index + 1) % 4)));
    expect(pass(deleteCommands, failing, chain).case.commands).toHaveLength(1);
  });

  test('two commands are removed together that cannot be removed alone', () => {
    const paired = ({ commands }: Case): boolean => {
      const ops = new Set(commands.map(({ op }) => op));
      return ops.has('load') && ops.has('unmap') === ops.has('map');
    };
    const failing = caseOf(map(0), load(0), unmap(0));
    expect(pass(deleteCommands, failing, paired).case.commands).toHaveLength(3);
    expect(pass(deletePairs, failing, paired).case.commands).toEqual([load(0)]);
  });

  test('the parent takes over the commands of its child', () => {
    const exit: Command = { op: 'exit', process: 0 };
    const back: Command = { op: 'fork', process: 1, child: 0 };
    const shares = (testCase: Case): boolean => opsOf(testCase).endsWith('migrate-to-device fork');
    const failing = caseOf(map(0), fork, exit, { ...toDevice, process: 1 }, back);
    const shrunk = pass(replaceParentByChild, failing, shares);
    expect(shrunk.case.commands).toEqual([map(0), toDevice, fork]);
  });

  test('a page of an unrelated process becomes another page of the process', () => {
    const loadsTwoPages = ({ commands }: Case): boolean =>
      commands.at(-1)?.op === 'load' && commands.filter(({ op }) => op === 'map').length === 2;
    const failing = caseOf(
      map(0),
      { op: 'spawn', process: 1 },
      { op: 'map', process: 1, page: 0, kind: 'private', protection: 'write' },
      load(0, 1),
    );
    const shrunk = pass(replaceProcessByPages, failing, loadsTwoPages);
    expect(shrunk.case.commands).toEqual([map(0), map(4), load(4)]);
  });

  test('a larger world is tried if it may permit a shorter case', () => {
    const small: Case = { ...caseOf(map(0)), scope: { processes: 1, pages: 1, frames: 1, slots: 0 } };
    expect(pass(widenScope, small, () => true).case.scope).toEqual({
      processes: 2,
      pages: 1,
      frames: 3,
      slots: 1,
    });
    expect(pass(widenScope, small, () => false).case).toEqual(small);
  });

  test('names are merged and become the lowest numbers', () => {
    const failing = caseOf(store(3, 1), load(2));
    const shrunk = pass(mergeNames, failing, ({ commands }) => commands.length === 2);
    expect(shrunk.case.commands).toEqual([store(0, 1), load(0)]);
  });

  test('names that must differ stay different', () => {
    const differ = ({ commands: [one, other] }: Case): boolean =>
      one?.op === 'load' && other?.op === 'load' && one.page !== other.page;
    const shrunk = pass(mergeNames, caseOf(load(3), load(1)), differ);
    expect(shrunk.case.commands).toEqual([load(0), load(1)]);
  });

  test('arguments become as simple as possible', () => {
    const failing = caseOf(
      store(0, 77),
      { op: 'migrate-to-device', process: 0, page: 1, count: 3 },
      {
        op: 'inject',
        kind: 'sigbus',
        victim: { process: 0, page: 1 },
        remaining: 3,
      },
    );
    const shrunk = pass(simplifyArguments, failing, () => true);
    expect(shrunk.case.commands).toEqual([
      store(0, 1),
      { op: 'migrate-to-device', process: 0, page: 0, count: 1 },
      { op: 'inject', kind: 'sigbus', victim: 'any', remaining: 1 },
    ]);
  });

  test('the world size shrinks to the part that is used', () => {
    const shrunk = pass(shrinkScope, caseOf(load(1)), ({ scope }) => scope.pages >= 2 && scope.frames >= 1);
    expect(shrunk.case.scope).toEqual({ processes: 1, pages: 2, frames: 1, slots: 0 });
  });

  describe('in a world with blocks', () => {
    const inBlocks = (block: number, ...commands: Command[]): Case => ({
      ...caseOf(...commands),
      scope: { processes: 1, pages: 2 * block, frames: 2 * block, slots: 0, block },
    });
    const compound = (page: number, count: number): Command => ({ ...toDevice, page, count, compound: true });
    const whole = (page: number): Command => ({
      op: 'map',
      process: 0,
      page,
      kind: 'private',
      protection: 'write',
      whole: true,
    });

    test('blocks shrink to two pages, of which the first or the last stays apart', () => {
      const failing = inBlocks(4, whole(4), store(7, 1), compound(4, 4), {
        op: 'evict-range',
        frame: 3,
        frames: 3,
      });
      const shrunk = pass(shrinkBlocks, failing, () => true);
      expect(shrunk.case.scope).toMatchObject({ pages: 4, frames: 4, block: 2 });
      expect(shrunk.case.commands).toEqual([
        whole(2),
        store(3, 1),
        compound(2, 2),
        { op: 'evict-range', frame: 1, frames: 3 },
      ]);
      const apart = inBlocks(4, whole(0), load(0), load(2), load(3));
      expect(pass(shrinkBlocks, apart, has(load(0), load(1))).case.commands).toEqual([
        whole(0),
        load(0),
        load(1),
        load(1),
      ]);
      const last = ({ commands }: Case): boolean =>
        JSON.stringify(commands.slice(2)) === JSON.stringify([load(0), load(1)]);
      expect(pass(shrinkBlocks, apart, last).case.commands).toEqual([whole(0), load(0), load(0), load(1)]);
    });

    test('the world size keeps complete blocks', () => {
      const shrunk = pass(
        shrinkScope,
        inBlocks(2, whole(0)),
        ({ scope }) => scope.block === 2 && scope.pages >= 2,
      );
      expect(shrunk.case.scope).toMatchObject({ pages: 2, frames: 0, block: 2 });
    });
  });

  test('one command replaces a window of commands', () => {
    const discards = ({ commands }: Case): boolean => {
      const ops = commands.map(({ op }) => op).join(' ');
      return ops === 'map unmap map load' || ops === 'map discard load';
    };
    const failing = caseOf(map(0), unmap(0), map(0), load(0));
    expect(pass(deleteCommands, failing, discards).case.commands).toHaveLength(4);
    const shrunk = pass(substituteWindows, failing, discards);
    expect(shrunk.case.commands.map(({ op }) => op)).toEqual(['map', 'discard', 'load']);
  });

  test('one command is removed when another one changes as well', () => {
    const readOnly = (testCase: Case): boolean =>
      testCase.commands.findLast((command) => 'protection' in command)?.protection === 'read' &&
      ['map migrate-to-device protect discard', 'map migrate-to-device discard'].includes(opsOf(testCase)) &&
      testCase.commands.length - (opsOf(testCase).includes('protect') ? 1 : 0) === 3;
    const protect: Command = { op: 'protect', process: 0, page: 0, protection: 'read' };
    const failing = caseOf(map(0), toDevice, protect, discard);
    expect(readOnly(failing)).toBe(true);
    expect(pass(deleteCommands, failing, readOnly).case.commands).toHaveLength(4);
    expect(pass(substituteWindows, failing, readOnly).case.commands).toHaveLength(4);
    expect(opsOf(pass(deleteAndChange, failing, readOnly).case)).toBe('map migrate-to-device discard');
  });

  test('one command is removed when another one is moved', () => {
    const shared = (testCase: Case): boolean =>
      ['map store fork migrate-to-device discard', 'map migrate-to-device fork discard'].includes(
        opsOf(testCase),
      );
    const failing = caseOf(map(0), store(0, 1), fork, toDevice, discard);
    expect(pass(deleteCommands, failing, shared).case.commands).toHaveLength(5);
    expect(opsOf(pass(deleteAndChange, failing, shared).case)).toBe('map migrate-to-device fork discard');
  });

  test('commands on other pages are removed by one candidate, and so are commands that only observe', () => {
    const range: Command = { op: 'migrate-to-device', process: 0, page: 0, count: 4 };
    const failing = caseOf(map(0), map(1), store(1, 1), load(0), load(1), range, unmap(3), discard);
    const shrunk = pass(focusOnPages, failing, ({ commands }) => commands.at(-1)?.op === 'discard');
    expect(shrunk.asked).toBe(1);
    expect(shrunk.case.commands).toEqual([map(0), toDevice, discard]);
  });
});

describe('the pipeline', () => {
  const failing = caseOf(map(0), load(0), store(0, 9), load(0), map(3), store(3, 4));
  const fails = ({ commands }: Case): boolean => commands.filter(({ op }) => op === 'store').length === 2;
  const isShort = ({ commands }: Case): boolean => commands.some(({ op }) => op === 'store');
  const answers = failsWhere(fails);

  test('never proposes commands after the failure, nor the other candidates if a shorter one fails', () => {
    const asked: Case[] = [];
    const shrunk = shrinkNow(failing, { most: 1, step: 2 }, (smaller) => {
      asked.push(smaller);
      return smaller.commands.length - 1;
    });
    expect(asked.map(opsOf)).toEqual(['map store']);
    expect(shrunk.case.commands).toEqual([map(0), store(0, 1)]);
  });

  test('if no shorter candidate fails, the other ones are tried before the case counts as shortest', () => {
    const cut = { ...failing, commands: failing.commands.slice(0, 3) };
    const onlyThis = (smaller: Case): number | undefined =>
      JSON.stringify(smaller) === JSON.stringify(cut) ? 2 : undefined;
    expect(shrinkNow(failing, { most: 1000, step: 2 }, onlyThis).case).toEqual(cut);
    // A target that does not fail there without what came after it.
    expect(shrinkNow(failing, { most: 1000, step: 2 }, () => undefined).case).toEqual(failing);
  });

  test('a candidate that fails earlier is cut off at that step', () => {
    const long = caseOf(map(0), ...Array.from({ length: 9 }, () => load(0)), store(0, 1));
    const early = shrinkNow(long, { most: 1, step: 10 }, () => 0);
    expect(early.case.commands).toEqual([map(0)]);
  });

  test('repeats its passes until none changes the case', () => {
    const shrunk = shrinkNow(failing, { most: 1000, step: 5 }, failsWhere(isShort));
    expect(shrunk.complete).toBe(true);
    expect(shrunk.case.commands).toEqual([map(0), store(0, 1)]);
    expect(shrunk.case.scope).toEqual({ processes: 1, pages: 1, frames: 0, slots: 0 });
  });

  test('never proposes a candidate whose result follows from another one', () => {
    const passing = new Set<string>();
    const keyOf = ({ scope, commands }: Case, end: number): string =>
      JSON.stringify([scope, commands.slice(0, end)]);
    let count = 0;
    shrinkNow(failing, { most: 1000, step: 5 }, (smaller) => {
      const { length } = smaller.commands;
      expect(withoutUnsent(smaller)).toBe(smaller);
      expect(passing.has(keyOf(smaller, length))).toBe(false);
      count++;
      const step = answers(smaller);
      for (let end = 0; end <= (step ?? length); end++) passing.add(keyOf(smaller, end));
      return step;
    });
    expect(count).toBeGreaterThan(5);
  });

  test('stops at its budget or when interrupted, and returns the shortest case so far', () => {
    const budgeted = shrinkNow(failing, { most: 3, step: 5 }, answers);
    expect(budgeted).toMatchObject({ asked: 3, complete: false });
    expect(fails(budgeted.case)).toBe(true);
    const stopped = shrinkNow(failing, { most: 1000, step: 5, stopped: () => true }, answers);
    expect(stopped).toEqual({ case: failing, asked: 0, complete: false });
  });

  test('has the same result on an asynchronous target', async () => {
    const waited = await shrink(failing, { most: 1000, step: 5 }, async (smaller) => answers(smaller));
    expect(waited).toEqual(shrinkNow(failing, { most: 1000, step: 5 }, answers));
  });
});

test.each([
  ['runs in this process', 0.02, { asks: 100_000, milliseconds: 30_000 }],
  ['replies faster than the clock resolves', 0, { asks: 100_000, milliseconds: 30_000 }],
  ['runs in another process', 3, { asks: 10_000, milliseconds: 30_000 }],
  ['runs in a virtual machine', 200, { asks: 500, milliseconds: 100_000 }],
  ['hangs until its time limit', 10_000, { asks: 500, milliseconds: 120_000 }],
])('a target that %s, at %d ms a case', (_, cost, budget) => {
  expect(shrinkBudget(cost)).toEqual(budget);
});

test('a case that does not fail without the commands after the named step is shrunk as a whole', () => {
  const failing = caseOf(map(0), load(0), store(0, 3), load(0), map(2));
  const fails = has(map(0), map(2));
  const shrunk = shrinkNow(failing, { most: 1000, step: 2 }, (smaller) =>
    fails(smaller) ? smaller.commands.length - 1 : undefined,
  );
  expect(shrunk).toMatchObject({ case: { commands: [map(0), map(2)] }, complete: true });
});
