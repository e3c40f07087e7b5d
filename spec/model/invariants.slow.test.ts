import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProfileName, PROFILES } from '../profiles/profile.ts';
import { Admission } from '../vocabulary/admission.ts';
import { type Command, type Op, OPS } from '../vocabulary/command.ts';
import { commandsIn } from '../vocabulary/commands-in.ts';
import {
  advise,
  detach,
  deviceStore,
  discard,
  evictAll,
  exit,
  fork,
  heal,
  load,
  makeExclusive,
  map,
  move,
  pin,
  protect,
  store,
  toDevice,
  unmap,
  watch,
} from '../vocabulary/shorthand.ts';
import type { Scope } from '../vocabulary/scope.ts';
import { brokenInvariants, chargedBeyond, wronglyChanged } from './invariants.ts';
import {
  EITHER_GROUP,
  exclusiveTo,
  FIRST_FRAME,
  LAZY_FREE,
  POISONED,
  READ_ONLY,
  State,
  SYSTEM,
  WATCHED_STORES,
  WRITABLE,
} from './state.ts';
import { Step } from './step.ts';
import { ReturnPath } from './reachable.ts';
import { eachOutcome, judgingOptionsWithout, Model, settleModel } from './outcomes.fixture.ts';

const scope: Scope = { processes: 2, pages: 2, frames: 2, slots: 1 };
const everyCommand = commandsIn(scope, { ops: new Set(OPS), values: [1, 2] });
const commandsOf = (op: Op): readonly Command[] => everyCommand.filter((command) => command.op === op);

/** Every second command is one of these, so that pages are often on a device. */
const OFTEN: readonly Op[] = [
  ...(['migrate-to-device', 'migrate-to-device', 'attach', 'open', 'fork', 'spawn'] as const),
  ...(['store', 'heal', 'discard', 'unpin', 'race'] as const),
];

const sequential = everyCommand.filter(({ op }) => op !== 'race');
/** Each step of a walk chooses its command from one of these lists. */
const CHOICES = [...OFTEN.map(commandsOf), ...OFTEN.map(() => sequential)];

/** A prime stride, because neighbours in a list are commands of one kind, which are mostly refused together. */
const STRIDE = 9973;

/** One step of a walk: the choice of the command, the choice of its outcome, and the snapshot after it. */
const arbitraryMove = fc.record({
  command: fc.noBias(fc.nat()),
  outcome: fc.noBias(fc.nat()),
  /** Null without a snapshot; otherwise one bit per entry: whether an entry that may be WRITE is WRITE. */
  looked: fc.option(fc.nat({ max: 15 })),
});
type Move = typeof arbitraryMove extends fc.Arbitrary<infer M> ? M : never;

/** A walk through the model alone, without a target. */
class Walk {
  readonly #step: Step;
  readonly #admission: Admission;
  state = new State(scope);

  constructor(step: Step) {
    this.#step = step;
    this.#admission = new Admission(scope, step.judging.profile.name);
  }

  /** The first admitted command of a list, from a position in it. */
  #admitted(commands: readonly Command[], from: number): Command | undefined {
    for (let at = 0; at < commands.length; at++) {
      const command = commands[(from + at * STRIDE) % commands.length];
      if (command !== undefined && this.#admission.wouldAdmit(command)) return command;
    }
    return undefined;
  }

  /** Executes one command and returns it. */
  go({ command: which, outcome, looked }: Move): Command {
    const from = Math.floor(which / CHOICES.length);
    const choice = CHOICES[which % CHOICES.length] ?? sequential;
    const command = this.#admitted(choice, from) ?? this.#admitted(sequential, from) ?? heal;
    this.#admission.admit(command);
    const outcomes = [...eachOutcome(this.#step, this.state, command)].length;
    let at = 0;
    for (const step of eachOutcome(this.#step, this.state, command)) {
      if (at++ < outcome % outcomes) continue;
      this.state = step.state.clone();
      break;
    }
    if (looked !== null) {
      settleModel(this.state, (_, entry) => (((looked >> entry) & 1) === 1 ? WRITABLE : READ_ONLY));
    }
    return command;
  }
}

const options = { numRuns: 150, seed: 1 };
const moves = fc.array(arbitraryMove, { minLength: 20, maxLength: 60, size: 'max' });

describe.each(ProfileName.options)('on random walks in %s', (profile) => {
  test.each([
    ['on a target with all capabilities', []],
    ['on a target without device-copy-on-write and oom-result', ['device-copy-on-write', 'oom-result']],
  ] as const)('the invariants hold in every state, %s', (_, without) => {
    const step = new Step(scope, judgingOptionsWithout(profile, without));
    fc.assert(
      fc.property(moves, (steps) => {
        const walk = new Walk(step);
        const gone: string[] = [];
        for (const one of steps) {
          gone.push(JSON.stringify(walk.go(one)));
          expect([gone, brokenInvariants(walk.state, step.judging.profile)]).toEqual([gone, []]);
        }
      }),
      options,
    );
  });

  test('every page on the device can migrate back after the device is healed', () => {
    const step = new Step(scope, judgingOptionsWithout(profile));
    const wayBack = new ReturnPath(new Step(scope, step.judging));
    let onDevice = 0;
    fc.assert(
      fc.property(moves, (steps) => {
        const walk = new Walk(step);
        for (const one of steps) {
          walk.go(one);
          onDevice += walk.state.onDeviceCount;
          expect(wayBack.missing(walk.state)).toBeUndefined();
        }
      }),
      options,
    );
    expect(onDevice).toBeGreaterThan(300);
  });

  test('no command modifies the state before it', () => {
    const step = new Step(scope, judgingOptionsWithout(profile));
    fc.assert(
      fc.property(moves, (steps) => {
        const walk = new Walk(step);
        for (const one of steps) {
          const before = walk.state;
          const cells = before.cells.slice();
          walk.go(one);
          expect(before.cells).toEqual(cells);
        }
      }),
      { ...options, numRuns: 30 },
    );
  });
});

/** The invariants that `spoil` breaks in a state that held all of them before. */
const brokenBy = (
  commands: readonly Command[],
  spoil: (state: State) => void,
  profile: ProfileName = 'linux-6.1',
): readonly string[] => {
  const { state } = new Model({ profile }).go(...commands);
  expect(brokenInvariants(state, PROFILES[profile])).toEqual([]);
  spoil(state);
  return brokenInvariants(state, PROFILES[profile]);
};

const inSystem = [map(0, 0), store(0, 0, 7)];
const onFrame = [...inSystem, toDevice(0, 0)];

describe('each broken invariant is reported', () => {
  test.each<[words: string, readonly Command[], (state: State) => void]>([
    ['entry 0: mapped in a dead process', inSystem, (state) => state.alive.fill(0)],
    ['entry 0: an object without a private mapping', inSystem, (state) => state.mapping.fill(0)],
    ['entry 0: poisoned', [map(0, 0)], (state) => state.entry.fill(POISONED, 0, 1)],
    [
      'entry 0: writable or read-only, and no page',
      [map(0, 0)],
      (state) => state.writable.fill(WRITABLE, 0, 1),
    ],
    [
      'entry 0: watched for stores, and no page',
      [map(0, 0)],
      (state) => state.track.fill(WATCHED_STORES, 0, 1),
    ],
    ['process 0: its resident pages', inSystem, (state) => state.entry.fill(0)],
    ['object 1: its entries', inSystem, (state) => state.entry.fill(1, 1, 2)],
    [
      'entry 0: exclusive, and on the device',
      [...inSystem, makeExclusive(0, 0)],
      (state) => state.setPlace(1, FIRST_FRAME),
    ],
    [
      'entry 0: exclusive, and shares its object',
      [...inSystem, fork(0, 1)],
      (state) => state.writable.fill(exclusiveTo(0), 0, 1),
    ],
    [
      'entry 0: may be WRITE, and shares its object',
      [...onFrame, fork(0, 1)],
      (state) => state.writable.fill(WRITABLE, 0, 1),
    ],
    [
      'entry 0: may be WRITE, and is watched for stores',
      [...onFrame, watch(0, 0, 'write-protect')],
      (state) => state.writable.fill(WRITABLE, 0, 1),
    ],
    [
      'entry 0: may be WRITE, and its mapping is not writable',
      [map(0, 0, 'read'), toDevice(0, 0)],
      (state) => state.writable.fill(WRITABLE, 0, 1),
    ],
    ['object 1: its pins', [...inSystem, pin(0, 0)], (state) => state.slot.fill(0)],
    [
      'object 1: pinned, and on the device',
      [...inSystem, pin(0, 0)],
      (state) => state.setPlace(1, FIRST_FRAME),
    ],
    ['object 1: gone, and on the device', [], (state) => state.setPlace(1, FIRST_FRAME)],
    ['object 1: not alone on its frame', onFrame, (state) => state.place.fill(FIRST_FRAME, 2, 3)],
    ['object 1: on a frame that does not exist', onFrame, (state) => state.place.fill(FIRST_FRAME + 2, 1, 2)],
    ['object 1: its frame names another object', onFrame, (state) => state.place.fill(FIRST_FRAME + 1, 1, 2)],
    ['frame 0: its map count', onFrame, (state) => state.maps.fill(2, 1, 2)],
    ['device 0: objects, and detached', onFrame, (state) => state.attached.fill(0)],
    ['device 0: attached, and its range is taken', [], (state) => state.rangeTaken.fill(1)],
    ['the count of objects on the device', onFrame, (state) => state.place.fill(SYSTEM)],
    ['entry 0: lazy-free, and no page', [], (state) => state.track.fill(LAZY_FREE, 0, 1)],
    [
      'entry 0: exclusive, and lazy-free',
      [...inSystem, makeExclusive(0, 0)],
      (state) => state.track.fill(LAZY_FREE, 0, 1),
    ],
    ['the charges do not add up', inSystem, (state) => state.group.fill(EITHER_GROUP + 1, 1, 2)],
  ])('%s', (words, before, spoil) => {
    expect(brokenBy(before, spoil)).toContain(words);
  });

  test('poison breaks no invariant in origin, and neither does a lazy-free page', () => {
    expect(brokenBy([map(0, 0)], (state) => state.entry.fill(POISONED, 0, 1), 'origin')).toEqual([]);
    expect(brokenBy([...inSystem, advise(0, 0, 'free')], () => undefined)).toEqual([]);
  });
});

test('a charge beyond the limit of a group is reported, except at a fork', () => {
  const before = new Model({ profile: 'linux-6.1' }).go(map(0, 0), map(0, 1), store(0, 0, 7)).state;
  const after = new Model({ profile: 'linux-6.1' }).go(
    map(0, 0),
    map(0, 1),
    store(0, 0, 7),
    store(0, 1, 8),
  ).state;
  expect(chargedBeyond(before, after, 'store')).toBe(-1);
  before.limit.fill(2, 0, 1);
  expect(chargedBeyond(before, after, 'store')).toBe(0);
  expect(chargedBeyond(before, after, 'fork')).toBe(-1);
  before.limit.fill(3, 0, 1);
  expect(chargedBeyond(before, after, 'store')).toBe(-1);
});

/** Both processes have value 7 at page 0; process 0 has value 8 at page 1. */
const world = (): Model =>
  new Model({ profile: 'linux-6.1' }).go(map(0, 0), store(0, 0, 7), fork(0, 1), map(0, 1), store(0, 1, 8));

test.each<Command>([
  store(0, 0, 9),
  deviceStore(1, 0, 9),
  load(1, 0),
  toDevice(0, 0, 2),
  detach,
  evictAll,
  discard(0, 0),
  unmap(0, 1),
  exit(0),
  map(1, 1),
  move(1, 0, 1),
  protect(0, 0, 'none'),
])('changes by $op that its rule permits are not reported', (command) => {
  const before = world().state;
  expect(wronglyChanged(before, world().go(command).state, command)).toBe(-1);
});

/** Object 1 has the value of page 0, and object 2 that of page 1. */
const setBoth = (state: State): void => void state.value.fill(9, 1, 2);

test.each<[string, Command, (state: State) => void, entry: number]>([
  ['a store that is visible in another process', store(1, 0, 9), setBoth, 0],
  ['a store that is visible at another page', store(0, 0, 9), (state) => state.value.fill(9, 2, 3), 1],
  ['a migration that changes a value', toDevice(0, 0), setBoth, 0],
  ['a load that changes a value', load(0, 0), setBoth, 0],
  [
    'a discard that removes the page of another process',
    discard(0, 0),
    (state) => state.entry.fill(0, 2, 3),
    2,
  ],
  ['a detach that loses a page', detach, (state) => state.entry.fill(0, 1, 2), 1],
  ['an exit that removes the pages of another process', exit(1), (state) => state.mapping.fill(0, 0, 1), 0],
  ['a move that loses the value', move(1, 0, 1), (state) => state.value.fill(9, 2, 3), 1],
  ['poison at a page that was not accessed', load(0, 0), (state) => state.entry.fill(POISONED, 2, 3), 2],
])('%s is reported', (_, command, spoil, entry) => {
  const before = world().state;
  const after = before.clone();
  spoil(after);
  expect(wronglyChanged(before, after, command)).toBe(entry);
});

test('poison is allowed only at the accessed page', () => {
  const before = world().state;
  const after = before.clone();
  after.entry[0] = POISONED;
  expect(wronglyChanged(before, after, load(0, 0))).toBe(-1);
  expect(wronglyChanged(before, after, toDevice(0, 0))).toBe(0);
});

test('a store to shared memory may change the value in every process', () => {
  const world2 = (): Model => new Model().go(map(0, 0, 'write', 'shared'), fork(0, 1));
  const command = store(1, 0, 9);
  expect(wronglyChanged(world2().state, world2().go(command).state, command)).toBe(-1);
});
