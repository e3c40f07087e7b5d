import { describe, expect, test } from 'vitest';
import { Judge } from '../../spec/judge/judge.ts';
import { Tally } from '../../spec/judge/tally.ts';
import type { Region } from '../../spec/model/families.ts';
import { judgingOptionsFor } from '../../spec/model/judging-options.ts';
import { State } from '../../spec/model/state.ts';
import { PROFILES } from '../../spec/profiles/profile.ts';
import { Examiner } from '../examine/examiner.ts';
import { type Page, PAGEMAP_PRIVATE } from '../kernel/memory.ts';
import type { KernelMutation } from '../kernel/world.ts';
import { mutantById } from '../planted-bugs/planted-bugs.ts';
import { EmbeddedTarget, openWorld } from '../targets/embedded.ts';
import type { Target } from '../targets/target.ts';
import type { Word } from './choice-learner.ts';
import { type Completeness, CompleteSuite } from './complete-suite.ts';
import { HsiCases } from './hsi-cases.ts';
import { EVERYTHING, graphOf, modelMachine, regionOf } from './model-machine.fixture.ts';
import type { ResolvedMachine } from './resolved-machine.ts';
import { StateIdentifiers } from './state-identifiers.ts';
import { ValueSymmetry } from './value-symmetry.ts';

/** Whether a word tells two nodes apart. */
function separates(machine: ResolvedMachine, word: Word, one: number, other: number): boolean {
  let [first, second] = [one, other];
  for (const command of word) {
    const [to, otherTo] = [machine.next(first, command), machine.next(second, command)];
    if (to === undefined || otherTo === undefined) return false;
    if (machine.tellsApart(command, first, second)) return true;
    [first, second] = [to, otherTo];
  }
  return false;
}

const isBeginning = (word: Word, of: Word): boolean => word.every((command, at) => of[at] === command);

/** The longest common beginnings of the words of two nodes. */
const commonWords = (ids: StateIdentifiers, one: number, other: number): readonly Word[] =>
  ids.of(one).flatMap((word) =>
    ids.of(other).map((another) => {
      let length = word.length;
      while (!isBeginning(word.slice(0, length), another)) length--;
      return word.slice(0, length);
    }),
  );

describe.each([
  ['core', regionOf(1)],
  ['core and pins', regionOf(1, 'pin')],
  ['core and close', regionOf(1, 'close')],
])('identifiers of the states of %s', (_, region) => {
  test('distinguish any two of them by a common word, or by their status', async () => {
    const machine = modelMachine(new ValueSymmetry(await graphOf(region)));
    const ids = new StateIdentifiers(machine);
    const { graph } = machine;
    let pairs = 0;
    for (const one of machine.nodes) {
      for (const other of machine.nodes) {
        if (one >= other || machine.statusOf(one) !== machine.statusOf(other)) continue;
        pairs++;
        expect(ids.areDistinguishable(one, other)).toBe(true);
        const isSeparated = commonWords(ids, one, other).some((word) => separates(machine, word, one, other));
        expect({ one, other, isSeparated }).toEqual({ one, other, isSeparated: true });
      }
      // The words of a state and of the state with its values exchanged are the same but for the values.
      if (!machine.nodes.includes(one ^ 1)) continue;
      const mirrored = ids.of(one).map((word) => word.map((command) => graph.exchangedCommand(command)));
      expect(new Set(ids.of(one ^ 1).map(String))).toEqual(new Set(mirrored.map(String)));
    }
    expect(pairs).toBeGreaterThan(10);
  });
});

/** Runs a complete suite until a case fails. */
async function complete(
  target: Target,
  region: Region,
  extraStates: number,
): Promise<{
  readonly failed: number | undefined;
  readonly completeness: Completeness;
  readonly machine: ResolvedMachine | undefined;
}> {
  const suite = new CompleteSuite(await graphOf(region, target.hello.capabilities), extraStates);
  const examiner = new Examiner(target, region.profile, { watcher: suite });
  let index = 0;
  do {
    for (; suite.has(index); index++) {
      const examined = await examiner.examine(suite.at(index));
      if (examined.kind !== 'judged' || examined.verdict.kind !== 'conforms') {
        return { failed: index, completeness: suite.completeness(index), machine: undefined };
      }
    }
  } while (suite.extend());
  return { failed: undefined, completeness: suite.completeness(index), machine: suite.machine };
}

/** An implementation that makes every device entry READ, which is allowed. */
const neverWrites: KernelMutation = {
  kernel: (base) =>
    class extends base {
      protected override entryFor(page: Page, write: boolean): number {
        return super.entryFor(page, write && page.pagemap?.type !== PAGEMAP_PRIVATE);
      }
    },
};

/** An implementation that makes every second device entry READ, which is allowed as well. */
function writesNowAndThen(): KernelMutation {
  let entries = 0;
  return {
    kernel: (base) =>
      class extends base {
        protected override entryFor(page: Page, write: boolean): number {
          const isRead = page.pagemap?.type === PAGEMAP_PRIVATE && entries++ % 3 === 0;
          return super.entryFor(page, write && !isRead);
        }
      },
  };
}

describe('a complete suite', () => {
  test('for the embedded kernel is complete for the extra state, and learns which choices it makes', async () => {
    const { failed, completeness } = await complete(new EmbeddedTarget(), regionOf(1), 1);
    expect(failed).toBeUndefined();
    expect(completeness.completeFor).toBe(1);
    const { states, cases } = completeness;
    expect(cases?.run).toBe(cases?.of);
    // The writable bit of an entry in system memory is not in the snapshot, and decides the next device entry.
    expect(states?.distinguishable).toBeGreaterThan((await graphOf(regionOf(1))).states);
  });

  test('identifies the states of the target: from any other state, the judge expects other observations or another state', async () => {
    const region = regionOf(1, 'close');
    const { machine } = await complete(new EmbeddedTarget(), region, 0);
    if (machine === undefined) throw new Error('not learned');
    const symmetry = new ValueSymmetry(machine.graph);
    const ids = new StateIdentifiers(machine);
    const { scope, profile } = region;
    const judge = new Judge(scope, judgingOptionsFor(PROFILES[profile], EVERYTHING), new Tally());
    const state = new State(scope);
    const conforms = (node: number, from: number, word: Word): boolean => {
      const world = openWorld(profile, scope);
      for (const number of machine.pathTo(node)) {
        const command = machine.commands[number];
        if (command !== undefined) world.execute(command, true);
      }
      symmetry.restore(machine.shownNode(from), state);
      judge.resume([state]);
      let expected = from;
      return word.every((number, at) => {
        const command = machine.commands[number] ?? { op: 'inspect' };
        if (judge.judge(at, command, world.execute(command, true)).kind !== 'conforms') return false;
        expected = machine.next(expected, number) ?? -1;
        const found = judge.onlyState === undefined ? undefined : machine.graph.find(judge.onlyState);
        const shown = found === undefined ? -1 : symmetry.nodeOf(found.id, found.exchanged ? 1 : 0);
        return shown === machine.shownNode(expected);
      });
    };
    for (const one of machine.nodes) {
      const others = machine.nodes.filter(
        (other) => other !== one && machine.statusOf(other) === machine.statusOf(one),
      );
      for (const word of ids.of(one)) expect(conforms(one, one, word)).toBe(true);
      for (const other of others) {
        expect(commonWords(ids, one, other).some((word) => !conforms(one, other, word))).toBe(true);
      }
    }
  });

  test('has cases for fewer extra states first', async () => {
    const symmetry = new ValueSymmetry(await graphOf(regionOf(1)));
    const none = [...new HsiCases(modelMachine(symmetry), 0).words()];
    const one = new HsiCases(modelMachine(symmetry), 1);
    expect([...one.words()].slice(0, none.length)).toEqual(none);
    expect([...one.words()].length).toBe(one.size);
    expect(one.ends).toEqual([none.length, one.size]);
  });

  test('finds fewer states in a target that makes fewer choices', async () => {
    const usual = await complete(new EmbeddedTarget(), regionOf(1), 0);
    const { completeness } = await complete(new EmbeddedTarget({ mutation: neverWrites }), regionOf(1), 0);
    expect(completeness.completeFor).toBe(0);
    expect(completeness.states?.distinguishable).toBeLessThan(
      usual.completeness.states?.distinguishable ?? 0,
    );
  });

  test('makes no claim about a target that chooses at random, or that shows too little', async () => {
    const random = await complete(new EmbeddedTarget({ mutation: writesNowAndThen() }), regionOf(1), 0);
    expect(random).toMatchObject({ failed: undefined, completeness: { unresolved: 'random' } });
    expect(random.completeness.completeFor).toBeUndefined();
    const blind = await complete(new EmbeddedTarget({ shows: ['evict'] }), regionOf(1), 0);
    expect(blind).toMatchObject({ failed: undefined, completeness: { unresolved: 'unclear' } });
  });

  test('fails on a planted bug', async () => {
    const bug = mutantById('fork-keeps-parent-write');
    const { failed, completeness } = await complete(
      new EmbeddedTarget(bug === undefined ? {} : { mutation: bug.mutation }),
      regionOf(2),
      0,
    );
    expect(failed).toBeDefined();
    expect(completeness.completeFor).toBeUndefined();
  });
});
