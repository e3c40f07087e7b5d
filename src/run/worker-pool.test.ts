import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Run, Target } from '../targets/target.ts';
import { WorkerPool } from './worker-pool.ts';

const caseOf = (index: number): Case => ({
  profile: 'origin',
  scope: { processes: 1, pages: 1, frames: 1, slots: 1 },
  observe: 'results',
  commands: [{ op: 'inject', kind: 'oom', victim: 'any', remaining: index + 1 }],
});

const numberOf = ({ commands: [command] }: Case): number =>
  command?.op === 'inject' && typeof command.remaining === 'number' ? command.remaining - 1 : -1;

/** A target that replies on demand and records the cases that it received. */
class Reported implements Target {
  readonly hello = { name: 'told', version: undefined, profiles: [], capabilities: new Set([]) };
  readonly given: number[] = [];
  readonly #work: (index: number) => number | Promise<void>;
  #isBusy = false;

  /** @param work the milliseconds that a case takes, or a promise of its end */
  constructor(work: (index: number) => number | Promise<void> = () => 0) {
    this.#work = work;
  }

  async run(testCase: Case): Promise<Run> {
    if (this.#isBusy) throw new Error('Two cases at a time.');
    this.#isBusy = true;
    const index = numberOf(testCase);
    this.given.push(index);
    const work = this.#work(index);
    await (typeof work === 'number' ? setTimeout(work) : work);
    this.#isBusy = false;
    return {
      kind: 'failure',
      failure: { kind: 'crash', message: String(index), step: undefined, stderr: '' },
    };
  }

  async close(): Promise<void> {}
}

const upTo =
  (count: number) =>
  (index: number): boolean =>
    index < count;

async function allOf(cases: WorkerPool): Promise<readonly number[]> {
  const taken: number[] = [];
  for (let one = await cases.take(); one !== undefined; one = await cases.take()) {
    expect(one.run).toMatchObject({ failure: { message: String(one.index) } });
    expect(numberOf(one.case)).toBe(one.index);
    taken.push(one.index);
  }
  await cases.end();
  return taken;
}

const inOrder = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);

test.each([1, 2, 3])('%i instances run every case once, and results are in order', async (count) => {
  const targets = inOrder(count).map((at) => new Reported((index) => (index * 7 + at) % 3));
  expect(await allOf(new WorkerPool(targets, caseOf, upTo(80)))).toEqual(inOrder(80));
  expect(targets.flatMap(({ given }) => given).toSorted((one, other) => one - other)).toEqual(inOrder(80));
  for (const { given } of targets) expect(given.length).toBeGreaterThan(0);
});

test('an instance that hangs neither stalls the other nor lets it run far ahead', async () => {
  const quick = new Reported();
  // It hangs for as long as the other one works.
  const slow = new Reported(async (index) => {
    if (index > 0) return;
    for (let before = -1; quick.given.length !== before; await setTimeout(300)) before = quick.given.length;
  });
  const cases = new WorkerPool([slow, quick], caseOf, upTo(1000));
  expect((await cases.take())?.target).toBe(slow);
  expect(quick.given.length).toBeGreaterThan(30);
  expect(quick.given.length).toBeLessThan(100);
  await cases.end();
});

test('one instance runs a case only when its result is requested', async () => {
  const target = new Reported();
  const cases = new WorkerPool([target], caseOf, upTo(10));
  await cases.take();
  await setTimeout(20);
  expect(target.given).toEqual([0]);
});

test('a withdrawn instance gets no case, and the others continue', async () => {
  const [one, other] = [new Reported(() => 2), new Reported(() => 2)];
  const cases = new WorkerPool([one, other], caseOf, upTo(60));
  await cases.take();
  await cases.withdraw(one);
  const [before, beforeOfOther] = [one.given.length, other.given.length];
  await one.run(caseOf(1000));
  await setTimeout(30);
  expect(one.given.length).toBe(before + 1);
  expect(other.given.length).toBeGreaterThan(beforeOfOther);
  cases.giveBack(one);
  expect(await allOf(cases)).toEqual(inOrder(60).slice(1));
  expect(one.given.length).toBeGreaterThan(before + 1);
});

test('the end waits for cases in progress, and an error of an instance is thrown where its result is taken', async () => {
  const [one, other] = [new Reported(() => 30), new Reported(() => 30)];
  const cases = new WorkerPool([one, other], caseOf, upTo(60));
  await cases.take();
  await cases.end();
  await Promise.all([one.run(caseOf(0)), other.run(caseOf(0))]);
  const broken: Target = {
    hello: one.hello,
    run: () => Promise.reject(new Error('broken')),
    close: one.close,
  };
  const failing = new WorkerPool([one, broken], caseOf, upTo(10));
  await failing.take();
  await expect(failing.take()).rejects.toThrow('broken');
  await failing.end();
});
