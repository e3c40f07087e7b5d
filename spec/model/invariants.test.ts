import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Admission } from '../vocabulary/admission.ts';
import { type Command, OPS } from '../vocabulary/command.ts';
import { commandsIn } from '../vocabulary/commands-in.ts';
import { detach, heal, load } from '../vocabulary/shorthand.ts';
import type { Scope } from '../vocabulary/scope.ts';
import { brokenInvariants } from './invariants.ts';
import { mayRead } from './permission.ts';
import { NO_OBJECT, READ_FLAVOUR, State, SYSTEM, WRITE_FLAVOUR } from './state.ts';
import { Step } from './step.ts';
import { eachWay, PROFILE_NAMES, settle, termsWithout } from './ways.fixture.ts';

const scope: Scope = { processes: 2, pages: 2, frames: 2, slots: 1 };
const commands = commandsIn(scope, { ops: new Set(OPS), values: [1, 2] });

/** One step of a walk: which of the commands that are admitted, which of its ways, and how it is looked at. */
const move = fc.record({
  command: fc.nat(),
  way: fc.nat(),
  /** Not looked at; or entries that may be WRITE turn out to be, or not, bit by bit. */
  looked: fc.option(fc.nat({ max: 15 })),
});
type Move = typeof move extends fc.Arbitrary<infer M> ? M : never;

/** A walk through the model alone; every state on the way. */
class Walk {
  readonly #step: Step;
  readonly #admission = new Admission(scope, 'linux-6.1');
  state = new State(scope);

  constructor(step: Step) {
    this.#step = step;
  }

  /** Goes on by one command; answers which. */
  go({ command: which, way, looked }: Move): Command {
    const admitted = commands.filter((command) => this.#admission.refusal(command) === undefined);
    const command = admitted[which % admitted.length] ?? heal;
    this.#admission.admit(command);
    const ways = [...eachWay(this.#step, this.state, command)].length;
    let at = 0;
    for (const step of eachWay(this.#step, this.state, command)) {
      if (at++ < way % ways) continue;
      this.state = step.state.clone();
      break;
    }
    if (looked !== null) {
      settle(this.state, (_, entry) => (((looked >> entry) & 1) === 1 ? WRITE_FLAVOUR : READ_FLAVOUR));
    }
    return command;
  }
}

const options = { numRuns: 150, seed: 1 };
const moves = fc.array(move, { minLength: 20, maxLength: 60, size: 'max' });

/** Where an object sees the device after the device is healed, it can be brought back by whoever may touch it. */
function expectBack(step: Step, state: State): void {
  const healed = new State(scope);
  for (const { state: after } of eachWay(step, state, heal)) healed.copyFrom(after);
  for (let entry = 0; entry < healed.entry.length; entry++) {
    const object = healed.entry[entry] ?? NO_OBJECT;
    if (object <= NO_OBJECT || !healed.onDevice(object) || !mayRead(healed.mapping[entry] ?? 0)) continue;
    const touch = load(Math.floor(entry / scope.pages), entry % scope.pages);
    for (const way of eachWay(step, healed, touch)) {
      expect([way.result, way.faults]).toEqual([healed.value[object], 1]);
      expect(way.state.place[object]).toBe(SYSTEM);
    }
  }
  if (!healed.attached) return;
  for (const way of eachWay(step, healed, detach)) {
    expect([way.result, way.state.attached, way.state.onDeviceCount]).toEqual(['ok', false, 0]);
  }
}

describe.each(PROFILE_NAMES)('on random walks in %s', (profile) => {
  test.each([
    ['by a target that can do all', []],
    ['by one that can do less', ['device-copy-on-write', 'oom-result']],
  ] as const)('every state is whole, %s', (_, without) => {
    const step = new Step(scope, termsWithout(profile, without));
    fc.assert(
      fc.property(moves, (steps) => {
        const walk = new Walk(step);
        const gone: string[] = [];
        for (const one of steps) {
          gone.push(JSON.stringify(walk.go(one)));
          expect([gone, brokenInvariants(walk.state)]).toEqual([gone, []]);
        }
      }),
      options,
    );
  });

  test('everything on the device can be brought back once the device is healed', () => {
    const step = new Step(scope, termsWithout(profile));
    let onDevice = 0;
    fc.assert(
      fc.property(moves, (steps) => {
        const walk = new Walk(step);
        for (const one of steps) {
          walk.go(one);
          onDevice += walk.state.onDeviceCount;
          expectBack(step, walk.state);
        }
      }),
      options,
    );
    expect(onDevice).toBeGreaterThan(300);
  });

  test('no command leaves the state that it is told of changed', () => {
    const step = new Step(scope, termsWithout(profile));
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
