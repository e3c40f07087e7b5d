import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { judgeTrace } from '../../spec/judge/judge.ts';
import { Tally } from '../../spec/judge/tally.ts';
import { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Advice } from '../../spec/vocabulary/command.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import { isDevice, isPresent, NONE, pfnOf } from '../kernel/entry.ts';
import { readPage } from '../kernel/memory.ts';
import type { KernelMutation } from '../kernel/world.ts';
import { NO_VMA, type Process } from '../kernel/process.ts';
import { mutantById } from '../planted-bugs/planted-bugs.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import type { Run } from '../targets/target.ts';
import { caseRandom, CaseSource } from './case-source.ts';

// Bugs that somebody else planted in an implementation of their own, and that random cases used to find late or never.
// Some keep a memory of their own, which the planted bugs of src/planted-bugs must not; so they are here.

const PROFILE = 'linux-6.12';
const MAX_COMMANDS = 5_000;
const SEEDS = Array.from({ length: 20 }, (_, index) => 1_000 + index);

/** A flag for each page of each process of one world. */
class Marks {
  readonly #marked = new Map<Process, Set<number>>();

  add(process: Process, index: number): void {
    const marked = this.#marked.get(process) ?? new Set();
    this.#marked.set(process, marked.add(index));
  }

  remove(process: Process, index: number): void {
    this.#marked.get(process)?.delete(index);
  }

  has(process: Process, index: number): boolean {
    return this.#marked.get(process)?.has(index) ?? false;
  }
}

const pagedOutPages = new WeakMap<object, Marks>();

function pagedOut(kernel: object): Marks {
  const marks = pagedOutPages.get(kernel) ?? new Marks();
  pagedOutPages.set(kernel, marks);
  return marks;
}

function mutated(id: string): KernelMutation {
  const mutant = mutantById(id);
  if (mutant === undefined) throw new RangeError(`no planted bug ${id}`);
  return mutant.mutation;
}

const BUGS: readonly (readonly [string, KernelMutation])[] = [
  [
    'the exit of a process with a mapping crashes where the device has no frame',
    {
      kernel: (base) =>
        class extends base {
          override exit(process: Process): void {
            if (this.scope.frames === 0 && process.kinds.some((kind) => kind !== NO_VMA)) {
              throw new RangeError('no frame');
            }
            super.exit(process);
          }
        },
    },
  ],
  [
    'a discard beside a load leaves the page',
    {
      kernel: (base) =>
        class extends base {
          override discard(process: Process, index: number): Result {
            return this.concurrent === undefined ? super.discard(process, index) : 'ok';
          }
        },
    },
  ],
  [
    'a device store to an unpopulated page is remembered past a discard',
    {
      driver: (base) =>
        class extends base {
          readonly #values = new Map<string, number>();

          override deviceStore(process: Process, index: number, value: number): Result {
            const wasEmpty = process.entry(index) === NONE;
            const result = super.deviceStore(process, index, value);
            if (wasEmpty && result === 'ok') this.#values.set(`${process.slot}/${index}`, value);
            return result;
          }

          override deviceLoad(process: Process, index: number): Result {
            const result = super.deviceLoad(process, index);
            return result === 0 ? (this.#values.get(`${process.slot}/${index}`) ?? 0) : result;
          }
        },
    },
  ],
  [
    'a device load of a page that was advised to be paged out, and not accessed since, answers EFAULT',
    {
      kernel: (base) =>
        class extends base {
          override advise(process: Process, index: number, advice: Advice): Result {
            const result = super.advise(process, index, advice);
            if (advice === 'page-out') pagedOut(this).add(process, index);
            return result;
          }

          override access(process: Process, index: number, write: boolean): number {
            pagedOut(this).remove(process, index);
            return super.access(process, index, write);
          }
        },
      driver: (base) =>
        class extends base {
          override deviceLoad(process: Process, index: number): Result {
            const isPagedOut = pagedOut(this.kernel).has(process, index) && isPresent(process.entry(index));
            return isPagedOut ? 'EFAULT' : super.deviceLoad(process, index);
          }
        },
    },
  ],
  [
    'after an unmap in the middle of a migrated range, a device load of the page behind it reads the next one',
    {
      driver: (base) =>
        class extends base {
          override deviceLoad(process: Process, index: number): Result {
            const result = super.deviceLoad(process, index);
            const isSplit = index > 0 && process.kind(index - 1) === NO_VMA && isDevice(process.entry(index));
            if (!isSplit || index + 1 >= this.kernel.scope.pages) return result;
            const next = process.entry(index + 1);
            return isDevice(next) && result !== 'ENODEV' ? readPage(this.kernel.page(pfnOf(next))) : result;
          }
        },
    },
  ],
  ['a lock survives unmap and map', mutated('lock-survives-unmap-and-map')],
];

interface Drawn {
  readonly case: Case;
  /** The observations of the implementation without a bug. */
  readonly right: Run;
}

const newSource = (): CaseSource =>
  new CaseSource({ profile: PROFILE, capabilities: new Set(Capability.options) });

const right = new EmbeddedTarget();
const streams = new Map(
  SEEDS.map((seed) => {
    const source = newSource();
    const drawn: Drawn[] = [];
    return [
      seed,
      async (index: number): Promise<Drawn> => {
        const known = drawn[index];
        if (known !== undefined) return known;
        const testCase = source.draw(caseRandom(seed, index));
        return (drawn[index] = { case: testCase, right: await right.run(testCase) });
      },
    ];
  }),
);

/**
 * Whether the random cases of a seed show the bug within the limit. Only a case in which the bug changes what is observed
 * is judged: judging takes most of the time.
 */
async function isFound(mutation: KernelMutation, seed: number): Promise<boolean> {
  const target = new EmbeddedTarget({ mutation });
  const tally = new Tally();
  const drawnAt = streams.get(seed);
  if (drawnAt === undefined) throw new RangeError(`no stream of seed ${seed}`);
  for (let index = 0, commands = 0; ; index++) {
    const drawn = await drawnAt(index);
    commands += drawn.case.commands.length;
    if (commands > MAX_COMMANDS) return false;
    const run = await target.run(drawn.case);
    if (isDeepStrictEqual(run, drawn.right)) continue;
    if (run.kind === 'failure' || judgeTrace(run.trace, tally).kind === 'violates') return true;
  }
}

test.each(BUGS)('%s: found within 5,000 commands in the median of 20 seeds', async (_, mutation) => {
  const needed = SEEDS.length / 2 + 1;
  let found = 0;
  let missed = 0;
  for (const seed of SEEDS) {
    if (await isFound(mutation, seed)) found++;
    else missed++;
    if (found === needed || missed === needed) break;
  }
  expect(found).toBe(needed);
});

test('some worlds have no frame, no slot, 4 processes, 16 pages or 8 frames', () => {
  const source = newSource();
  const scopes = Array.from({ length: 2400 }, (_, index) => source.draw(caseRandom(1_000, index)).scope);
  const all = (key: 'processes' | 'pages' | 'frames' | 'slots'): Set<number> =>
    new Set(scopes.map((scope) => scope[key]));
  expect([...all('processes')].toSorted()).toEqual([1, 2, 3, 4]);
  expect(Math.max(...all('pages'))).toBe(16);
  expect([Math.min(...all('frames')), Math.max(...all('frames'))]).toEqual([0, 8]);
  expect(all('slots')).toEqual(new Set([0, 1, 2]));
});
