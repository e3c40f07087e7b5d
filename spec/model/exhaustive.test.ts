import { describe, expect, test } from 'vitest';
import type { ProfileName } from '../profiles/profile.ts';
import { Admission } from '../vocabulary/admission.ts';
import type { Command, Op } from '../vocabulary/command.ts';
import { commandsIn } from '../vocabulary/commands-in.ts';
import { exit, map, spawn } from '../vocabulary/shorthand.ts';
import type { Scope } from '../vocabulary/scope.ts';
import { stateKey } from './canonical.ts';
import { brokenInvariants } from './invariants.fixture.ts';
import { isMapped } from './permission.ts';
import { EITHER_FLAVOUR, LIKELY_WRITE, NO_OBJECT, READ_FLAVOUR, State, WRITE_FLAVOUR } from './state.ts';
import { Step } from './step.ts';
import { eachWay, PROFILE_NAMES, settle, termsWithout } from './ways.fixture.ts';

const CORE: readonly Op[] = [
  'spawn',
  'fork',
  'exit',
  'map',
  'unmap',
  'discard',
  'protect',
  'load',
  'store',
  'migrate-to-device',
  'migrate-to-system',
  'device-load',
  'device-store',
  'evict',
];

/** What the case admits in a state: it follows from who is alive and what is mapped. */
function admissionIn(state: State, profile: ProfileName): Admission {
  const { processes, pages } = state.scope;
  const admission = new Admission(state.scope, profile);
  for (let process = 0; process < processes; process++) {
    if (state.alive[process] !== 1) continue;
    if (process > 0) admission.admit(spawn(process));
    for (let page = 0; page < pages; page++) {
      if (isMapped(state.mapping[state.at(process, page)] ?? 0)) admission.admit(map(process, page));
    }
  }
  if (state.alive[0] !== 1) admission.admit(exit(0));
  return admission;
}

/** Entries whose flavour a look has yet to settle. */
const openEntries = (state: State): readonly number[] =>
  [...state.entry.keys()].filter((entry) => {
    const object = state.entry[entry] ?? NO_OBJECT;
    const flavour = state.flavour[entry];
    return (
      object > NO_OBJECT && state.onDevice(object) && (flavour === LIKELY_WRITE || flavour === EITHER_FLAVOUR)
    );
  });

/** Every state that a look may find this one to be. */
function* looksAt(state: State): Generator<State> {
  const open = openEntries(state);
  for (let bits = 0; bits < 2 ** open.length; bits++) {
    const copy = state.clone();
    settle(copy, (_, entry) => (((bits >> open.indexOf(entry)) & 1) === 1 ? WRITE_FLAVOUR : READ_FLAVOUR));
    yield copy;
  }
}

/**
 * Goes to every state that a slice of the vocabulary reaches, looked at after each command, each once but for the
 * names of frames and values. Answers how many there are.
 */
function explore(profile: ProfileName, scope: Scope, ops: readonly Op[]): number {
  const step = new Step(scope, termsWithout(profile));
  const commands: readonly Command[] = commandsIn(scope, { ops: new Set(ops), values: [1, 2] }).filter(
    (command) => !('kind' in command && (command.kind === 'host' || command.kind === 'no-copy')),
  );
  const first = new State(scope);
  const known = new Set([stateKey(first, true)]);
  const frontier = [first];
  for (let from = frontier.pop(); from !== undefined; from = frontier.pop()) {
    const broken = brokenInvariants(from);
    if (broken.length > 0) throw new Error(broken.join('; '));
    const admission = admissionIn(from, profile);
    for (const command of commands) {
      if (admission.refusal(command) !== undefined) continue;
      for (const { state } of eachWay(step, from, command)) {
        for (const to of looksAt(state)) {
          const key = stateKey(to, true);
          if (known.has(key)) continue;
          known.add(key);
          frontier.push(to);
        }
      }
    }
  }
  return known.size;
}

const one: Scope = { processes: 1, pages: 1, frames: 1, slots: 0 };
const two: Scope = { processes: 2, pages: 1, frames: 1, slots: 0 };
const wide: Scope = { processes: 1, pages: 2, frames: 1, slots: 0 };
const withPin = (scope: Scope): Scope => ({ ...scope, slots: 1 });
const PIN: readonly Op[] = ['pin', 'unpin'];
const INJECT: readonly Op[] = ['inject', 'heal'];
const ATTACH: readonly Op[] = ['attach', 'detach'];

describe.each(PROFILE_NAMES)('every state is whole in %s', (profile) => {
  test.each<[slice: string, Scope, readonly Op[], Readonly<Record<ProfileName, number>>]>([
    ['1 process × 1 page × 1 frame, core', one, CORE, { origin: 21, 'linux-6.1': 21 }],
    ['2 processes × 1 page × 1 frame, core', two, CORE, { origin: 461, 'linux-6.1': 461 }],
    ['1 process × 2 pages × 1 frame, core', wide, CORE, { origin: 385, 'linux-6.1': 385 }],
    ['2 × 1 × 1, core × attach', two, [...CORE, ...ATTACH], { origin: 664, 'linux-6.1': 664 }],
    ['2 × 1 × 1, core × pin', withPin(two), [...CORE, ...PIN], { origin: 2091, 'linux-6.1': 2073 }],
    [
      '1 × 1 × 1, core × attach × pin',
      withPin(one),
      [...CORE, ...ATTACH, ...PIN],
      { origin: 130, 'linux-6.1': 130 },
    ],
    // Each of three injections is off, or on in one of four ways; poison makes three states more of 21.
    [
      '1 × 1 × 1, core × inject but no-copy',
      one,
      [...CORE, ...INJECT],
      { origin: 24 * 5 ** 3, 'linux-6.1': 21 * 5 ** 3 },
    ],
  ])('%s', { timeout: 60_000 }, (_, scope, ops, counts) => {
    expect(explore(profile, scope, ops)).toBe(counts[profile]);
  });
});
